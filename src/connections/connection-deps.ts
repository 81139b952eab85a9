import type { AuditLog } from '#audit/audit-event.ts';
import type { Database } from '#db/database.ts';
import type { ConnectionRepository } from '#db/repositories/connections.ts';
import type { Catalog } from '#integrations/catalog.ts';
import type { Connection } from '#integrations/connection.ts';
import type { Logger } from '#log';
import type { Persona } from '#personas/persona-schema.ts';
import type { Vault } from '#vault/vault.ts';
import type { Revocations } from './revocations.ts';

/** What the parts of this folder are built from. */
export interface ConnectionDeps {
  readonly db: Pick<Database, 'transaction' | 'durable' | 'lock'>;
  readonly repository: ConnectionRepository;
  readonly vault: Vault;
  readonly catalog: Catalog;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly revocations: Revocations;
  readonly log: Logger;
  readonly clock?: () => Date;
  /** Milliseconds a credential that is tried or checked has for all its answers. */
  readonly testTimeoutMs?: number;
}

export interface ConnectionServiceDeps extends ConnectionDeps {
  /** All personas of the organization that are not archived. */
  readonly personasOf: (organizationId: string) => Promise<readonly Persona[]>;
  /** Names of people, by id; those it does not know are left out. */
  readonly namesOf: (organizationId: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** How many approvals wait for a connection, by persona. */
  readonly approvalsOf?: (organizationId: string, connectionId: string) => Promise<ReadonlyMap<string, number>>;
  /** Told after a connection was revoked here, so that whatever waits for it can fall. */
  readonly onRevoked?: (connection: Connection) => Promise<void> | void;
}
