import type { Database } from '../database.ts';
import { eq } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export interface OrganizationData {
  /**
   * Takes away everything an organization has stored, secrets included, and the bodies of its audit; the events stay, so
   * that the chain still proves that nothing was cut out of it. Members, invitations and API keys go with the
   * organization's own row.
   */
  readonly erase: (organizationId: string) => Promise<void>;
}

export function createOrganizationData(db: Database): OrganizationData {
  const { tables } = db;
  const emptied = tablesOf(tables);
  return withStorageErrors<OrganizationData>({
    erase: (organizationId) =>
      db.transaction(async () => {
        for (const table of emptied) await db.query.delete(table).where(eq(table.organizationId, organizationId));
        const { auditBodies } = tables;
        await db.query
          .update(auditBodies)
          .set({ salt: null, body: null })
          .where(eq(auditBodies.organizationId, organizationId));
      }),
  });
}

/** Rows before those they point to. */
function tablesOf(tables: Tables) {
  return [
    tables.mandates,
    tables.jobDeliveries,
    tables.hookEvents,
    tables.jobRuns,
    tables.ninoxWatches,
    tables.touchedRecords,
    tables.inboxEntries,
    tables.queueItems,
    tables.jobs,
    tables.discoveredTools,
    tables.slackCards,
    tables.slackAnswers,
    tables.slackEvents,
    tables.slackChannels,
    tables.slackWorkspaces,
    tables.idempotencyKeys,
    tables.completionThreads,
    tables.messageCounts,
    tables.outsideLinks,
    tables.linkCodes,
    tables.visitors,
    tables.endedTokens,
    tables.widgetKeys,
    tables.widgets,
    tables.approvals,
    tables.snapshots,
    tables.effects,
    tables.messages,
    tables.runs,
    tables.conversations,
    tables.personaRevisions,
    tables.personas,
    tables.personaVersions,
    tables.oauthFlows,
    tables.connections,
    tables.secrets,
  ];
}
