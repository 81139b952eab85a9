import { randomUUID } from 'node:crypto';
import type { AuditLog } from '#audit/audit-event.ts';
import { type AccountServices, createAccountServices } from '#auth/account-services.ts';
import type { Mailer } from '#auth/mailer.ts';
import type { Config } from '#config/config.ts';
import type { Database } from '#db/database.ts';
import { createOrganizationData } from '#db/repositories/organization-data.ts';
import { createOrganizationRepository } from '#db/repositories/organizations.ts';
import type { JobPausing } from '#jobs/pause-jobs.ts';
import type { Logger } from '#log';
import type { ConnectionParts, NinoxAccess } from './compose-connections.ts';
import type { Core } from './compose-core.ts';
import type { Outside } from './compose-outside.ts';
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
  readonly outside: Outside;
  readonly jobs: Pick<JobPausing, 'ownerLeft' | 'ownerChanged'>;
  readonly mailer: Mailer | null;
  readonly publicUrl: () => string;
}

/** People, organizations and who may what; `isThere` tells whether an organization exists. */
export function composeAccounts(deps: AccountsDeps): {
  accounts: AccountServices;
  isThere: (organizationId: string) => Promise<boolean>;
} {
  const { config, db, log, ninox, core, mailer } = deps;
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
      async onMemberLeft(left) {
        await deps.outside.forgetMember(left);
        await deps.jobs.ownerLeft(left);
        await deps.connections.revokePersonal(left, core.onRevoked);
      },
      onRoleChanged: (changed) => deps.jobs.ownerChanged(changed),
      erasers: [(organizationId) => data.erase(organizationId)],
      onSetUp(actor) {
        if (isFilled) void fillDemo({ ...core, runs: core.agent.runs, log }, actor);
      },
      log,
    }),
    isThere: async (organizationId) => (await organizations.find(organizationId)) !== null,
  };
}
