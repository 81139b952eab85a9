import type { ChangePlan } from '#integrations/change-plan.ts';
import type { CallContext, ChangeHooks } from '#integrations/tool-definition.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { checkWrite } from './checked-write.ts';
import type { NinoxClient, NinoxFields, NinoxTableIds } from './client.ts';
import {
  type CreatedRecord,
  type CreationSearch,
  keepCreation,
  listKnown,
  readCreated,
  readCreation,
  searchCreated,
} from './created-records.ts';
import { createUncreation } from './creation-undo.ts';
import { placeTargets, plannedRecord } from './deletion-plan.ts';
import { isRefusedValue } from './errors.ts';
import { titleOf, valuesOf } from './fields.ts';
import { fieldsOf } from './schema-lookup.ts';
import { type Place, sightPlace } from './sighting.ts';
import { countOf, quoted } from './words.ts';
import { idsOfPlace } from './written-place.ts';

export interface NewRecords {
  readonly ids: NinoxTableIds;
  readonly records: readonly NinoxFields[];
}

/** What goes with the creation of records: its plan, its undo, and finding out whether it happened. */
export function createCreation(client: NinoxClient, { ids, records }: NewRecords): ChangeHooks {
  return {
    async plan(context) {
      const place = await sightPlace(client, context, ids);
      await checkWrite(fieldsOf(client, { call: context, ids, table: place.table }), records);
      const known = await listKnown(client, context, ids);
      const snapshot = keepCreation({ place, records, known, plannedAt: new Date() });
      return { plan: planCreation(place, records), snapshot };
    },
    async reconcile(context, snapshot) {
      const kept = readCreation(snapshot);
      const { known: others, plannedAt } = kept;
      const ids = idsOfPlace(kept);
      const search = { ...kept, call: context, ids, others, sentAt: new Date(plannedAt), isExact: false };
      const found = await searchCreated(client, search);
      if (found.type === 'unclear') throw unclear(kept.table.name, found.why);
      return found.type === 'found' ? 'happened' : 'not_happened';
    },
    outputIfHappened: {
      created: records.length,
      ...namedPlace(ids),
      record_ids: null,
      unknown: 'The answer of Ninox was lost, so the numbers of the new records are not known. Look them up.',
    },
    undo: createUncreation(client),
  };
}

function namedPlace({ team, database, table }: NinoxTableIds) {
  return { team_id: team, database_id: database, table_id: table };
}

const mostListed = 20;

/** Holds nothing that changes by itself. */
function planCreation(place: Place, records: readonly NinoxFields[]): ChangePlan {
  const { table } = place;
  const planned = records.slice(0, mostListed).map((fields) => {
    return plannedRecord(null, titleOf({ fields }, table), valuesOf({ fields }, table.fields));
  });
  return {
    summary: `Create ${countOf(records.length, 'record', 'records')} in ${table.name}`,
    targets: placeTargets(place),
    records: planned,
    count: records.length,
    warnings: table.fields.length === 0 ? [unlistedWarning] : [],
  };
}

export const unlistedWarning =
  'Ninox lists no fields of this table, so the names and values could not be checked. It refuses what does not fit.';

/** Sends it, once. */
export async function createAll(client: NinoxClient, context: CallContext, { ids, records }: NewRecords) {
  const others = await listKnown(client, context, ids);
  const sentAt = new Date();
  const created = await send(client, { ids, records, call: context, others, sentAt });
  const { database, table } = ids;
  context.touched?.(
    created.map(({ id, sequence }) => ({ database, table, record: id, kind: 'created' as const, sequence })),
  );
  context.keep?.({ created });
  return { created: created.length, ...namedPlace(ids), record_ids: created.map(({ id }) => id) };
}

type Sending = Omit<CreationSearch, 'tableFields' | 'isExact'>;

async function send(client: NinoxClient, sending: Sending): Promise<readonly CreatedRecord[]> {
  const { call, ids, records } = sending;
  try {
    const written = await client.createRecords(call, ids, records);
    return await readCreated(client, { call, ids }, written);
  } catch (error) {
    if (!isRefusedValue(error)) throw error;
    return await foundInSpiteOf(client, sending);
  }
}

/** That a 500 leaves nothing behind is not documented, so it is looked up before anybody tries again. */
async function foundInSpiteOf(client: NinoxClient, sending: Sending): Promise<readonly CreatedRecord[]> {
  const { call, ids } = sending;
  const table = await client.getTable(call, ids).catch(() => null);
  if (table === null) throw unclear(ids.table, refusedUnread);
  const search = { ...sending, tableFields: table.fields, isExact: false };
  const found = await searchCreated(client, search).catch(() => {
    throw unclear(table.name, refusedUnread);
  });
  if (found.type === 'unclear') throw unclear(table.name, found.why);
  if (found.type === 'none') throw refused(table.name);
  return found.records.map(({ id, sequence = null, fields }) => ({ id, sequence, fields }));
}

const refusedUnread = 'Ninox answered with an error, and what it did could not be found out.';

function refused(table: string): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_INVALID',
    `Ninox refused to create this in ${quoted(table)}, and nothing was created. The names of the fields are right, so look at their values, or at a script of the table that forbids it.`,
  );
}

function unclear(table: string, why: string): UpstreamError {
  return new UpstreamError(
    'OUTCOME_UNKNOWN',
    `It is not known whether the records were created in ${quoted(table)}. ${why} Look at the newest records of the table in Ninox; it is not tried again by itself.`,
  );
}
