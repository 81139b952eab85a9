import type { ChangePlan, NotRestored, Restored } from '#integrations/change-plan.ts';
import type { CallContext, UndoHooks } from '#integrations/tool-definition.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { NinoxClient, NinoxTableIds } from './client.ts';
import { type CreatedRecord, type CreatedRecords, readCreation, searchCreated } from './created-records.ts';
import { placeTargets, plannedRecord } from './deletion-plan.ts';
import { isSameValue, titleOf, valuesOf } from './fields.ts';
import { goneAmong, removeAll } from './removal.ts';
import type { NinoxRecord, NinoxTable } from './responses.ts';
import { findRecord, isNotFound, sightPlace } from './sighting.ts';
import { countOf, listed, quoted } from './words.ts';
import { idsOfPlace } from './written-place.ts';

/** Takes a creation back: exactly what was created is deleted, unless somebody has worked on it since. */
export function createUncreation(client: NinoxClient): UndoHooks {
  return {
    plan: async (context, snapshot) => plan(client, context, readCreation(snapshot)),
    obstacle: async (context, snapshot) => findObstacle(client, context, readCreation(snapshot)),
    restore: async (context, snapshot) => restore(client, context, readCreation(snapshot)),
    findRestored: async (context, snapshot) => findRemoved(client, context, readCreation(snapshot)),
  };
}

/** What of a created record can be taken back. */
type Standing =
  | { readonly type: 'unchanged'; readonly id: string; readonly record: NinoxRecord }
  | { readonly type: 'changed'; readonly id: string; readonly record: NinoxRecord }
  | { readonly type: 'gone'; readonly id: string };

const unknownWords =
  'The answer of Ninox was lost when the records were created, so it is not known which of the table they are. Delete them in Ninox by hand.';

/** Null where the answer was lost and the table holds nothing that can only be what was created. */
async function createdOf(
  client: NinoxClient,
  call: CallContext,
  kept: CreatedRecords,
): Promise<readonly CreatedRecord[] | null> {
  if (kept.created !== undefined) return kept.created;
  const { known: others, plannedAt } = kept;
  const ids = idsOfPlace(kept);
  const sentAt = new Date(plannedAt);
  const found = await searchCreated(client, { ...kept, call, ids, others, sentAt, isExact: true });
  if (found.type !== 'found') return null;
  return found.records.map(({ id, sequence = null, fields }) => ({ id, sequence, fields }));
}

async function plan(client: NinoxClient, context: CallContext, kept: CreatedRecords): Promise<ChangePlan> {
  const ids = idsOfPlace(kept);
  const place = await sightPlace(client, context, ids);
  const { table } = place;
  const standing = await standingOf(client, context, { kept, table, created: await createdOf(client, context, kept) });
  const removable = standing.filter((one) => one.type === 'unchanged');
  const records = removable.slice(0, mostListed).map(({ id, record }) => {
    return plannedRecord(id, titleOf(record, table), valuesOf(record, table.fields));
  });
  return {
    summary: `Delete ${countOf(removable.length, 'record', 'records')} from ${table.name} that ${removable.length === 1 ? 'was' : 'were'} created`,
    targets: placeTargets(place),
    records,
    count: removable.length,
    warnings: staying(standing, table).map(({ what, why }) => `${what}: ${why}`),
  };
}

const mostListed = 20;

interface Looking {
  readonly kept: CreatedRecords;
  readonly table: NinoxTable;
  readonly created: readonly CreatedRecord[] | null;
}

/** One read each, one after the other. */
async function standingOf(client: NinoxClient, context: CallContext, looking: Looking): Promise<readonly Standing[]> {
  const ids = idsOfPlace(looking.kept);
  const standing: Standing[] = [];
  for (const [at, created] of (looking.created ?? []).entries()) {
    const record = await findRecord(client, context, { ...ids, record: created.id });
    standing.push(judge({ created, sent: looking.kept.records[at] ?? {}, table: looking.table }, record));
  }
  return standing;
}

interface Created {
  readonly created: CreatedRecord;
  readonly sent: Readonly<Record<string, unknown>>;
  readonly table: NinoxTable;
}

