import { z } from 'zod';
import type { SeenTable } from '../triggers/ninox-change/change-ports.ts';
import type { UsedTable } from './used-names.ts';

/** Names as they were when the job was last stored: of tables, and of the fields it names there, by their ids. */
export const baselineSchema = z.object({
  revision: z.int(),
  tables: z.record(z.string(), z.object({ name: z.string(), fields: z.record(z.string(), z.string()) })),
  /** Words by the database they are about. */
  words: z.record(z.string(), z.array(z.string())),
});
export type Baseline = z.output<typeof baselineSchema>;
type SeenNames = Baseline['tables'][string];

export interface Compared {
  readonly tables: Baseline['tables'];
  /** What was renamed or removed, in words for people, each with what to do. */
  readonly words: readonly string[];
}

/**
 * Holds what a job uses of one database against what is there now. Tables are used by their ids: a new name breaks nothing,
 * and is told of until the job is stored again. Fields are used by their names. `before` null: nothing was seen yet.
 */
export function compareSchema(
  used: readonly UsedTable[],
  tables: readonly SeenTable[],
  before: Baseline['tables'] | null,
): Compared {
  const compared = used.map((one) =>
    compareTable(
      one,
      tables.find(({ id }) => id === one.table),
      before,
    ),
  );
  return {
    tables: Object.fromEntries(compared.flatMap(({ key, names }) => (names === null ? [] : [[key, names] as const]))),
    words: compared.flatMap(({ words }) => words),
  };
}

interface ComparedTable {
  readonly key: string;
  readonly names: SeenNames | null;
  readonly words: readonly string[];
}

function compareTable(used: UsedTable, found: SeenTable | undefined, before: Baseline['tables'] | null): ComparedTable {
  const key = `${used.database}/${used.table}`;
  const seen = before?.[key] ?? null;
  if (found === undefined) {
    const name = seen === null ? `with the id ${used.table}` : `“${seen.name}”`;
    const words = [`The table ${name}, which ${used.use}, is not there any more. Choose another one in the job.`];
    return { key, names: seen, words };
  }
  const words =
    seen === null || seen.name === found.name
      ? []
      : [
          `The table “${seen.name}”, which ${used.use}, is named “${found.name}” now. The job goes on with it; look whether its prompt names it, and save the job.`,
        ];
  const fields = used.fields.map((field) => compareField(field, found, seen));
  const names = {
    name: seen?.name ?? found.name,
    fields: {
      ...seen?.fields,
      ...Object.fromEntries(fields.flatMap(({ id, name }) => (id === null ? [] : [[id, name]]))),
    },
  };
  return { key, names, words: [...words, ...new Set(fields.flatMap((field) => field.words))] };
}

function compareField({ name, where }: UsedTable['fields'][number], table: SeenTable, seen: SeenNames | null) {
  const found = table.fields.find((field) => field.name === name);
  if (found !== undefined) return { id: found.id, name, words: [] };
  const [id] = Object.entries(seen?.fields ?? {}).find(([, before]) => before === name) ?? [];
  // Never seen: Ninox lists no fields that it computes, so nothing is known to be wrong.
  if (id === undefined) return { id: null, name, words: [] };
  const renamed = table.fields.find((field) => field.id === id);
  const what =
    renamed === undefined
      ? `The field “${name}” of “${table.name}” is not there any more.`
      : `The field “${name}” of “${table.name}” is named “${renamed.name}” now.`;
  return { id: null, name, words: [`${what} The job names it in ${where}: change it there.`] };
}
