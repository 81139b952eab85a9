import type { PersonaDefinition, PersonaView, RevisionView } from '#channels/http/contract/personas.ts';

export type Channel = PersonaDefinition['channels'][number];
export type Scope = PersonaDefinition['scopes'][number];
export type Policy = PersonaDefinition['approvals'][string];

export const channelWords: Readonly<Record<Channel, { readonly title: string; readonly hint: string }>> = {
  web: { title: 'These pages', hint: 'People of the organization write to it here.' },
  api: { title: 'API', hint: 'Your own programs write to it with an API key.' },
  widget: { title: 'Web widget', hint: 'Visitors of your web sites write to it in a widget.' },
  slack: { title: 'Slack', hint: 'People mention it in channels and write it messages.' },
  job: { title: 'Scheduled jobs', hint: 'Not available yet; has no effect so far.' },
};
export const channels = Object.keys(channelWords) as readonly Channel[];

export const changeWords: Readonly<Record<RevisionView['change'], string>> = {
  created: 'Created',
  edited: 'Edited',
  reverted: 'Went back',
  duplicated: 'Made as a copy',
  imported: 'Imported from a file',
};

function describeSeconds(seconds: number): string {
  if (Number.isNaN(seconds)) return countOf(seconds, 'second');
  if (seconds < 60) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  const minutes = `${Math.floor(seconds / 60)} min`;
  return seconds % 60 === 0 ? minutes : `${minutes} ${seconds % 60} s`;
}

/** “3 calls”; what is still being written and no number yet is “…”. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  if (Number.isNaN(count)) return `… ${many}`;
  return `${count} ${count === 1 ? one : many}`;
}

export function describeBudget({ steps, calls, seconds, tokens }: PersonaView['budget']): string {
  const most = `${countOf(steps, 'step')}, ${countOf(calls, 'call')} and ${describeSeconds(seconds)}`;
  return tokens === null ? `At most ${most}.` : `At most ${most}, and ${countOf(tokens, 'token')}.`;
}
