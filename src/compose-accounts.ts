import { randomUUID } from 'node:crypto';
import type { AuditLog } from '#audit/audit-event.ts';
import { type AccountServices, createAccountServices } from '#auth/account-services.ts';
import type { Config } from '#config/config.ts';
import type { Database } from '#db/database.ts';
import { createOrganizationData } from '#db/repositories/organization-data.ts';
import { createOrganizationRepository } from '#db/repositories/organizations.ts';
import { createSmtpMailer } from '#integrations/email/smtp-mailer.ts';
import type { Logger } from '#log';
import type { ConnectionParts, NinoxAccess } from './compose-connections.ts';
import type { Core } from './compose-core.ts';
import { fillDemo } from './fill-demo.ts';
import { isDemoModel, usesHttps } from './house.ts';

export interface AccountsDeps {
  readonly config: Config;
  readonly db: Database;
  readonly audit: AuditLog;
  readonly log: Logger;
  readonly ninox: NinoxAccess;
  readonly core: Core;
  readonly connections: ConnectionParts;
  readonly publicUrl: () => string;
  readonly opened: AsyncDisposableStack;
}

/** People, organizations and who may what; `isThere` tells whether an organization exists. */
export function composeAccounts(deps: AccountsDeps): {
  accounts: AccountServices;
  isThere: (organizationId: string) => Promise<boolean>;
} {
  const { config, db, log, ninox, core, opened } = deps;
  const mailer = config.mail === null ? null : createSmtpMailer({ url: config.mail.smtpUrl, from: config.mail.from });
  if (mailer !== null) opened.defer(() => mailer.close());
  // Sample conversations cost nothing and touch nothing real only where both stand-ins answer.
  const isFilled = config.fillDemo && ninox.standIn && isDemoModel(config);
  const data = createOrganizationData(db);
  const organizations = createOrganizationRepository(db, { newId: randomUUID });
  return {
    accounts: createAccountServices({
      db,
      secret: config.authSecret,
      secureCookies: usesHttps(config),
      audit: deps.audit,
      mailer,
      publicUrl: deps.publicUrl,
      isDemo: ninox.standIn,
      signUpOpen: config.signUpOpen,
      onMemberLeft: (left) => deps.connections.revokePersonal(left),
      erasers: [(organizationId) => data.erase(organizationId)],
      onSetUp(actor) {
        if (isFilled) void fillDemo({ ...core, log }, actor);
      },
      log,
    }),
    isThere: async (organizationId) => (await organizations.find(organizationId)) !== null,
  };
}
