import type { ChangeTrigger } from '../../job-definition.ts';

/** Where a trigger looks, as one text: a job that watches another place begins anew. */
export function placeKeyOf({ team, database, table }: Pick<ChangeTrigger, 'team' | 'database' | 'table'>): string {
  return [team, database, table ?? '*'].join('/');
}
