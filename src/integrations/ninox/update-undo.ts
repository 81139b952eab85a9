import type { ChangePlan, NotRestored, PlannedTarget, Restored } from '#integrations/change-plan.ts';
import type { CallContext, UndoHooks } from '#integrations/tool-definition.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { NinoxClient } from './client.ts';
import { placeTargets } from './deletion-plan.ts';
import { isRefusedValue } from './errors.ts';
import { isEmpty, isSameValue, shownValue, titleOf } from './fields.ts';
import type { NinoxField, NinoxRecord, NinoxTable } from './responses.ts';
import { findRecord, isNotFound, type Place, sightAlone } from './sighting.ts';
import { changesIn, type FieldChange, idsOfUpdate, readUpdate, type UpdatedRecord } from './updated-record.ts';
import { quoted } from './words.ts';

/**
 * Takes an update back: the values there were are written again into the fields that nobody has changed since. Fields it
 * had not changed do not matter.
 */
export function createReversion(client: NinoxClient): UndoHooks {
  return {
    plan: async (context, snapshot) => plan(client, context, readUpdate(snapshot)),
    obstacle: async (context, snapshot) => findObstacle(client, context, readUpdate(snapshot)),
    restore: async (context, snapshot) => restore(client, context, readUpdate(snapshot)),
    findRestored: async (context, snapshot) => findReverted(client, context, readUpdate(snapshot)),
  };
}

/** The changes whose field is still there, but for those of which Ninox had stored nothing. */
function revertible(kept: UpdatedRecord, table: NinoxTable): readonly FieldChange[] {
  return changesIn(kept, table).flatMap(({ field, before, after }) => {
    return field === null || isSameValue(field, before, after) ? [] : [{ field, before, after }];
  });
}

/** What an undo writes, and what it leaves as it is. */
interface Reversion {
  readonly changes: readonly FieldChange[];
  readonly staying: readonly NotRestored[];
}

function reversionOf(kept: UpdatedRecord, table: NinoxTable, record: NinoxRecord): Reversion {
  const lost = changesIn(kept, table).flatMap(({ field, name }) => (field === null ? [name] : []));
  const open = revertible(kept, table).filter(({ field, before }) => !holds(record, { field, value: before }));
  const changes = open.filter(({ field, after }) => holds(record, { field, value: after }));
  const moved = open.filter((change) => !changes.includes(change));
  const stays = (name: string, why: string) => ({ what: `Field ${quoted(name)}`, why });
  return {
    changes,
    staying: [
      ...lost.map((name) => stays(name, 'The table has it not any more, or as another kind of field.')),
      ...moved.map(({ field }) => stays(field.name, 'Somebody has changed it since, so it stays.')),
    ],
  };
}

function holds(
  record: NinoxRecord,
  { field, value }: { readonly field: NinoxField; readonly value: unknown },
): boolean {
  return isSameValue(field, value, record.fields[field.name]);
}

async function plan(client: NinoxClient, context: CallContext, kept: UpdatedRecord): Promise<ChangePlan> {
  const { record, ...place } = await sightAlone(client, context, idsOfUpdate(kept));
  const { table } = place;
  const title = titleOf(record, table);
  const { changes, staying } = reversionOf(kept, table, record);
  const fields = changes.map(({ field, before }) => {
    const now = record.fields[field.name];
    return {
      name: field.name,
      value: isEmpty(before) ? null : shownValue({ field, value: before }),
      before: isEmpty(now) ? null : shownValue({ field, value: now }),
    };
  });
  return {
    summary: `Change 1 record in ${table.name} back`,
    targets: targetsOf(place, record.id, title),
    records: [{ id: record.id, title: title ?? `Record ${record.id}`, fields }],
    count: 1,
    warnings: staying.map(({ what, why }) => `${what}: ${why}`),
  };
}

function targetsOf(
  place: Pick<Place, 'team' | 'database' | 'table'>,
  id: string,
  title: string | null,
): PlannedTarget[] {
  return [...placeTargets(place), { level: 'record', id, name: title }];
}

async function findObstacle(client: NinoxClient, context: CallContext, kept: UpdatedRecord): Promise<string | null> {
  const where = `of the table ${quoted(kept.table.name)}`;
  const table = await unlessGone(() => client.getTable(context, idsOfUpdate(kept)));
  if (table === null) return `The table ${quoted(kept.table.name)} is not there any more.`;
  const record = await findRecord(client, context, idsOfUpdate(kept));
  if (record === null) return `The record ${kept.record} ${where} is gone, so nothing can be written back to it.`;
  const { changes, staying } = reversionOf(kept, table, record);
  if (changes.length > 0) return null;
  if (staying.length === 0)
    return `The record ${record.id} holds again what there was before, so there is nothing to take back.`;
  const reasons = staying.map(({ what, why }) => `${what}: ${why}`).join(' ');
  return `Nothing of record ${record.id} ${where} can be changed back. ${reasons}`;
}

