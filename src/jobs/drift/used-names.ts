import type { Job } from '../job.ts';
import type { JobDefinition } from '../job-definition.ts';
import { readTemplate } from '../prompt-placeholders.ts';

/** A table of Ninox that a job uses, with the fields it names there. */
export interface UsedTable {
  /** Null where the job does not say in which team the database is. */
  readonly team: string | null;
  readonly database: string;
  readonly table: string;
  /** For what, in words that follow “the table … that”. */
  readonly use: string;
  readonly fields: readonly UsedField[];
}

export interface UsedField {
  readonly name: string;
  /** Where the job names it, in words for people. */
  readonly where: string;
}

/** What a job uses by name or id and would miss. Of one that watches a whole database the fields belong to no one table. */
export function namesUsedBy({ definition }: Pick<Job, 'definition'>): readonly UsedTable[] {
  return merged([...watched(definition), ...synced(definition), ...allowed(definition)]);
}

function watched({ trigger, conditions, prompt }: JobDefinition): UsedTable[] {
  if (trigger.kind !== 'ninox_change' || trigger.table === null) return [];
  const { team, database, table } = trigger;
  const fields = [
    ...conditions.map(({ field }) => ({ name: field, where: 'the conditions' })),
    ...fieldsInPrompt(prompt).map((name) => ({ name, where: 'the prompt' })),
  ];
  return [{ team, database, table, use: 'the job watches', fields }];
}

function fieldsInPrompt(prompt: string): readonly string[] {
  return readTemplate(prompt).flatMap((part) => {
    if (part.kind !== 'value') return [];
    const [root, fields, name] = part.path;
    return root === 'record' && fields === 'fields' && name !== undefined ? [name] : [];
  });
}

function synced({ sync }: JobDefinition): UsedTable[] {
  if (sync === null) return [];
  const { team, database, table } = sync.to;
  const fields = [{ name: sync.key, where: 'the field that tells records apart' }];
  return [{ team, database, table, use: 'the job writes into', fields }];
}

/** Tables that standing approvals are limited to. */
function allowed(definition: JobDefinition): UsedTable[] {
  return definition.mandate.allowances.flatMap(({ limits }) =>
    (limits.tables ?? []).flatMap((written) => {
      const [database, table] = written.split('/');
      if (database === undefined || table === undefined) return [];
      const team = teamOf(definition, database) ?? (limits.teams?.length === 1 ? (limits.teams[0] ?? null) : null);
      return [{ team, database, table, use: 'a standing approval of the job is for', fields: [] }];
    }),
  );
}

function teamOf({ trigger, sync }: JobDefinition, database: string): string | null {
  if (trigger.kind === 'ninox_change' && trigger.database === database) return trigger.team;
  return sync?.to.database === database ? sync.to.team : null;
}

/** Each table once, with all that is used of it. */
function merged(tables: readonly UsedTable[]): readonly UsedTable[] {
  const found = new Map<string, UsedTable>();
  for (const one of tables) {
    const key = `${one.database}/${one.table}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, one);
    else found.set(key, { ...known, team: known.team ?? one.team, fields: [...known.fields, ...one.fields] });
  }
  return [...found.values()];
}
