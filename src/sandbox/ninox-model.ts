/** The field types Ninox was seen to give. A formula is in the schema only: no table list and no record shows it. */
export const fieldTypes = [
  'string',
  'number',
  'date',
  'boolean',
  'choice',
  'multi',
  'ref',
  'rev',
  'phone',
  'email',
  'link',
  'location',
  'timeinterval',
  'formula',
] as const;
export type FieldType = (typeof fieldTypes)[number];

export type FieldValue = string | number | boolean | readonly (string | number)[];

export interface NinoxChoice {
  readonly id: string;
  readonly caption: string;
}

export interface NinoxField {
  readonly id: string;
  readonly name: string;
  readonly type: FieldType;
  /** Of `choice` and `multi`. */
  readonly choices?: readonly NinoxChoice[];
  /** Of `ref`: the table it points to, and the `rev` field there. */
  readonly referenceToTable?: string;
  readonly reverseField?: string;
  /** Of `rev`: where it is pointed to from. */
  readonly referenceFromTable?: string;
  readonly referenceFromField?: string;
  /** Of `formula`. */
  readonly script?: string;
}

export interface NinoxFile {
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly modifiedDate: string;
  readonly modifiedUser: string;
  readonly sequence: number;
  /** The field the file was put into, where one was named. */
  readonly field: string | null;
}

/** Times are UTC without a zone suffix. `fields` has no entry for an empty field. */
export interface NinoxRecord {
  readonly id: number;
  sequence: number;
  readonly createdAt: string;
  readonly createdBy: string;
  modifiedAt: string;
  modifiedBy: string;
  readonly fields: Map<string, FieldValue>;
  files: readonly NinoxFile[];
}

export interface NinoxTable {
  readonly id: string;
  readonly name: string;
  readonly fields: readonly NinoxField[];
  readonly records: Map<number, NinoxRecord>;
  nextId: number;
}

export interface Removal {
  readonly table: string;
  readonly record: number;
  readonly sequence: number;
}

export interface NinoxDatabase {
  readonly id: string;
  readonly name: string;
  readonly icon: string;
  readonly color: string;
  readonly tables: readonly NinoxTable[];
  /** Grows by one with every change; each record carries the value of its last change. */
  sequence: number;
  readonly removals: Removal[];
}

export interface NinoxTeam {
  readonly id: string;
  readonly name: string;
  readonly databases: readonly NinoxDatabase[];
}

/** Everything one stand-in holds. */
export interface NinoxData {
  readonly teams: readonly NinoxTeam[];
}

/** A time as Ninox writes it: UTC, to the second, no zone suffix. */
export function ninoxTime(time: Date): string {
  return time.toISOString().slice(0, 19);
}

/** A field is spoken of by its id or its name; the id wins. */
export function findField(table: NinoxTable, idOrName: string): NinoxField | undefined {
  return table.fields.find((field) => field.id === idOrName) ?? table.fields.find((field) => field.name === idOrName);
}

/** A table is spoken of by its id or its name; the id wins. */
export function findTable(database: NinoxDatabase, idOrName: string): NinoxTable | undefined {
  return (
    database.tables.find((table) => table.id === idOrName) ?? database.tables.find((table) => table.name === idOrName)
  );
}
