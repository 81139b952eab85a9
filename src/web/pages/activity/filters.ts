import type { AuditQuery } from '../../api-client.ts';

/** The names the filters have in the page's address. */
export const filterNames = ['persona', 'tool', 'outcome', 'from', 'to', 'conversation'] as const;
export type FilterName = (typeof filterNames)[number];

export const outcomeActions = [
  { value: 'started', action: 'tool.intended', label: 'Started' },
  { value: 'succeeded', action: 'tool.succeeded', label: 'Succeeded' },
  { value: 'failed', action: 'tool.failed', label: 'Failed' },
  { value: 'denied', action: 'tool.denied', label: 'Denied' },
  { value: 'unknown', action: 'tool.outcome_unknown', label: 'Outcome unknown' },
] as const;

/** What the address asks for, in the service's terms. Days are the reader's own; `to` includes its day. */
export function toAuditQuery(search: URLSearchParams): AuditQuery {
  const value = (name: FilterName) => search.get(name) ?? undefined;
  return {
    personaId: value('persona'),
    tool: value('tool'),
    action: outcomeActions.find((outcome) => outcome.value === value('outcome'))?.action,
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
