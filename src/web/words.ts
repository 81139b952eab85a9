import type { AuditEventView } from '#channels/http/contract/audit-events.ts';
import type { MessageMetadata, RunStatus } from '#channels/http/contract/conversations.ts';
import type { PersonaView } from '#channels/http/contract/personas.ts';
import type { Permission, Role } from './account-api.ts';

/* Everything technical that a person meets, said in plain words. */

export type Outcome =
  | 'planned'
  | 'asked'
  | 'started'
  | 'succeeded'
  | 'failed'
  | 'denied'
  | 'outcome_unknown'
  | 'found_done'
  | 'found_not_done'
  | 'done'
  | 'refused'
  | 'approved'
  | 'over';

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  planned: 'Looked up',
  asked: 'Asked',
  started: 'Started',
  succeeded: 'Succeeded',
  failed: 'Failed',
  denied: 'Denied',
  outcome_unknown: 'Outcome unknown',
  found_done: 'Found out: done',
  found_not_done: 'Found out: not done',
  done: 'Done',
  refused: 'Refused',
  approved: 'Approved',
  over: 'Not carried out',
};

const closing: ReadonlySet<AuditEventView['action']> = new Set<AuditEventView['action']>([
  'tool.succeeded',
  'tool.failed',
  'tool.outcome_unknown',
  'tool.reconciled',
  'undo.succeeded',
  'undo.failed',
  'undo.outcome_unknown',
  'undo.reconciled',
]);

/** Whether an event is the outcome of a call, or of its undo, that was sent. */
export function closesCall({ action }: Pick<AuditEventView, 'action'>): boolean {
  return closing.has(action);
}

const scopeWords: Readonly<Record<string, string>> = {
  'ninox:teams:read': 'See teams',
  'ninox:databases:read': 'See databases',
  'ninox:records:read': 'Read records',
  'ninox:records:write': 'Create and change records',
  'ninox:records:delete': 'Delete records',
  'slack:messages:read': 'Read channels in Slack',
  'slack:messages:write': 'Post in Slack',
  'email:messages:send': 'Send e-mail',
  'mcp:tools:call': 'Use tools of an MCP server that are granted by name',
  'http:operations:call': 'Use operations of a web service that are granted by name',
};

/** What a scope allows, or null when there are no plainer words than its name. */
export function describeScope(scope: string): string | null {
  return scopeWords[scope] ?? null;
}

export type PlainPolicy = 'auto' | 'ask' | 'deny' | 'bound';

export const approvalWords: Readonly<Record<Exclude<PlainPolicy, 'bound'>, string>> = {
  auto: 'without asking',
  ask: 'only after a person approves',
  deny: 'never, switched off',
};

/** Which of the four kinds a policy is; `bound` is “ask above 5”. */
export function kindOfPolicy(policy: string): PlainPolicy {
  return policy === 'auto' || policy === 'ask' || policy === 'deny' ? policy : 'bound';
}

/** When a tool may be used, to go on after its name. */
export function describePolicy(policy: string): string {
  const kind = kindOfPolicy(policy);
  if (kind !== 'bound') return approvalWords[kind];
  const bound = policy.replace('ask above ', '');
  return `up to ${bound} ${bound === '1' ? 'record' : 'records'} in one answer without asking, more only after a person approves`;
}

interface LimitLine {
  readonly text: string;
  /** What the text is about, to be set apart from it. */
  readonly ids: readonly string[];
}

/** The limits of a persona as short lines; a level without a limit is said as such once. */
export function describeLimits(limits: PersonaView['limits']): readonly LimitLine[] {
  const lines: LimitLine[] = [];
  const add = (noun: string, ids: readonly string[] | undefined) => {
    if (ids === undefined) return;
    lines.push({ text: ids.length === 0 ? `No ${noun} at all` : `Only these ${noun}:`, ids });
  };
  add('teams', limits.teams);
  add('databases', limits.databases);
  add('tables', limits.tables);
  return lines.length > 0 ? lines : [{ text: 'Every team, database and table the connection can reach', ids: [] }];
}

