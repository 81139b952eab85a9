import type { AuditQuery } from '../../api-client.ts';
import { type DirectAction, directWords } from './event-words.ts';

/** The names the filters have in the page's address. */
export const filterNames = [
  'person',
  'persona',
  'tool',
  'outcome',
  'connection',
  'from',
  'to',
  'conversation',
] as const;
export type FilterName = (typeof filterNames)[number];

export const outcomeActions = [
  { value: 'planned', action: 'tool.planned', label: 'Planned' },
  { value: 'tried', action: 'tool.tried', label: 'Tried out' },
  { value: 'asked', action: 'approval.requested', label: 'Approval asked' },
  { value: 'started', action: 'tool.intended', label: 'Started' },
  { value: 'succeeded', action: 'tool.succeeded', label: 'Succeeded' },
  { value: 'failed', action: 'tool.failed', label: 'Failed' },
  { value: 'denied', action: 'tool.denied', label: 'Denied' },
  { value: 'unknown', action: 'tool.outcome_unknown', label: 'Outcome unknown' },
  { value: 'found', action: 'tool.reconciled', label: 'Found out afterwards' },
] as const;

export const undoActions = [
  { value: 'undo-started', action: 'undo.intended', label: 'Undo started' },
  { value: 'undone', action: 'undo.succeeded', label: 'Taken back' },
  { value: 'undo-failed', action: 'undo.failed', label: 'Undo failed' },
  { value: 'undo-unknown', action: 'undo.outcome_unknown', label: 'Undo: outcome unknown' },
  { value: 'undo-found', action: 'undo.reconciled', label: 'Undo: found out afterwards' },
] as const;

/** What people do themselves, as the record calls it. */
export const directActions = (Object.keys(directWords) as DirectAction[]).map((action) => ({
  value: action,
  action,
  label: directWords[action].title,
}));

/** What the address asks for, in the service's terms. Days are the reader's own; `to` includes its day. */
export function toAuditQuery(search: URLSearchParams): AuditQuery {
  const value = (name: FilterName) => search.get(name) ?? undefined;
  const actions = [...outcomeActions, ...undoActions, ...directActions];
  return {
    actorId: value('person'),
    personaId: value('persona'),
    tool: value('tool'),
    action: actions.find((outcome) => outcome.value === value('outcome'))?.action,
    connectionId: value('connection'),
    conversationId: value('conversation'),
    from: startOfDay(value('from'), 0),
    to: startOfDay(value('to'), 1),
  };
}

function startOfDay(day: string | undefined, daysLater: number): string | undefined {
  const [year, month, date] = (day ?? '').split('-').map(Number);
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const start = new Date(year, month - 1, date + daysLater);
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString();
}

export function countFilters(search: URLSearchParams): number {
  return filterNames.filter((name) => search.has(name)).length;
}

/** A day as date fields and the address write it. */
export function toDay(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Times people ask for most, as days counted back from today. */
export const quickTimes = [
  { label: 'Today', daysBack: 0 },
  { label: '7 days', daysBack: 6 },
  { label: '30 days', daysBack: 29 },
] as const;

/** The first and last day of a quick choice. */
export function quickRange(daysBack: number, now: Date): { from: string; to: string } {
  const first = new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysBack);
  return { from: toDay(first), to: toDay(now) };
}
