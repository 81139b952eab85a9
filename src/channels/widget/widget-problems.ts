import type { PersonaEntry } from '#personas/persona-directory.ts';

export interface CheckedWidget {
  readonly isOn: boolean;
  readonly origins: readonly string[];
  readonly identifiedOnly: boolean;
}

/** What keeps a widget from answering, in plain words, each with what to do about it. `persona` is null for one that is gone. */
export function widgetProblems(
  { isOn, origins, identifiedOnly }: CheckedWidget,
  persona: Pick<PersonaEntry, 'persona' | 'archived'> | null,
  keys: number,
): string[] {
  const problems: string[] = [];
  if (!isOn) problems.push('It is switched off: nobody is answered until it is switched on again.');
  if (origins.length === 0) {
    problems.push(
      'No address is allowed yet: add the address of the site it stands on, such as https://www.example.com.',
    );
  }
  problems.push(...personaProblems(persona, identifiedOnly));
  if (identifiedOnly && keys === 0) {
    problems.push(
      'It answers identified visitors only, and has no key with which your server could say who they are: make one.',
    );
  }
  return problems;
}

function personaProblems(entry: Pick<PersonaEntry, 'persona' | 'archived'> | null, identifiedOnly: boolean): string[] {
  if (entry === null) return ['Its persona is gone: choose another one.'];
  const { persona, archived } = entry;
  const name = `“${persona.name}”`;
  if (archived) return [`${name} is archived: restore the persona, or choose another one.`];
  const problems: string[] = [];
  if (!persona.channels.includes('widget')) problems.push(notOnWidgets(persona.name));
  if (persona.guests === null && !identifiedOnly) {
    problems.push(
      `${name} answers nobody but members: say on the persona’s page what it may do for guests, or let identified visitors in only.`,
    );
  }
  return problems;
}

/** Why a persona cannot be a widget’s. */
export function notOnWidgets(name: string): string {
  return `“${name}” does not answer in widgets: add the channel “widget” on the persona’s page, or choose another persona.`;
}
