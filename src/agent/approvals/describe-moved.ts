import { isDeepStrictEqual } from 'node:util';
import type { ChangePlan, PlannedRecord } from '#integrations/change-plan.ts';

const longestList = 5;

/** What is not any more as it was approved, in plain words for people and the model; never empty. */
export function describeMoved(before: ChangePlan, after: ChangePlan): string {
  const moved = [
    ...after.targets.flatMap((target, index) => {
      const was = before.targets[index];
      if (was?.id === target.id && was.name === target.name) return [];
      return [`the ${target.level} “${was?.name ?? was?.id ?? '?'}” is now “${target.name ?? target.id}”`];
    }),
    ...(before.count === after.count ? [] : [`it was about ${before.count} records and is now about ${after.count}`]),
    ...after.records.flatMap((record) => movedFields(before.records, record)),
    ...(isDeepStrictEqual(before.warnings, after.warnings) ? [] : ['what hangs on it (links, files) is different']),
  ];
  if (moved.length === 0) return 'it is not the same any more';
  const more = moved.length - longestList;
  return more > 0 ? `${moved.slice(0, longestList).join('; ')}; and ${more} more` : moved.join('; ');
}

function movedFields(before: readonly PlannedRecord[], { id, title, fields }: PlannedRecord): string[] {
  // What does not exist yet is what the call says, which the approval holds to the letter.
  if (id === null) return [];
  const was = before.find((record) => record.id === id);
  if (was === undefined) return [`record ${id} (“${title}”) was not among those approved`];
  const values = new Map(was.fields.map((field) => [field.name, field]));
  const now = new Map(fields.map((field) => [field.name, field]));
  const names = new Set([...values.keys(), ...now.keys()]);
  const changed = [...names].filter((name) => !isDeepStrictEqual(values.get(name), now.get(name)));
  return changed.map((name) => `“${name}” of record ${id} has changed`);
}
