import { z } from 'zod';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { takeFitting } from './bounded-output.ts';
import type { NinoxClient, NinoxTableIds } from './client.ts';
import type { Condition } from './comparisons.ts';
import { isRefusedValue } from './errors.ts';
import { problemOfValue } from './field-values.ts';
import { doesNotFit, type FoundFields, findFields } from './find-fields.ts';
import type { NinoxCall } from './perform.ts';
import { type Aggregate, buildScript, type QueryField, QueryProblem } from './query-script.ts';
import { type RecordView, viewRecord } from './record-view.ts';
import type { NinoxTable } from './responses.ts';
import { lookUpFields } from './schema-lookup.ts';

export interface Query {
  readonly ids: NinoxTableIds;
  readonly where: readonly Condition[];
  readonly order: { readonly field: string; readonly descending?: boolean | undefined } | null;
}

export interface RecordQuery extends Query {
  /** Names of the fields to show; null for all. */
  readonly fields: readonly string[] | null;
  readonly offset: number;
  readonly limit: number;
}

export interface QueriedRecords {
  readonly table: NinoxTable;
  readonly records: readonly RecordView[];
  /** How many records fit in all. */
  readonly matching: number;
  /** Where to go on; null at the end. */
  readonly next: number | null;
}

/** Records that fit, each read by itself: a query names records, and formulas aside it says nothing of their values. */
export async function queryRecords(client: NinoxClient, call: NinoxCall, query: RecordQuery): Promise<QueriedRecords> {
  const { ids, fields, offset, limit } = query;
  const { table, script } = await planQuery(client, call, query);
  const found = readNames(await ask(client, call, { ids, script }), ids.table);
  const all = query.order?.descending === true ? found.toReversed() : found;
  const views: RecordView[] = [];
  const wanted = all.slice(offset, offset + limit);
  for (const record of wanted) {
    const view = await readOne(client, call, { ids: { ...ids, record }, fields });
    views.push(view ?? { record_id: record, modified_at: null, gone: true, fields: {} });
  }
  const records = takeFitting(views);
  const end = offset + records.length;
  return { table, records, matching: all.length, next: end < all.length ? end : null };
}

/** A number of the records that fit, as Ninox reckons it; null where there is nothing to reckon with. */
export async function queryAggregate(
  client: NinoxClient,
  call: NinoxCall,
  query: Query & { readonly aggregate: { readonly function: Aggregate; readonly field?: string | undefined } },
): Promise<{ readonly table: NinoxTable; readonly value: string | number | null }> {
  const { table, script } = await planQuery(client, call, query);
  const parsed = aggregateValue.safeParse(await ask(client, call, { ids: query.ids, script }));
  if (!parsed.success) throw unknownAnswer();
  return { table, value: parsed.data };
}

const aggregateValue = z.union([z.number(), z.string().max(1_000), z.null()]);

type Plan = Query & {
  readonly fields?: readonly string[] | null;
  readonly aggregate?: { readonly function: Aggregate; readonly field?: string | undefined };
};

async function planQuery(
  client: NinoxClient,
  call: NinoxCall,
  { ids, where, order, fields = null, aggregate }: Plan,
): Promise<{ readonly table: NinoxTable; readonly script: string }> {
  const known = await lookUpFields(client, call, ids);
  const names = [
    ...where.map(({ field }) => field),
    ...(order === null ? [] : [order.field]),
    ...(aggregate?.field === undefined ? [] : [aggregate.field]),
  ];
  await findFields(known, fields ?? [], { takesComputed: false });
  const found = await findFields(known, names, { takesComputed: true });
  const { table } = known;
  const on = (name: string): QueryField => ({ name, field: found.fields.get(name) ?? null });
  const wrongValues = where.flatMap((condition) => problemOfCondition(found, condition) ?? []);
  if (wrongValues.length > 0) throw doesNotFit(table, wrongValues);
  try {
    const script = buildScript({
      table: table.name,
      where: where.map((condition) => ({ on: on(condition.field), condition })),
      order: order === null ? null : on(order.field),
      aggregate:
        aggregate === undefined
          ? null
          : { function: aggregate.function, on: aggregate.field === undefined ? null : on(aggregate.field) },
    });
    return { table, script };
  } catch (error) {
    throw error instanceof QueryProblem ? doesNotFit(table, [error.message]) : error;
  }
}

/** An option that does not exist finds nothing, which reads like an answer. */
function problemOfCondition({ fields }: FoundFields, { field: name, operator = '=', value }: Condition): string | null {
  const field = fields.get(name);
  const isChecked = field?.type === 'date' || (field?.type === 'choice' && (operator === '=' || operator === '!='));
  if (field === undefined || !isChecked) return null;
  return problemOfValue(field, value ?? null);
}

async function ask(
  client: NinoxClient,
  call: NinoxCall,
  { ids, script }: { readonly ids: NinoxTableIds; readonly script: string },
): Promise<unknown> {
  try {
    return await client.runQuery(call, { team: ids.team, database: ids.database }, script);
  } catch (error) {
    if (!isRefusedValue(error)) throw error;
    throw new UpstreamError(
      'UPSTREAM_INVALID',
      'Ninox did not carry out this query. Ask for less in it, or use ninox_list_records with filters.',
      { cause: error },
    );
  }
}

/** The numbers of the records, which Ninox names as table and number. */
function readNames(answer: unknown, table: string): readonly string[] {
  if (answer === null || answer === '') return [];
  const names: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
  return names.map((name) => {
    const isOne = typeof name === 'string' && name.startsWith(table);
    const record = isOne ? name.slice(table.length) : '';
    if (!/^[1-9]\d{0,15}$/.test(record)) throw unknownAnswer();
    return record;
  });
}

function unknownAnswer(): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_INVALID',
    'Ninox answered the query in a form this service does not know, so it was not used. Use ninox_list_records with filters.',
  );
}

/** Null where it was deleted since the query. */
async function readOne(
  client: NinoxClient,
  call: NinoxCall,
  {
    ids,
    fields,
  }: { readonly ids: NinoxTableIds & { readonly record: string }; readonly fields: readonly string[] | null },
): Promise<RecordView | null> {
  try {
    return viewRecord(await client.getRecord(call, ids), fields);
  } catch (error) {
    if (error instanceof UpstreamError && error.code === 'UPSTREAM_NOT_FOUND') return null;
    throw error;
  }
}
