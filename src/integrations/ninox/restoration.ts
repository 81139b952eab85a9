import type { ChangePlan, Restored } from '#integrations/change-plan.ts';
import type { CallContext, UndoHooks } from '#integrations/tool-definition.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { NinoxClient } from './client.ts';
import { type DeletedRecord, idsOf, readDeletedRecord } from './deleted-record.ts';
import type { Allows } from './deletion-plan.ts';
import { isRefusedValue } from './errors.ts';
import { findCreated } from './find-created.ts';
import type { NinoxRecord, NinoxTable } from './responses.ts';
import { planRestoration, type Restoration, reportRestored, restorationOf } from './restoration-report.ts';
import { isNotFound, sightPlace } from './sighting.ts';
import { quoted } from './words.ts';

/** Takes a deletion back: the record is created anew from what was kept of it. */
export function createRestoration(client: NinoxClient): UndoHooks {
  return {
    async plan(context, snapshot): Promise<ChangePlan> {
      const deleted = readDeletedRecord(snapshot);
      const place = await sightPlace(client, context, idsOf(deleted));
      return planRestoration(deleted, place, allowsOf(context));
    },
    obstacle: async (context, snapshot) => findObstacle(client, context, readDeletedRecord(snapshot)),
    restore: async (context, snapshot) => restore(client, context, readDeletedRecord(snapshot)),
    async findRestored(context, snapshot, sentAt) {
      const deleted = readDeletedRecord(snapshot);
      const table = await client.getTable(context, idsOf(deleted));
      const restoration = restorationOf(deleted, table);
      return findRestored(client, { context, deleted, table, restoration }, sentAt);
    },
  };
}

const allowsOf =
  (context: CallContext): Allows =>
  (target) =>
    context.allows(target);

async function findObstacle(client: NinoxClient, context: CallContext, deleted: DeletedRecord): Promise<string | null> {
  const { record, table, database } = deleted;
  if (!(await isThere(() => client.getTable(context, idsOf(deleted))))) {
    return `The table ${quoted(table.name)} is not in the database ${quoted(database.name)} any more, so there is nowhere to restore the record to.`;
  }
  if (!(await isThere(() => client.getRecord(context, idsOf(deleted))))) return null;
  return `There is a record ${record} in the table ${quoted(table.name)}: it was created again or never went away. Restoring would make a second one, so nothing was restored.`;
}

async function isThere(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

interface Restoring {
  readonly context: CallContext;
  readonly deleted: DeletedRecord;
  readonly table: NinoxTable;
  readonly restoration: Restoration;
}

async function restore(client: NinoxClient, context: CallContext, deleted: DeletedRecord): Promise<Restored> {
  const table = await client.getTable(context, idsOf(deleted));
  const restoration = restorationOf(deleted, table);
  const restoring = { context, deleted, table, restoration };
  const fields = Object.fromEntries(restoration.writable.map(({ name, value }) => [name, value]));
  const sentAt = new Date();
  try {
    const id = await client.createRecord(context, idsOf(deleted), fields);
    return await readBack(client, restoring, id);
  } catch (error) {
    if (!isRefusedValue(error)) throw error;
    return await foundInSpiteOf(client, restoring, sentAt);
  }
}

/** The record is there now, whatever becomes of reading it. */
async function readBack(client: NinoxClient, restoring: Restoring, id: string): Promise<Restored> {
  const { context, deleted, table, restoration } = restoring;
  const report = (found: NinoxRecord | { readonly unread: string }) =>
    reportRestored({ deleted, table, restoration, allows: allowsOf(context), id }, found);
  try {
    return report(await client.getRecord(context, { ...idsOf(deleted), record: id }));
  } catch (error) {
    return report({ unread: error instanceof UpstreamError ? error.message : 'Look at it in Ninox.' });
  }
}

/** That a 500 leaves nothing behind is not documented, so it is looked up before anybody tries again. */
async function foundInSpiteOf(client: NinoxClient, restoring: Restoring, sentAt: Date): Promise<Restored> {
  const found = await findRestored(client, restoring, sentAt).catch(() => {
    throw unclear(restoring.deleted, 'Ninox answered with an error, and what it did could not be found out.');
  });
  if (found !== null) return found;
  throw new UpstreamError(
    'UPSTREAM_INVALID',
    `Ninox refused to create the record in ${quoted(restoring.table.name)}, most likely because a field or an option of the table was changed after the deletion. Nothing was restored. What there was can be read here and entered in Ninox by hand.`,
  );
}

/** Looks for what `restore` would have made among the newest records. OUTCOME_UNKNOWN where that cannot be told. */
async function findRestored(client: NinoxClient, restoring: Restoring, sentAt: Date): Promise<Restored | null> {
  const { context, deleted, table, restoration } = restoring;
  const wanted = { table, restorations: [restoration], others: [deleted.record], sentAt };
  const search = await findCreated(client, { call: context, ids: idsOf(deleted) }, wanted);
  if (search.type === 'unclear') throw unclear(deleted, search.why);
  const [record] = search.type === 'found' ? search.records : [];
  if (record === undefined) return null;
  return reportRestored({ deleted, table, restoration, allows: allowsOf(context), id: record.id }, record);
}

function unclear({ table }: DeletedRecord, why: string): UpstreamError {
  return new UpstreamError(
    'OUTCOME_UNKNOWN',
    `It is not known whether the record was restored into ${quoted(table.name)}. ${why} Look at the newest records of the table in Ninox; it is not tried again by itself.`,
  );
}