const codeWords: Readonly<Record<string, string>> = {
  TOOL_UNKNOWN: 'The model asked for a tool that does not exist. Nothing was sent to Ninox.',
  TOOL_NOT_GRANTED: 'This persona is not allowed to use this tool. Nothing was sent to Ninox.',
  RESOURCE_NOT_GRANTED: 'This lies outside the teams, databases and tables the persona may touch. Nothing was changed.',
  ARG_INVALID: 'The model filled in the call wrongly, so it was not sent.',
  APPROVAL_REQUIRED: "This needs a person's approval, so nothing was changed.",
  APPROVAL_DENIED: 'A person said no, or this action is switched off for the persona. Nothing was changed.',
  APPROVAL_INVALID:
    'Nobody approved it in time, or something has moved since it was approved, so nothing was changed. Ask the persona again to get a new approval.',
  CONNECTION_NOT_FOUND: 'No Ninox connection is set up, so the call could not be sent.',
  CONNECTION_REVOKED: 'The Ninox connection was revoked, so the call was not sent.',
  CONNECTION_NEEDS_RECONNECT: 'The connection has to be renewed before it can be used again, so the call was not sent.',
  BUDGET_EXCEEDED: 'The persona reached its limit and nobody raised it, so the call was not sent.',
  AUDIT_UNAVAILABLE: 'The call could not be recorded, and what cannot be recorded is not done.',
  RUN_STOPPED: 'The answer was stopped before this call was sent. Nothing was changed.',
  UPSTREAM_UNAUTHORIZED: 'Ninox did not accept the key of this connection.',
  UPSTREAM_FORBIDDEN: 'The key of this connection has no right to do this in Ninox.',
  UPSTREAM_NOT_FOUND: 'Ninox does not know what the call named.',
  UPSTREAM_INVALID: 'Ninox gave an answer that could not be understood.',
  UPSTREAM_UNAVAILABLE: 'Ninox could not be reached.',
  RATE_LIMITED: 'Ninox asked to slow down. Try again in a moment.',
  OUTPUT_TOO_LARGE: 'The answer of Ninox was too large to use.',
  EGRESS_DENIED: 'The address the call would have gone to is not allowed.',
  EXPORT_BROKEN_OFF: 'The file did not arrive whole: whoever asked for it went away, or the service failed.',
  OUTCOME_UNKNOWN:
    'The call was sent, but no answer came back: it may or may not have had its effect. The service looks it up and tells the result here.',
  NOT_HAPPENED: 'The call was sent, but no answer came back. Looking it up has shown that it had no effect.',
  PROCESS_LOST:
    'The service stopped in the middle of the call: it may or may not have had its effect. It is looked up, and the result is told here.',
};

/** What a denial or upstream code means, or null when there is nothing plainer than the error text itself. */
export function describeCode(code: string | null | undefined): string | null {
  return code === null || code === undefined ? null : (codeWords[code] ?? null);
}

const codeHeadlines: Readonly<Record<string, string>> = {
  TOOL_UNKNOWN: 'No such tool',
  TOOL_NOT_GRANTED: 'Scope missing',
  RESOURCE_NOT_GRANTED: 'Outside its limits',
  ARG_INVALID: 'Filled in wrongly',
  APPROVAL_REQUIRED: 'Not carried out',
  APPROVAL_DENIED: 'Not approved',
  APPROVAL_INVALID: 'No valid approval',
  CONNECTION_NOT_FOUND: 'Not connected',
  CONNECTION_REVOKED: 'No longer connected',
  CONNECTION_NEEDS_RECONNECT: 'Has to be reconnected',
  BUDGET_EXCEEDED: 'Limit reached',
  AUDIT_UNAVAILABLE: 'Audit not writable',
  RUN_STOPPED: 'Not sent',
  UPSTREAM_UNAUTHORIZED: 'Key not accepted',
  UPSTREAM_FORBIDDEN: 'No right in Ninox',
  UPSTREAM_NOT_FOUND: 'Not found in Ninox',
  UPSTREAM_INVALID: 'Unusable answer',
  UPSTREAM_UNAVAILABLE: 'Ninox out of reach',
  RATE_LIMITED: 'Too many calls',
  OUTPUT_TOO_LARGE: 'Too large',
  EGRESS_DENIED: 'Address not allowed',
  OUTCOME_UNKNOWN: 'Being looked up',
  NOT_HAPPENED: 'It did not happen',
  PROCESS_LOST: 'Being looked up',
};

/** A few words to stand above the error text of a call, which says the rest; null for a code without any. */
export function headlineOf(code: string | null | undefined): string | null {
  return code === null || code === undefined ? null : (codeHeadlines[code] ?? null);
}

/** A readable name for a tool no persona lists any more: `ninox_list_teams` becomes "List teams (Ninox)". */
export function toolTitleFromName(name: string): string {
  const [integration = '', ...rest] = name.split('_');
  if (rest.length === 0) return name;
  const action = rest.join(' ');
  return `${action.charAt(0).toUpperCase()}${action.slice(1)} (${integration.charAt(0).toUpperCase()}${integration.slice(1)})`;
}

type EndedBadly = Exclude<RunStatus, 'running' | 'waiting' | 'succeeded'>;

/** `next` is said only where the service gave no notice of its own. */
const endings: Readonly<Record<EndedBadly, { readonly title: string; readonly next: string }>> = {
  stopped: { title: 'Stopped', next: 'Send a new message to go on.' },
  interrupted: { title: 'Interrupted', next: 'Send your message again to continue.' },
  failed: {
    title: 'No full answer',
    next: 'Send your message again. If it keeps failing, ask whoever runs this service to look at its log.',
  },
  budget_exceeded: {
    title: 'Limit reached',
    next: 'Ask for less in one message, or have whoever manages the persona raise its budget.',
  },
};

