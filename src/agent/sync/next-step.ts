import type { PastCall, SyncHistory } from './sync-history.ts';
import { findItems, isObject, nextCursor, recordsIn } from './sync-items.ts';
import { byKey, type Planned, planItems } from './sync-plan.ts';
import { messageOf, reportSync, type Written } from './sync-report.ts';
import type { SyncSpec } from './sync-spec.ts';

export interface SyncCall {
  readonly id: string;
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export type SyncStep =
  | { readonly type: 'calls'; readonly calls: readonly SyncCall[] }
  | { readonly type: 'transform'; readonly items: readonly unknown[]; readonly targetFields: readonly string[] }
  | { readonly type: 'report'; readonly text: string };

const listTool = 'ninox_list_records';
const createTool = 'ninox_create_records';
const updateTool = 'ninox_update_record';
const mostReads = 20;
const lookSize = 200;
const createSize = 20;

/** What comes next, told from what was done alone: a run that has waited goes on with it in any process. */
export function nextStep(spec: SyncSpec, history: SyncHistory): SyncStep {
  const reads = callsNamed(history, 'read');
  const failed = reads.find(({ ok }) => !ok);
  if (failed !== undefined)
    return report(`Nothing was copied: the items could not be read. ${messageOf(failed.output)}`);
  const last = reads.at(-1);
  if (last === undefined) return readMore(spec, 1, null);
  const items = reads.flatMap(({ output }) => findItems(output, spec.from.items) ?? []);
  const cursor = nextCursor(last.output);
  if (cursor !== null && items.length < spec.most && reads.length < mostReads) {
    return readMore(spec, reads.length + 1, cursor);
  }
  if (items.length === 0) return report('There was nothing to copy: the source has no items.');
  return withItems(spec, history, items);
}

function withItems(spec: SyncSpec, history: SyncHistory, items: readonly unknown[]): SyncStep {
  const look = history.calls.get('look');
  if (look === undefined) return calls([lookAt(spec, 'look')]);
  if (!look.ok) return report(`Nothing was copied: the target table could not be read. ${messageOf(look.output)}`);
  const { transformed } = history;
  if (transformed === null) {
    const targetFields = [...new Set(recordsIn(look.output).flatMap(({ fields }) => Object.keys(fields)))];
    return { type: 'transform', items: items.slice(0, spec.most), targetFields };
  }
  const missing = nextCursor(look.output) === null ? [] : unseenKeys(spec, history);
  if (missing.length > 0) return calls(missing);
  const note = items.length > spec.most ? `Only the first ${spec.most} of the items were taken.` : null;
  return write(history, plan(spec, history), { spec, note });
}

/** Where the table has more records than one answer, each key that was not in it is looked for by itself. */
function unseenKeys(spec: SyncSpec, history: SyncHistory): SyncCall[] {
  return plan(spec, history).flatMap((item, index) => {
    const id = `look-${index}`;
    if (item.type !== 'create' || history.calls.has(id)) return [];
    return [lookAt(spec, id, item.fields[spec.key])];
  });
}

function plan(spec: SyncSpec, { calls: made, transformed }: SyncHistory): readonly Planned[] {
  const looks = [...made].filter(([id, { ok }]) => ok && (id === 'look' || id.startsWith('look-')));
  const there = byKey(
    looks.flatMap(([, { output }]) => recordsIn(output)),
    spec.key,
  );
  const items = planItems({ keyField: spec.key, transformed: transformed ?? [], there });
  return items.map((item, index) => {
    const look = made.get(`look-${index}`);
    if (item.type !== 'create' || look === undefined || look.ok) return item;
    return {
      type: 'fail',
      key: item.key,
      why: `It could not be looked up whether it is there. ${messageOf(look.output)}`,
    };
  });
}

interface Writing {
  readonly spec: SyncSpec;
  readonly note: string | null;
}

function write({ calls: made }: SyncHistory, items: readonly Planned[], { spec, note }: Writing): SyncStep {
  const chunks = chunksOf(items);
  const wanted = [
    ...chunks.map((chunk) =>
      createCall(
        spec,
        `create-${chunk[0]}`,
        chunk.map((index) => fieldsOf(items, index)),
      ),
    ),
    ...items.flatMap((item, index) => (item.type === 'update' ? [updateCall(spec, `update-${index}`, item)] : [])),
  ];
  const open = wanted.filter(({ id }) => !made.has(id));
  if (open.length > 0) return calls(open);
  const alone = chunks.flatMap((chunk) => aloneAgain({ spec, made, items, chunk }));
  if (alone.length > 0) return calls(alone);
  const callOf = (index: number): PastCall | null => {
    const chunk = chunks.find((one) => one.includes(index));
    const id = chunk === undefined ? `update-${index}` : `create-${chunk[0]}`;
    return made.get(`create-alone-${index}`) ?? made.get(id) ?? null;
  };
  const written: Written[] = items.map((item, index) => ({ item, call: callOf(index) }));
  return report(reportSync(written, note));
}

/** One wrong record has Ninox refuse all of a request; each of them by itself tells which it was. */
const refusals: readonly unknown[] = ['ARG_INVALID', 'UPSTREAM_INVALID', 'UPSTREAM_UNAVAILABLE'];

interface Chunk {
  readonly spec: SyncSpec;
  readonly made: SyncHistory['calls'];
  readonly items: readonly Planned[];
  readonly chunk: readonly number[];
}

function aloneAgain({ spec, made, items, chunk }: Chunk): SyncCall[] {
  const call = made.get(`create-${chunk[0]}`);
  const isRefused = call?.ok === false && isObject(call.output) && refusals.includes(call.output.code);
  if (!isRefused || chunk.length === 1) return [];
  return chunk
    .filter((index) => !made.has(`create-alone-${index}`))
    .map((index) => createCall(spec, `create-alone-${index}`, [fieldsOf(items, index)]));
}

function chunksOf(items: readonly Planned[]): number[][] {
  const creates = items.flatMap(({ type }, index) => (type === 'create' ? [index] : []));
  return Array.from({ length: Math.ceil(creates.length / createSize) }, (_, at) =>
    creates.slice(at * createSize, (at + 1) * createSize),
  );
}

function fieldsOf(items: readonly Planned[], index: number) {
  const item = items[index];
  return item?.type === 'create' ? item.fields : {};
}

function callsNamed({ calls: made }: SyncHistory, name: string): PastCall[] {
  return [...made].flatMap(([id, call]) => (id.startsWith(`${name}-`) ? [call] : []));
}

function readMore({ from, most }: SyncSpec, page: number, cursor: string | null): SyncStep {
  const isListing = from.tool === listTool && !('page_size' in from.arguments);
  const bounded = isListing ? { ...from.arguments, page_size: Math.min(lookSize, most) } : from.arguments;
  const args = cursor === null ? bounded : { ...bounded, cursor };
  return calls([{ id: `read-${page}`, tool: from.tool, arguments: args }]);
}

function target({ to }: SyncSpec) {
  return { team_id: to.team, database_id: to.database, table_id: to.table };
}

function lookAt(spec: SyncSpec, id: string, key?: unknown): SyncCall {
  const filters = key === undefined ? {} : { filters: [{ field: spec.key, value: key }] };
  return {
    id,
    tool: listTool,
    arguments: { ...target(spec), page_size: key === undefined ? lookSize : 5, ...filters },
  };
}

function createCall(spec: SyncSpec, id: string, records: readonly object[]): SyncCall {
  const list = records.map((fields) => ({ fields }));
  return { id, tool: createTool, arguments: { ...target(spec), records: list } };
}

function updateCall(spec: SyncSpec, id: string, { record, fields }: Extract<Planned, { type: 'update' }>): SyncCall {
  return { id, tool: updateTool, arguments: { ...target(spec), record_id: record, fields } };
}

function calls(list: readonly SyncCall[]): SyncStep {
  return { type: 'calls', calls: list };
}

function report(text: string): SyncStep {
  return { type: 'report', text };
}
