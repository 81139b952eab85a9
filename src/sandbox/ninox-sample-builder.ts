import {
  type FieldValue,
  type NinoxChoice,
  type NinoxDatabase,
  type NinoxField,
  type NinoxFile,
  type NinoxRecord,
  type NinoxTable,
  ninoxTime,
} from './ninox-model.ts';

/** Dates of the sample data count back from one day, so that "yesterday" is never empty. */
export interface SampleClock {
  /** Negative days lie ahead. */
  daysAgo(days: number): Date;
  /** The same as a Ninox date, `2026-03-09`. */
  date(days: number): string;
}

export function createSampleClock(now: Date): SampleClock {
  const dayMs = 24 * 60 * 60 * 1000;
  const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs);
  return { daysAgo, date: (days) => ninoxTime(daysAgo(days)).slice(0, 10) };
}

type FieldSpec = Omit<NinoxField, 'id'>;

export const field = {
  text: (name: string): FieldSpec => ({ name, type: 'string' }),
  number: (name: string): FieldSpec => ({ name, type: 'number' }),
  date: (name: string): FieldSpec => ({ name, type: 'date' }),
  flag: (name: string): FieldSpec => ({ name, type: 'boolean' }),
  phone: (name: string): FieldSpec => ({ name, type: 'phone' }),
  email: (name: string): FieldSpec => ({ name, type: 'email' }),
  link: (name: string): FieldSpec => ({ name, type: 'link' }),
  location: (name: string): FieldSpec => ({ name, type: 'location' }),
  duration: (name: string): FieldSpec => ({ name, type: 'timeinterval' }),
  choice: (name: string, ...captions: string[]): FieldSpec => ({ name, type: 'choice', choices: choices(captions) }),
  multi: (name: string, ...captions: string[]): FieldSpec => ({ name, type: 'multi', choices: choices(captions) }),
  /** Points to a record of `table`, where `reverse` is the id of the field that points back. */
  reference: (name: string, table: string, reverse: string): FieldSpec => ({
    name,
    type: 'ref',
    referenceToTable: table,
    reverseField: reverse,
  }),
  /** Lists the records of `table` whose field with the id `pointing` holds this one. Takes no value in a row. */
  reverse: (name: string, table: string, pointing: string): FieldSpec => ({
    name,
    type: 'rev',
    referenceFromTable: table,
    referenceFromField: pointing,
  }),
  /** Takes no value in a row. */
  formula: (name: string, script: string): FieldSpec => ({ name, type: 'formula', script }),
};

function choices(captions: readonly string[]): NinoxChoice[] {
  return captions.map((caption, at) => ({ id: String(at + 1), caption }));
}

/** Values in the order of the fields that hold one; null and what is left out at the end stay empty. */
export type SampleRow = readonly (FieldValue | null)[];

/** A file attached to the row of this number (from 0). */
export interface SampleFile {
  readonly row: number;
  readonly name: string;
  readonly contentType: string;
  readonly text: string;
}

export interface SampleTable {
  readonly id: string;
  readonly name: string;
  readonly fields: readonly FieldSpec[];
  readonly rows: readonly SampleRow[];
  /** How long ago the row of this number (from 0) was written. */
  readonly age: (row: number) => number;
  readonly files?: readonly SampleFile[];
}

export interface SampleDatabase {
  readonly id: string;
  readonly name: string;
  readonly icon: string;
  readonly color: string;
  readonly tables: readonly SampleTable[];
}

/** A database with record ids from 1 in the order of the rows, and sequences in the order of the changes. */
export function buildDatabase({ tables, ...rest }: SampleDatabase, clock: SampleClock): NinoxDatabase {
  const built = tables.map((table) => buildTable(table, clock));
  const records = built.flatMap((table) => [...table.records.values()]);
  const byChange = records.toSorted((left, right) => left.modifiedAt.localeCompare(right.modifiedAt));
  for (const [at, record] of byChange.entries()) {
    record.sequence = at + 1;
    record.files = record.files.map((file) => ({ ...file, sequence: record.sequence }));
  }
  return { ...rest, tables: built, sequence: records.length, removals: [] };
}

const users = ['root', 'qTz8Lw3nP', 'hB2vXk7mD'] as const;

function buildTable({ id, name, fields, rows, age, files = [] }: SampleTable, clock: SampleClock): NinoxTable {
  const withIds = fields.map((spec, at) => ({ id: lettersOf(at), ...spec }));
  const filled = withIds.filter(({ type }) => type !== 'rev' && type !== 'formula');
  const records = rows.map((row, at): NinoxRecord => {
    const days = age(at);
    const user = users[at % users.length] ?? 'root';
    const modifiedAt = ninoxTime(clock.daysAgo(days / (1 + (at % 3))));
    return {
      id: at + 1,
      sequence: 0,
      createdAt: ninoxTime(clock.daysAgo(days)),
      createdBy: user,
      modifiedAt,
      modifiedBy: user,
      fields: new Map(filled.flatMap((spec, column) => cell(spec.name, row[column]))),
      files: files.filter(({ row: of }) => of === at).map((file) => attached(file, { modifiedAt, user })),
    };
  });
  return {
    id,
    name,
    fields: withIds,
    records: new Map(records.map((record) => [record.id, record])),
    nextId: rows.length + 1,
  };
}

function attached(
  { name, contentType, text }: SampleFile,
  { modifiedAt, user }: { readonly modifiedAt: string; readonly user: string },
): NinoxFile {
  const content = new Uint8Array(Buffer.from(text));
  return { name, contentType, content, modifiedDate: modifiedAt, modifiedUser: user, sequence: 0, field: null };
}

function cell(name: string, value: FieldValue | null | undefined): [string, FieldValue][] {
  return value === null || value === undefined ? [] : [[name, value]];
}

/** A to Z, then AA and on, as Ninox numbers tables and fields. */
function lettersOf(at: number): string {
  const last = String.fromCharCode(65 + (at % 26));
  return at < 26 ? last : lettersOf(Math.floor(at / 26) - 1) + last;
}

/** The entry at this number, starting over behind the last. */
export function cycle<const Entries extends readonly [unknown, ...unknown[]]>(
  entries: Entries,
  at: number,
): Entries[number] {
  return entries[at % entries.length] ?? entries[0];
}

/** What `make` gives for 0, 1, 2 and so on. */
export function rowsOf(count: number, make: (at: number) => SampleRow): SampleRow[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

/** An address below example.com, which belongs to nobody. */
export function emailOf(...words: readonly string[]): string {
  return `${words.map(plain).join('.')}@example.com`;
}

export function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '');
}

/** Numbers from the ranges that are kept free for fiction. */
export function phoneOf(at: number): string {
  const last = String(100 + ((at * 37) % 900)).padStart(3, '0');
  return at % 2 === 0 ? `+49 30 23125 ${last}` : `+44 20 7946 0${last}`;
}

const places = {
  Bremen: '53.0793,8.8017',
  Kassel: '51.3127,9.4797',
  Leeds: '53.8008,-1.5491',
  Bristol: '51.4545,-2.5879',
  Graz: '47.0707,15.4395',
  Cork: '51.8985,-8.4756',
  Regensburg: '49.0134,12.1016',
} as const;
export type Place = keyof typeof places;

/** A location as Ninox writes it: the address, a new line, the coordinates. */
export function locationOf(street: string, place: Place): string {
  return `${street}, ${place}\n<${places[place]}>`;
}
