import { bytesOf, mostBytes } from './bounded-output.ts';
import { roleOf } from './fields.ts';
import type { NinoxField, NinoxTable } from './responses.ts';

export interface FieldView {
  readonly field_id: string;
  readonly name: string;
  readonly type: string;
  readonly writable: boolean;
  /** The options of a choice, by their captions; `options_left_out` counts those that are not shown. */
  readonly options?: readonly string[];
  readonly options_left_out?: number;
  /** Of a link: the table whose records it points to. */
  readonly links_to?: string;
  /** Of a back link: the table whose records point here. */
  readonly linked_from?: string;
}

export interface TableView {
  readonly table_id: string;
  readonly name: string;
  readonly fields: FieldView[];
  /** Fields that Ninox computes, by name; null where it did not tell. Only where the table's fields begin. */
  readonly computed_fields?: readonly string[] | null;
}

/** The field to begin with: its table and its place among the table's fields. */
export type SchemaPlace = readonly [table: string, field: number];

const mostFields = 500;
const mostOptions = 100;
const longestName = 200;

/**
 * The tables with their fields from a place on, as far as one answer goes; `next` is null at the end. A table whose fields
 * do not fit comes in parts.
 */
export function viewSchema(
  tables: readonly NinoxTable[],
  computed: ReadonlyMap<string, readonly string[]> | null,
  from: SchemaPlace | null,
): { readonly tables: readonly TableView[]; readonly next: SchemaPlace | null } {
  // A table that is gone since: what was shown comes again, which loses nothing.
  const first = Math.max(0, from === null ? 0 : tables.findIndex(({ id }) => id === from[0]));
  const shown: TableView[] = [];
  const room = { fields: mostFields, bytes: mostBytes };
  for (const [index, table] of tables.slice(first).entries()) {
    const start = index === 0 && table.id === from?.[0] ? from[1] : 0;
    const head = headOf(table, start === 0 ? computed : undefined);
    room.bytes -= bytesOf(head);
    if (room.bytes <= 0 && shown.length > 0) return { tables: shown, next: [table.id, 0] };
    shown.push(head);
    const next = addFields(head, table.fields.slice(start), room);
    if (next !== null) return { tables: shown, next: [table.id, start + next] };
  }
  return { tables: shown, next: null };
}

function headOf({ id, name }: NinoxTable, computed?: ReadonlyMap<string, readonly string[]> | null): TableView {
  const head = { table_id: id, name: name.slice(0, longestName), fields: [] };
  if (computed === undefined) return head;
  return { ...head, computed_fields: computed === null ? null : (computed.get(id) ?? []) };
}

/** How many were added where not all were; at least one. */
function addFields(
  view: TableView,
  fields: readonly NinoxField[],
  room: { fields: number; bytes: number },
): number | null {
  for (const [at, field] of fields.entries()) {
    const shown = viewField(field);
    room.fields -= 1;
    room.bytes -= bytesOf(shown) + 1;
    if (at > 0 && (room.fields < 0 || room.bytes <= 0)) return at;
    view.fields.push(shown);
  }
  return null;
}

function viewField(field: NinoxField): FieldView {
  const { id, name, type, choices, referenceToTable, referenceFromTable } = field;
  const role = roleOf(field);
  const more = (choices?.length ?? 0) - mostOptions;
  return {
    field_id: id,
    name: name.slice(0, longestName),
    type,
    writable: role === 'value' || role === 'link',
    ...(choices === undefined
      ? {}
      : { options: choices.slice(0, mostOptions).map(({ caption }) => caption.slice(0, longestName)) }),
    ...(more > 0 ? { options_left_out: more } : {}),
    ...(referenceToTable === undefined ? {} : { links_to: referenceToTable }),
    ...(referenceFromTable === undefined ? {} : { linked_from: referenceFromTable }),
  };
}
