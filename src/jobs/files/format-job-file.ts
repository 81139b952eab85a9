import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import type { z } from 'zod';
import { slugOf } from '#personas/format-persona-file.ts';
import type { JobDefinition } from '../job-definition.ts';
import { jobFileSchema } from './job-file.ts';

/** The text of a job file that says the same, without standing approvals and without whom it acts for. */
export function formatJobFile({ prompt, mandate, ...settings }: JobDefinition): string {
  const spoken = Object.entries({ ...settings, mandate: { rule: mandate.rule } })
    .filter(([name, value]) => !isSilent(name, value))
    .map(([name, value]) => [name, value] as const);
  // Anchors for what is there twice would not be read again, and folded lines are hard to compare.
  const yaml = stringify(Object.fromEntries(spoken), { aliasDuplicateObjects: false, lineWidth: 0 });
  return `---\n${yaml}---\n\n${prompt}\n`;
}

/** What holds where nothing is said. */
function isSilent(name: string, value: unknown): boolean {
  const shape: Readonly<Record<string, z.ZodType>> = jobFileSchema.shape;
  const silent = shape[name]?.safeParse(undefined);
  return silent?.success === true && isDeepStrictEqual(silent.data, value);
}

/** A file name for it: the job’s name in small letters and digits. */
export function jobFileName({ name }: Pick<JobDefinition, 'name'>): string {
  return `${slugOf(name)}.md`;
}
