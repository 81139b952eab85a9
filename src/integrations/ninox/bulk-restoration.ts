import type { ChangePlan, Restored } from '#integrations/change-plan.ts';
import type { CallContext, UndoHooks } from '#integrations/tool-definition.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { planBulkRestoration, type RestoredOne, reportBulk } from './bulk-restoration-report.ts';
import type { NinoxClient, NinoxFields } from './client.ts';
import { listKnown, readCreated } from './created-records.ts';
import type { DeletedRecord } from './deleted-record.ts';
import { type DeletedRecords, eachDeleted, readDeletedRecords } from './deleted-records.ts';
import { isRefusedValue } from './errors.ts';
import { findCreated } from './find-created.ts';
import { goneAmong } from './removal.ts';
import type { NinoxTable } from './responses.ts';
import { type Restoration, restorationOf } from './restoration-report.ts';
import { findRecord, isNotFound, sightPlace } from './sighting.ts';
import { quoted } from './words.ts';
import { idsOfPlace } from './written-place.ts';

/** Takes the deletion of several records back: those that are gone are created anew, all with one request. */
export function createBulkRestoration(client: NinoxClient): UndoHooks {
  return {
    async plan(context, snapshot): Promise<ChangePlan> {
      const kept = readDeletedRecords(snapshot);
      const place = await sightPlace(client, context, idsOfPlace(kept));
      const gone = await goneOf(client, context, kept);
      return planBulkRestoration({ kept, table: place.table, gone, allows: (target) => context.allows(target) });
    },
    obstacle: async (context, snapshot) => findObstacle(client, context, readDeletedRecords(snapshot)),
    restore: async (context, snapshot) => restore(client, context, readDeletedRecords(snapshot)),
    findRestored: async (context, snapshot, sentAt) => {
      return findRestored(client, { context, kept: readDeletedRecords(snapshot), others: [] }, sentAt);
    },
  };
}

/** Those to restore: what is still there, or there again, would come twice. */
async function goneOf(
  client: NinoxClient,
  context: CallContext,
  kept: DeletedRecords,
): Promise<readonly DeletedRecord[]> {
  const records = kept.records.map(({ id }) => id);
  const gone = new Set(await goneAmong(client, context, { ids: idsOfPlace(kept), records }));
  return eachDeleted(kept).filter(({ record }) => gone.has(record));
}

/** Ends with the first that is gone: only whether there is one at all counts. */
async function findObstacle(client: NinoxClient, context: CallContext, kept: DeletedRecords): Promise<string | null> {
  const ids = idsOfPlace(kept);
  try {
    await client.getTable(context, ids);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return `The table ${quoted(kept.table.name)} is not in the database ${quoted(kept.database.name)} any more, so there is nowhere to restore the records to.`;
  }
  for (const { id } of kept.records) {
    if ((await findRecord(client, context, { ...ids, record: id })) === null) return null;
  }
  return `The records are all in the table ${quoted(kept.table.name)}: they were created again or never went away. Restoring would make second ones, so nothing was restored.`;
}

interface Restoring {
  readonly context: CallContext;
  readonly kept: DeletedRecords;
  readonly table: NinoxTable;
  readonly gone: readonly DeletedRecord[];
  readonly restorations: readonly Restoration[];
}

async function lookUp(client: NinoxClient, context: CallContext, kept: DeletedRecords): Promise<Restoring> {
  const table = await client.getTable(context, idsOfPlace(kept));
  const gone = await goneOf(client, context, kept);
  return { context, kept, table, gone, restorations: gone.map((deleted) => restorationOf(deleted, table)) };
}

async function restore(client: NinoxClient, context: CallContext, kept: DeletedRecords): Promise<Restored> {
  const restoring = await lookUp(client, context, kept);
  const ids = idsOfPlace(kept);
  if (restoring.gone.length === 0) {
    throw new UpstreamError('UPSTREAM_INVALID', 'The records are all there, so nothing was restored.');
  }
  const others = await listKnown(client, context, ids);
  const sentAt = new Date();
  try {
    const created = await client.createRecords(context, ids, restoring.restorations.map(fieldsOf));
    const read = await readCreated(client, { call: context, ids }, created);
    const found = read.map(({ id, fields }, at) => ({ ...oneOf(restoring, at), id, fields }));
    const touched = read.map(({ id, sequence }) => ({ record: id, kind: 'created' as const, sequence }));
    context.touched?.(touched.map((one) => ({ ...one, database: ids.database, table: ids.table })));
    return reportOf(restoring, found);
  } catch (error) {
    if (!isRefusedValue(error)) throw error;
    return await foundInSpiteOf(client, { context, kept, others }, sentAt);
  }
}

function fieldsOf({ writable }: Restoration): NinoxFields {
  return Object.fromEntries(writable.map(({ name, value }) => [name, value]));
}

function oneOf({ gone, restorations }: Restoring, at: number): Pick<RestoredOne, 'deleted' | 'restoration'> {
  const deleted = gone[at];
  const restoration = restorations[at];
  if (deleted === undefined || restoration === undefined) throw new Error('More was created than was sent.');
  return { deleted, restoration };
}

function reportOf({ context, kept, table }: Restoring, restored: readonly RestoredOne[]): Restored {
  return reportBulk({ kept, table, allows: (target) => context.allows(target) }, restored);
}

interface Searching {
  readonly context: CallContext;
  readonly kept: DeletedRecords;
  /** Records that were there before. */
  readonly others: readonly string[];
}

/** That a 500 leaves nothing behind is not documented, so it is looked up before anybody tries again. */
async function foundInSpiteOf(client: NinoxClient, searching: Searching, sentAt: Date): Promise<Restored> {
  const { kept } = searching;
  const found = await findRestored(client, searching, sentAt).catch(() => {
    throw unclear(kept, 'Ninox answered with an error, and what it did could not be found out.');
  });
  if (found !== null) return found;
  throw new UpstreamError(
    'UPSTREAM_INVALID',
    `Ninox refused to create the records in ${quoted(kept.table.name)}, most likely because a field or an option of the table was changed after the deletion. Nothing was restored. What there was can be read here and entered in Ninox by hand.`,
  );
}

/** Looks for what `restore` would have made. OUTCOME_UNKNOWN where that cannot be told. */
async function findRestored(
  client: NinoxClient,
  { context, kept, others }: Searching,
  sentAt: Date,
): Promise<Restored | null> {
  const restoring = await lookUp(client, context, kept);
  const { table, restorations } = restoring;
  const known = [...others, ...kept.records.map(({ id }) => id)];
  const wanted = { table, restorations, others: known, sentAt };
  const search = await findCreated(client, { call: context, ids: idsOfPlace(kept) }, wanted);
  if (search.type === 'unclear') throw unclear(kept, search.why);
  if (search.type === 'none') return null;
  return reportOf(
    restoring,
    search.records.map(({ id, fields }, at) => ({ ...oneOf(restoring, at), id, fields })),
  );
}

function unclear({ table }: DeletedRecords, why: string): UpstreamError {
  return new UpstreamError(
    'OUTCOME_UNKNOWN',
    `It is not known whether the records were restored into ${quoted(table.name)}. ${why} Look at the newest records of the table in Ninox; it is not tried again by itself.`,
  );
}