export function endingOf(status: RunStatus | undefined): (typeof endings)[EndedBadly] | null {
  if (status === undefined || status === 'running' || status === 'waiting' || status === 'succeeded') return null;
  return endings[status];
}

type FaultCode = NonNullable<MessageMetadata['code']>;

/** These stay as they are until somebody changes the key or the model, or, for a full answer, until it is continued. */
const repeatingIsUseless: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'MODEL_UNAUTHORIZED',
  'MODEL_REQUEST_REFUSED',
  'MODEL_LENGTH',
]);

/** Whether sending the same message again, perhaps changed, can end better. */
export function mayRepeat(code: MessageMetadata['code']): boolean {
  return code === undefined || !repeatingIsUseless.has(code);
}

/** What somebody with a role can do. */
export const roleWords: Readonly<Record<Role, { readonly title: string; readonly explanation: string }>> = {
  owner: {
    title: 'Owner',
    explanation: 'Everything, including deleting the organization and making somebody an owner.',
  },
  admin: {
    title: 'Admin',
    explanation:
      'Members, personas, connections, widgets, every approval and all activity. Cannot delete the organization or change owners.',
  },
  member: {
    title: 'Member',
    explanation:
      'Writes to personas, decides on what was asked for them, connects their own accounts, reads their own activity.',
  },
  auditor: {
    title: 'Auditor',
    explanation: 'Reads and exports all activity, prompts and answers included. Changes nothing and does not chat.',
  },
};

export const allRoles: readonly Role[] = ['owner', 'admin', 'member', 'auditor'];

interface PermissionWords {
  /** Goes on from “may”. */
  readonly action: string;
  readonly roles: readonly Role[];
  /** No API key can be given it. */
  readonly inPerson?: boolean;
}

const everybody = allRoles;
const leaders: readonly Role[] = ['owner', 'admin'];
const workers: readonly Role[] = ['owner', 'admin', 'member'];
const readers: readonly Role[] = ['owner', 'admin', 'auditor'];

/** What each permission means and who holds it; the service enforces the same table. */
export const permissionWords: Readonly<Record<Permission, PermissionWords>> = {
  chat: { action: 'write to personas and read their own conversations', roles: workers },
  'approvals:read': { action: 'see what waits for a decision of their own; auditors see all', roles: everybody },
  'approvals:decide': {
    action: 'decide on what was asked on their own behalf, or of them by name',
    roles: workers,
    inPerson: true,
  },
  'approvals:manage': {
    action: 'decide on every approval and raise limits of effects',
    roles: leaders,
    inPerson: true,
  },
  undo: {
    action: 'take back what was done on their own behalf; owners and admins whatever was done',
    roles: workers,
  },
  'personas:read': { action: 'see the personas and what they may do', roles: everybody },
  'personas:manage': { action: 'create, change and archive personas', roles: leaders },
  'connections:read': { action: 'see which connections there are', roles: everybody },
  'connections:own': { action: 'connect their own accounts and revoke them', roles: workers },
  'connections:manage': { action: 'connect, limit and revoke for the whole organization', roles: leaders },
  'widgets:manage': { action: 'create, change and switch off widgets, and see how they are used', roles: leaders },
  'jobs:own': { action: 'make jobs that act as themselves, and start, pause and change them', roles: workers },
  'jobs:manage': { action: 'see, start, pause and delete the jobs of everybody', roles: leaders },
  'links:own': {
    action: 'link their own accounts in Slack and on other sites, and unlink them',
    roles: workers,
    inPerson: true,
  },
  'audit:own': { action: 'read the activity they caused themselves', roles: everybody },
  'audit:read': { action: 'read all activity, prompts and answers included', roles: readers },
  'audit:export': { action: 'export activity', roles: readers },
  'members:read': { action: 'see who belongs to the organization', roles: everybody },
  'members:manage': { action: 'invite and remove members and change their roles', roles: leaders },
  'api-keys:own': { action: 'make and revoke their own API keys', roles: workers },
  'api-keys:manage': { action: 'see and revoke the API keys of everybody', roles: leaders },
  'organization:manage': { action: 'rename the organization', roles: leaders },
  'organization:delete': { action: 'delete the organization', roles: ['owner'] },
};

/** Every tool scope there are words for, in the order of how much it allows. */
export const toolScopes: readonly string[] = Object.keys(scopeWords);

/** Of somebody's permissions those that an API key of theirs can be given. */
export function keyPermissions(permissions: readonly Permission[]): readonly Permission[] {
  return permissions.filter((permission) => permissionWords[permission].inPerson !== true);
}

/** What an API key with this scope may do. */
export function describeKeyScope(scope: string): string {
  const permission = Object.hasOwn(permissionWords, scope) ? permissionWords[scope as Permission] : null;
  if (permission === null) return describeScope(scope) ?? scope;
  return capitalize(
    permission.action.replaceAll('their own', 'your own').replace('they caused themselves', 'you caused'),
  );
}

export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** “owner, admin or member” */
export function listRoles(roles: readonly Role[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(roles).replace(', or ', ' or ');
}