function judge({ created, sent, table }: Created, record: NinoxRecord | null): Standing {
  const { id, sequence, fields } = created;
  if (record === null) return { type: 'gone', id };
  // Other records that point here change what it holds and not its sequence, so the fields count where they are known.
  const isSame =
    fields === null
      ? (sequence !== null && record.sequence === sequence) || (sequence === null && holds(record, table, sent))
      : table.fields.every((field) => isSameValue(field, fields[field.name], record.fields[field.name]));
  return { type: isSame ? 'unchanged' : 'changed', id, record };
}

function holds(record: NinoxRecord, table: NinoxTable, sent: Readonly<Record<string, unknown>>): boolean {
  const names = new Set(Object.keys(sent));
  return table.fields
    .filter(({ name }) => names.has(name))
    .every((field) => isSameValue(field, sent[field.name], record.fields[field.name]));
}

function staying(standing: readonly Standing[], table: NinoxTable): NotRestored[] {
  return standing.flatMap((one) => {
    if (one.type === 'unchanged') return [];
    const why =
      one.type === 'gone'
        ? 'It is gone already.'
        : 'Somebody has changed it since it was created, or linked something to it, so it stays.';
    const title = one.type === 'gone' ? null : titleOf(one.record, table);
    return [{ what: `Record ${one.id}${title === null ? '' : ` (${quoted(title)})`}`, why }];
  });
}

async function findObstacle(client: NinoxClient, context: CallContext, kept: CreatedRecords): Promise<string | null> {
  const table = await findTable(client, context, idsOfPlace(kept));
  const where = quoted(kept.table.name);
  if (table === null) return `The table ${where} is not there any more, and what was created in it is gone with it.`;
  const created = await createdOf(client, context, kept);
  if (created === null) return unknownWords;
  let isAnyThere = false;
  for (const [at, one] of created.entries()) {
    const record = await findRecord(client, context, { ...idsOfPlace(kept), record: one.id });
    const { type } = judge({ created: one, sent: kept.records[at] ?? {}, table }, record);
    if (type === 'unchanged') return null;
    isAnyThere ||= type === 'changed';
  }
  const which = `${created.length === 1 ? 'The record' : 'The records'} ${listed(created.map(({ id }) => id))} of ${where}`;
  return isAnyThere
    ? `${which} ${created.length === 1 ? 'was' : 'were'} changed after the creation, or something was linked to ${created.length === 1 ? 'it' : 'them'}, so nothing is deleted.`
    : `${which} ${created.length === 1 ? 'is' : 'are'} gone already.`;
}

async function findTable(client: NinoxClient, context: CallContext, ids: NinoxTableIds): Promise<NinoxTable | null> {
  try {
    return await client.getTable(context, ids);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

async function restore(client: NinoxClient, context: CallContext, kept: CreatedRecords): Promise<Restored> {
  const ids = idsOfPlace(kept);
  const table = await client.getTable(context, ids);
  const standing = await standingOf(client, context, { kept, table, created: await createdOf(client, context, kept) });
  const [first, ...rest] = standing.filter(({ type }) => type === 'unchanged').map(({ id }) => id);
  if (first === undefined) throw new UpstreamError('UPSTREAM_NOT_FOUND', 'Nothing of it can be deleted any more.');
  const { left } = await removeAll(client, context, { ids, records: [first, ...rest] });
  return {
    target: placeTargets({ ...kept, table }),
    notRestored: [...staying(standing, table), ...left.map(leftBehind)],
  };
}

function leftBehind(id: string): NotRestored {
  return { what: `Record ${id}`, why: 'Ninox did not delete it.' };
}

/** As far as nobody else has deleted them: what is gone counts as taken back. */
async function findRemoved(client: NinoxClient, context: CallContext, kept: CreatedRecords): Promise<Restored | null> {
  const ids = idsOfPlace(kept);
  const table = await client.getTable(context, ids);
  if (kept.created === undefined) throw new UpstreamError('OUTCOME_UNKNOWN', unknownWords);
  const created = kept.created.map(({ id }) => id);
  const gone = await goneAmong(client, context, { ids, records: created });
  if (gone.length === 0) return null;
  const left = created.filter((id) => !gone.includes(id));
  return {
    target: placeTargets({ ...kept, table }),
    notRestored: left.map((id) => ({ what: `Record ${id}`, why: stillThere })),
  };
}

const stillThere = 'It is still there: it was changed after the creation, or Ninox did not delete it.';
