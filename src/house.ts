import type { AuditLog } from '#audit/audit-event.ts';
import type { AccountServices } from '#auth/account-services.ts';
import type { Mailer } from '#auth/mailer.ts';
import type { Config } from '#config/config.ts';
import type { Database } from '#db/database.ts';
import type { JobFiles } from '#jobs/files/open-job-files.ts';
import type { Logger } from '#log';
import type { DataKeys } from '#vault/data-keys.ts';
import type { OpenVault } from '#vault/open-vault.ts';
import type { SecretRegistry } from '#vault/secret-registry.ts';
import type { ConnectionParts, NinoxAccess } from './compose-connections.ts';
import type { Core } from './compose-core.ts';
import type { JobParts } from './compose-job-work.ts';
import type { Outside } from './compose-outside.ts';
import type { SlackParts } from './compose-slack.ts';

export interface Opening {
  readonly config: Config;
  readonly log: Logger;
  readonly registry: SecretRegistry;
  readonly opened: AsyncDisposableStack;
}

/** What everything else stands on. */
export interface Ground extends Opening {
  readonly db: Database;
  readonly vault: OpenVault;
  readonly dataKeys: DataKeys;
  /** Null where no mail is sent. */
  readonly mailer: Mailer | null;
  readonly audit: AuditLog;
  readonly ninox: NinoxAccess;
  readonly newVaultKeyFile: string | null;
}

/** Everything there is behind the HTTP face. */
export interface House extends Ground {
  readonly connections: ConnectionParts;
  readonly outside: Outside;
  readonly slack: SlackParts;
  readonly jobs: JobParts & { readonly fileProblems: JobFiles['problems'] };
  readonly core: Core;
  readonly accounts: AccountServices;
  /** Where people reach the service, without a slash at the end; known once it listens. */
  readonly publicUrl: () => string;
  readonly heardAt: (address: string) => void;
}

/** Whether the offline stand-in answers unless a persona says otherwise. */
export function isDemoModel({ models }: Config): boolean {
  return models.defaultModel.startsWith('demo/');
}

/** Whether people come over https, to which the session's cookie is bound then. */
export function usesHttps({ publicUrl }: Config): boolean {
  return publicUrl?.startsWith('https:') === true;
}