async function unlessGone<Result>(read: () => Promise<Result>): Promise<Result | null> {
  try {
    return await read();
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

async function restore(client: NinoxClient, context: CallContext, kept: UpdatedRecord): Promise<Restored> {
  const ids = idsOfUpdate(kept);
  const table = await client.getTable(context, ids);
  const now = await findRecord(client, context, ids);
  if (now === null) throw gone(kept);
  const { changes, staying } = reversionOf(kept, table, now);
  if (changes.length === 0) throw nothingLeft(kept);
  const isRefused = await send(client, context, { kept, changes });
  const record = await readBack(client, context, kept);
  if (isRefused) requireReverted(kept, changes, record);
  const { database, table: tableId } = ids;
  const sequence = record?.sequence ?? null;
  context.touched?.([{ database, table: tableId, record: kept.record, kind: 'updated', sequence }]);
  return reportOf({ kept, table, staying }, changes, record);
}

function gone({ record }: UpdatedRecord): UpstreamError {
  return new UpstreamError('UPSTREAM_NOT_FOUND', `The record ${record} is gone, so nothing was written back to it.`);
}

function nothingLeft({ record }: UpdatedRecord): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_INVALID',
    `Nothing of record ${record} can be changed back any more. Nothing was sent.`,
  );
}

interface Reverting {
  readonly kept: UpdatedRecord;
  readonly changes: readonly FieldChange[];
}

/** Whether Ninox answered with an error that leaves open what was done. */
async function send(client: NinoxClient, context: CallContext, { kept, changes }: Reverting): Promise<boolean> {
  const fields = changes.map(({ field, before }) => [field.name, isEmpty(before) ? null : before] as const);
  try {
    await client.updateRecord(context, idsOfUpdate(kept), Object.fromEntries(fields));
    return false;
  } catch (error) {
    if (!isRefusedValue(error)) throw error;
    return true;
  }
}

async function readBack(client: NinoxClient, context: CallContext, kept: UpdatedRecord): Promise<NinoxRecord | null> {
  try {
    return await client.getRecord(context, idsOfUpdate(kept));
  } catch (error) {
    if (error instanceof UpstreamError) return null;
    throw error;
  }
}

function requireReverted(kept: UpdatedRecord, changes: readonly FieldChange[], record: NinoxRecord | null): void {
  if (record === null)
    throw unclear(kept, 'Ninox answered with an error, and the record could not be read after that.');
  if (changes.every(({ field, before }) => holds(record, { field, value: before }))) return;
  throw new UpstreamError(
    'UPSTREAM_INVALID',
    `Ninox refused to change record ${kept.record} back, most likely because a field or an option of the table was changed since. What there was can be read here and entered in Ninox by hand.`,
  );
}

function reportOf(
  { kept, table, staying }: Pick<Reversion, 'staying'> & { readonly kept: UpdatedRecord; readonly table: NinoxTable },
  changes: readonly FieldChange[],
  record: NinoxRecord | null,
): Restored {
  return {
    target: targetsOf({ ...kept, table }, kept.record, kept.title),
    notRestored: [...staying, ...(record === null ? [unread] : changes.flatMap((one) => differenceIn(one, record)))],
  };
}

const unread: NotRestored = {
  what: 'The comparison with what there was',
  why: 'The values were written back, but the record could not be read after that.',
};

function differenceIn({ field, before }: FieldChange, record: NinoxRecord): NotRestored[] {
  if (holds(record, { field, value: before })) return [];
  const why = isEmpty(record.fields[field.name])
    ? 'Ninox did not store its value; what it pointed to may be gone.'
    : 'Ninox stored another value than there was.';
  return [{ what: `Field ${quoted(field.name)}`, why }];
}

/** All goes with one request, so a field that still holds what the update had written says that nothing was sent. */
async function findReverted(client: NinoxClient, context: CallContext, kept: UpdatedRecord): Promise<Restored | null> {
  const table = await client.getTable(context, idsOfUpdate(kept));
  const record = await findRecord(client, context, idsOfUpdate(kept));
  if (record === null) throw unclear(kept, 'The record is gone.');
  const { changes, staying } = reversionOf(kept, table, record);
  if (changes.length > 0) return null;
  const back = revertible(kept, table).filter(({ field, before }) => holds(record, { field, value: before }));
  if (back.length > 0) return reportOf({ kept, table, staying }, back, record);
  throw unclear(kept, 'It holds neither what there was nor what had been written.');
}

function unclear({ record }: UpdatedRecord, why: string): UpstreamError {
  return new UpstreamError(
    'OUTCOME_UNKNOWN',
    `It is not known whether record ${record} was changed back. ${why} Look at the record in Ninox; it is not tried again by itself.`,
  );
}
