import type { Problems } from '../fields/delivery-draft.ts';
import type { JobDraft } from './job-draft.ts';
import { problemAt } from './job-problems.ts';

/** What every part of the form is given. */
export interface PartProps {
  readonly draft: JobDraft;
  readonly change: (patch: Partial<JobDraft>) => void;
  readonly problems: Problems;
}

/** The problem of a setting, for a field. */
export function errorOf(problems: Problems, path: string): string | null {
  return problemAt(problems, path) ?? null;
}
