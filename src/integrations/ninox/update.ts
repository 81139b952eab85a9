import type { ChangePlan } from '#integrations/change-plan.ts';
import type { CallContext, ChangeHooks } from '#integrations/tool-definition.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { checkWrite } from './checked-write.ts';
import type { NinoxClient, NinoxFields, NinoxRecordIds } from './client.ts';
import { unlistedWarning } from './creation.ts';
import { placeTargets } from './deletion-plan.ts';
import { isRefusedValue } from './errors.ts';
import { isEmpty, isSameValue, shownValue, titleOf } from './fields.ts';
import type { NinoxRecord } from './responses.ts';
import { fieldsOf } from './schema-lookup.ts';
import { findRecord, sightAlone } from './sighting.ts';
import { createReversion } from './update-undo.ts';
import { changesIn, heldIn, idsOfUpdate, keepUpdate, readUpdate, type Updating } from './updated-record.ts';
import { listed, quoted } from './words.ts';

export interface RecordUpdate {
  readonly ids: NinoxRecordIds;
  readonly fields: NinoxFields;
}

/** What goes with the update of one record: its plan, its undo, and finding out whether it happened. */
export function createUpdate(client: NinoxClient, { ids, fields }: RecordUpdate): ChangeHooks {
  return {
    async plan(context) {
      const { record, ...place } = await sightAlone(client, context, ids);
      const [values = []] = await checkWrite(fieldsOf(client, { call: context, ids, table: place.table }), [fields]);
      const all = values.map(({ name, value, field }) => ({ field, before: record.fields[name], after: value }));
      const changes = all.filter(({ field, before, after }) => !isSameValue(field, before, after));
      const same = all.filter((one) => !changes.includes(one)).map(({ field }) => field.name);
      const updating = { place, record, title: titleOf(record, place.table), changes };
      return {
        plan: planUpdate(updating, same),
        snapshot: keepUpdate(updating),
        ...(changes.length === 0 ? { answer: unchangedOutput(ids, same) } : {}),
      };
    },
    reconcile: (context, snapshot) => reconcile(client, context, snapshot),
    outputIfHappened: updateOutput(ids),
    undo: createReversion(client),
  };
}

function updateOutput({ team, database, table, record }: NinoxRecordIds) {
  return { updated: true, record: { team_id: team, database_id: database, table_id: table, record_id: record } };
}

function unchangedOutput(ids: NinoxRecordIds, same: readonly string[]) {
  const note = `The record holds this already (${listed(same.map(quoted))}), so nothing was sent.`;
  return { ...updateOutput(ids), updated: false, note };
}

/** Holds nothing that changes by itself. */
function planUpdate({ place, record, title, changes }: Updating, same: readonly string[]): ChangePlan {
  const { table } = place;
  const fields = changes.map(({ field, before, after }) => ({
    name: field.name,
    value: isEmpty(after) ? null : shownValue({ field, value: after }),
    before: isEmpty(before) ? null : shownValue({ field, value: before }),
  }));
  return {
    summary: `Change 1 record in ${table.name}`,
    targets: [...placeTargets(place), { level: 'record', id: record.id, name: title }],
    records: [{ id: record.id, title: title ?? `Record ${record.id}`, fields }],
    count: changes.length === 0 ? 0 : 1,
    warnings: [
      ...(same.length === 0
        ? []
        : [`${listed(same.map(quoted))} ${same.length === 1 ? 'has' : 'have'} this value already.`]),
      ...(table.fields.length === 0 ? [unlistedWarning] : []),
    ],
  };
}

/** Sends it, once, and reads the record back. */
export async function updateOne(client: NinoxClient, context: CallContext, { ids, fields }: RecordUpdate) {
  const refusal = await send(client, context, { ids, fields });
  const found = await readBack(client, context, ids);
  if (refusal !== null && (found === null || !isAsSent(found, fields))) throw refused(ids, found);
  const { database, table, record } = ids;
  context.touched?.([{ database, table, record, kind: 'updated', sequence: found?.sequence ?? null }]);
  if (found === null) return { ...updateOutput(ids), note: 'The record could not be read back after that.' };
  const names = Object.keys(fields);
  context.keep?.({
    held: heldIn(
      found,
      names.map((name) => ({ name })),
    ),
  });
  const other = names.filter((name) => !isLike(fields[name], found.fields[name]));
  if (other.length === 0) return updateOutput(ids);
  const note = `Ninox holds something else than was sent in ${listed(other.map(quoted))}. Read the record to see what.`;
  return { ...updateOutput(ids), note };
}

/** The error of Ninox where it leaves open what was done. */
async function send(client: NinoxClient, context: CallContext, { ids, fields }: RecordUpdate): Promise<unknown> {
  try {
    await client.updateRecord(context, ids, fields);
    return null;
  } catch (error) {
    if (!isRefusedValue(error)) throw error;
    return error;
  }
}

/** Null where it cannot be read now: what is written is written. */
async function readBack(client: NinoxClient, context: CallContext, ids: NinoxRecordIds): Promise<NinoxRecord | null> {
  try {
    return await client.getRecord(context, ids);
  } catch (error) {
    if (error instanceof UpstreamError) return null;
    throw error;
  }
}

function isAsSent(found: NinoxRecord, fields: NinoxFields): boolean {
  return Object.entries(fields).every(([name, value]) => isLike(value, found.fields[name]));
}

/** The types of the fields are not read for this, so a link may look like a number. */
function isLike(sent: unknown, found: unknown): boolean {
  const types = typeof sent === 'boolean' ? ['boolean'] : ['unknown', 'ref'];
  return types.some((type) => isSameValue({ type }, sent, found));
}

/** That a 500 leaves all as it was is not documented, so it is only said once the record was read again. */
function refused({ record }: NinoxRecordIds, found: NinoxRecord | null): UpstreamError {
  if (found === null)
    return unclear(record, 'Ninox answered with an error, and the record could not be read after that.');
  return new UpstreamError(
    'UPSTREAM_INVALID',
    `Ninox refused to change record ${record}: read again, it does not hold what was sent. The names of the fields are right, so look at their values, or at a script of the table that forbids it.`,
  );
}

async function reconcile(
  client: NinoxClient,
  context: CallContext,
  snapshot: unknown,
): Promise<'happened' | 'not_happened'> {
  const kept = readUpdate(snapshot);
  const ids = idsOfUpdate(kept);
  const table = await client.getTable(context, ids);
  const record = await findRecord(client, context, ids);
  if (record === null) throw unclear(kept.record, 'The record is gone.');
  const changes = changesIn(kept, table).filter((change) => change.field !== null);
  const holds = (value: 'before' | 'after') =>
    changes.filter(
      ({ field, ...change }) => field !== null && isSameValue(field, change[value], record.fields[field.name]),
    );
  if (holds('after').length > 0) return 'happened';
  if (changes.length > 0 && holds('before').length === changes.length) return 'not_happened';
  throw unclear(kept.record, 'It holds neither what there was nor what was sent.');
}

function unclear(record: string, why: string): UpstreamError {
  return new UpstreamError(
    'OUTCOME_UNKNOWN',
    `It is not known whether record ${record} was changed. ${why} Look at the record in Ninox; it is not tried again by itself.`,
  );
}
