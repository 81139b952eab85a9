import type { AuditEventView, PersonaView, RunStatus, ToolView } from '#channels/http/contract.ts';

/* Everything technical that a person meets, said in plain words. */

export type Outcome = 'started' | 'succeeded' | 'failed' | 'denied' | 'outcome_unknown';

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  started: 'Started',
  succeeded: 'Succeeded',
  failed: 'Failed',
  denied: 'Denied',
  outcome_unknown: 'Outcome unknown',
};

export const outcomeOfAction: Readonly<Record<AuditEventView['action'], Outcome>> = {
  'tool.intended': 'started',
  'tool.succeeded': 'succeeded',
  'tool.failed': 'failed',
  'tool.denied': 'denied',
  'tool.outcome_unknown': 'outcome_unknown',
};

const scopeWords: Readonly<Record<string, string>> = {
  'ninox:teams:read': 'See teams',
  'ninox:databases:read': 'See databases',
  'ninox:records:read': 'Read records',
  'ninox:records:write': 'Create and change records',
  'ninox:records:delete': 'Delete records',
};

export function describeScope(scope: string): string {
  return scopeWords[scope] ?? scope;
}

export const approvalWords: Readonly<Record<ToolView['approval'], string>> = {
  auto: 'without asking',
  ask: 'only after a person approves',
  deny: 'never, switched off',
};

/** The limits of a persona as short sentences; a level without a limit is said as such once. */
export function describeLimits(limits: PersonaView['limits']): readonly string[] {
  const lines: string[] = [];
  const add = (noun: string, ids: readonly string[] | undefined) => {
    if (ids === undefined) return;
    lines.push(ids.length === 0 ? `No ${noun} at all` : `Only these ${noun}: ${ids.join(', ')}`);
  };
  add('teams', limits.teams);
  add('databases', limits.databases);
  add('tables', limits.tables);
  return lines.length > 0 ? lines : ['Every team, database and table the connection can reach'];
}

const codeWords: Readonly<Record<string, string>> = {
  TOOL_UNKNOWN: 'The model asked for a tool that does not exist. Nothing was sent to Ninox.',
  TOOL_NOT_GRANTED: 'This persona is not allowed to use this tool. Nothing was sent to Ninox.',
  RESOURCE_NOT_GRANTED: 'This lies outside the teams, databases and tables the persona may touch. Nothing was changed.',
  ARG_INVALID: 'The model filled in the call wrongly, so it was not sent.',
  APPROVAL_REQUIRED: "This needs a person's approval. Approvals cannot be given here yet, so nothing was changed.",
  APPROVAL_DENIED: 'This action is switched off for the persona, so nothing was changed.',
  APPROVAL_INVALID: 'The approval does not fit this exact call, so nothing was changed.',
  CONNECTION_NOT_FOUND: 'No Ninox connection is set up, so the call could not be sent.',
  CONNECTION_REVOKED: 'The Ninox connection was revoked, so the call was not sent.',
  BUDGET_EXCEEDED: 'The persona reached its limit for one answer, so the call was not sent.',
  AUDIT_UNAVAILABLE: 'The call could not be recorded, and what cannot be recorded is not done.',
  UPSTREAM_UNAUTHORIZED: 'Ninox did not accept the key of this connection.',
  UPSTREAM_FORBIDDEN: 'The key of this connection has no right to do this in Ninox.',
  UPSTREAM_NOT_FOUND: 'Ninox does not know what the call named.',
  UPSTREAM_INVALID: 'Ninox gave an answer that could not be understood.',
  UPSTREAM_UNAVAILABLE: 'Ninox could not be reached.',
  RATE_LIMITED: 'Ninox asked to slow down. Try again in a moment.',
  OUTPUT_TOO_LARGE: 'The answer of Ninox was too large to use.',
  EGRESS_DENIED: 'The address the call would have gone to is not allowed.',
  OUTCOME_UNKNOWN: 'The call was sent, but no answer came back: it may or may not have had its effect. Check in Ninox.',
};

/** What a denial or upstream code means, or null when there is nothing plainer than the error text itself. */
export function describeCode(code: string | null | undefined): string | null {
  return code === null || code === undefined ? null : (codeWords[code] ?? null);
}

/** A readable name for a tool no persona lists any more: `ninox_list_teams` becomes "List teams (Ninox)". */
export function toolTitleFromName(name: string): string {
  const [integration = '', ...rest] = name.split('_');
  if (rest.length === 0) return name;
  const action = rest.join(' ');
  return `${action.charAt(0).toUpperCase()}${action.slice(1)} (${integration.charAt(0).toUpperCase()}${integration.slice(1)})`;
}

export type EndedBadly = Exclude<RunStatus, 'running' | 'succeeded'>;

export const endings: Readonly<Record<EndedBadly, { readonly title: string; readonly next: string }>> = {
  stopped: {
    title: 'Stopped',
    next: 'What the tool calls above had already done stays done. Send a new message to go on.',
  },
  interrupted: {
    title: 'Interrupted',
    next: 'Check the tool calls above for what was already done, then send your message again.',
  },
  failed: {
    title: 'No full answer',
    next: 'Send your message again. If it keeps failing, ask whoever runs this service to look at its log.',
  },
  budget_exceeded: {
    title: 'Limit reached',
    next: 'Ask for less in one message, or raise the budget in the persona’s file.',
  },
};

export function endingOf(status: RunStatus | undefined): (typeof endings)[EndedBadly] | null {
  return status === undefined || status === 'running' || status === 'succeeded' ? null : endings[status];
}
