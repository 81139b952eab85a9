import { z } from 'zod';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { takeFitting } from './bounded-output.ts';
import type { NinoxClient, NinoxTableIds } from './client.ts';
import type { Condition } from './comparisons.ts';
import { readCursor, writeCursor } from './cursors.ts';
import { doesNotFit, findFields } from './find-fields.ts';
import type { RecordPageQuestion } from './more-reads.ts';
import type { NinoxCall } from './perform.ts';
import { type Filter, isMatch, isOutOfOrder, readFilter, upstreamFilters } from './record-filters.ts';
import { type RecordView, viewRecord } from './record-view.ts';
import type { NinoxField, NinoxRecord, NinoxTable } from './responses.ts';
import { lookUpFields } from './schema-lookup.ts';

export interface Sort {
  readonly field: string;
  readonly descending?: boolean | undefined;
}

export interface ListingQuestion {
  readonly ids: NinoxTableIds;
  readonly conditions: readonly Condition[];
  readonly sort: Sort | null;
  /** Names of the fields to show; null for all. */
  readonly fields: readonly string[] | null;
  readonly pageSize: number;
  readonly cursor: string | null;
}

export interface Listing {
  readonly table: NinoxTable;
  readonly records: readonly RecordView[];
  /** Null where no record comes after these. */
  readonly nextCursor: string | null;
  readonly note: string | null;
}

/** Where to read on: a page of Ninox, how large, how far inside it, and what the page before began with. */
const placeSchema = z.tuple([
  z.int().min(0).max(1_000_000),
  z.int().min(1).max(200),
  z.int().min(0).max(100_000),
  z.string().max(20),
]);
type Place = z.output<typeof placeSchema>;

/** Where Ninox may not filter by itself, so many are looked through for one answer. */
const scanSize = 200;
const mostPages = 10;

/** One page of the records that fit, in one table. Every record of the table that fits is in exactly one of the pages. */
export async function listRecords(client: NinoxClient, call: NinoxCall, question: ListingQuestion): Promise<Listing> {
  const { ids, conditions, sort, fields, pageSize, cursor } = question;
  const asked = [ids, conditions, sort, fields];
  const given = cursor === null ? null : readCursor(asked, cursor, placeSchema);
  const plan = await planListing(client, call, question);
  const start: Place = given ?? [0, conditions.length > 0 ? scanSize : pageSize, 0, ''];
  const scan = createScan(plan, start);
  while (scan.found.length < pageSize && !scan.isAtEnd() && scan.pages() < mostPages) {
    const [page, perPage] = scan.place();
    scan.take(await client.listRecordPage(call, ids, { ...plan.question, page, perPage }), pageSize);
  }
  const views = scan.found.map(({ record }) => viewRecord(record, fields));
  const shown = takeFitting(views);
  const next = shown.length < views.length ? (scan.found[shown.length]?.place ?? null) : scan.next();
  return {
    table: plan.table,
    records: shown,
    nextCursor: next === null ? null : writeCursor(asked, next),
    note: noteOf(plan, { scan, isMore: next !== null, wasFilled: scan.found.length >= pageSize }),
  };
}

interface ListingPlan {
  readonly table: NinoxTable;
  readonly filters: readonly Filter[];
  readonly order: { readonly field: NinoxField; readonly descending: boolean } | null;
  readonly question: Omit<RecordPageQuestion, 'page' | 'perPage'>;
}

async function planListing(
  client: NinoxClient,
  call: NinoxCall,
  { ids, conditions, sort, fields }: ListingQuestion,
): Promise<ListingPlan> {
  const known = await lookUpFields(client, call, ids);
  const names = [...conditions.map(({ field }) => field), ...(sort === null ? [] : [sort.field]), ...(fields ?? [])];
  const found = await findFields(known, names, { takesComputed: false });
  const fieldOf = (name: string): NinoxField => found.fields.get(name) ?? { id: name, name, type: 'unknown' };
  const read = conditions.map((condition) => readFilter(fieldOf(condition.field), condition));
  const problems = read.filter((one) => typeof one === 'string');
  if (problems.length > 0) throw doesNotFit(known.table, problems);
  const filters = read.filter((one) => typeof one !== 'string');
  const told = upstreamFilters(filters);
  const order = sort === null ? null : { field: fieldOf(sort.field), descending: sort.descending === true };
  const question = {
    ...(told === undefined ? {} : { filters: told }),
    ...(order === null ? {} : { order: order.field.id, descending: order.descending }),
  };
  return { table: known.table, filters, order, question };
}

type Scan = ReturnType<typeof createScan>;

function createScan({ filters }: ListingPlan, start: Place) {
  const found: { readonly record: NinoxRecord; readonly place: Place }[] = [];
  const known = new Set<string>();
  let [page, perPage, at, before] = start;
  let pages = 0;
  let seen = 0;
  let isEnd = false;

  function take(records: readonly NinoxRecord[], pageSize: number): void {
    const first = records[0]?.id ?? '';
    // Ninox ignores what it does not know: a page that comes again would go on for ever.
    if (page > 0 && first !== '' && first === before) throw samePage();
    // Where Ninox gives more than was asked for, its pages are larger than thought.
    const last = records.length;
    while (at < last && found.length < pageSize) {
      const record = records[at];
      const place: Place = [page, perPage, at, before];
      at += 1;
      seen += 1;
      if (record === undefined || known.has(record.id) || !isMatch(filters, record)) continue;
      known.add(record.id);
      found.push({ record, place });
    }
    pages += 1;
    if (at < last) return;
    isEnd = records.length < perPage;
    page += 1;
    at = 0;
    before = first;
  }

  return {
    found,
    take,
    pages: () => pages,
    seen: () => seen,
    isAtEnd: () => isEnd,
    place: (): Place => [page, perPage, at, before],
    next: (): Place | null => (isEnd ? null : [page, perPage, at, before]),
  };
}

function samePage(): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_INVALID',
    'Ninox gave the same page of records again in place of the next one, so the rest cannot be listed. Narrow the records down with a filter.',
  );
}

function noteOf(
  { order }: ListingPlan,
  { scan, isMore, wasFilled }: { readonly scan: Scan; readonly isMore: boolean; readonly wasFilled: boolean },
): string | null {
  const notes: string[] = [];
  if (isMore && !wasFilled) {
    notes.push(`Looked through ${scan.seen()} records so far; there may be more that fit. Go on with next_cursor.`);
  }
  const records = scan.found.map(({ record }) => record);
  if (order !== null && isOutOfOrder(records, order.field, order.descending)) {
    notes.push('Ninox did not keep to the order that was asked for: do not rely on it.');
  }
  return notes.length === 0 ? null : notes.join(' ');
}
