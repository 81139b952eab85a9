import type { JobDefinition } from '../api.ts';

const names: Readonly<Record<keyof JobDefinition, string>> = {
  name: 'Name',
  description: 'What it is for',
  persona: 'Persona',
  trigger: 'What starts it',
  conditions: 'Conditions',
  prompt: 'Prompt',
  sync: 'Copying records',
  model: 'Model',
  deliveries: 'Where the answer goes',
  deliverWhen: 'What is delivered',
  mandate: 'What it may do unattended',
  overlap: 'Overlap',
  retries: 'Retries',
  mostPerHour: 'Runs an hour',
};

/** Which settings of two definitions differ, by the names the editor gives them. */
export function differences(one: JobDefinition, other: JobDefinition): readonly string[] {
  return Object.entries(names).flatMap(([key, name]) => {
    const setting = key as keyof JobDefinition;
    return canonical(one[setting]) === canonical(other[setting]) ? [] : [name];
  });
}

/** As text in which the order of names does not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
