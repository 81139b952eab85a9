import type { AuditEventView } from '#channels/http/contract/audit-events.ts';
import type { Outcome } from '../../words.ts';

/* What a row of the record says, in plain words. */

type Action = AuditEventView['action'];
type CallAction = Extract<Action, `tool.${string}` | `undo.${string}` | 'approval.requested'>;
export type DirectAction = Exclude<Action, CallAction>;

const outcomeOfCall: Readonly<Record<CallAction, Outcome>> = {
  'tool.planned': 'planned',
  'tool.tried': 'planned',
  'approval.requested': 'asked',
  'tool.intended': 'started',
  'tool.succeeded': 'succeeded',
  'tool.failed': 'failed',
  'tool.denied': 'denied',
  'tool.outcome_unknown': 'outcome_unknown',
  'tool.reconciled': 'found_done',
  'undo.intended': 'started',
  'undo.succeeded': 'succeeded',
  'undo.failed': 'failed',
  'undo.outcome_unknown': 'outcome_unknown',
  'undo.reconciled': 'found_done',
};

const outcomeOfDecision: Partial<Record<DirectAction, Outcome>> = {
  'approval.approved': 'approved',
  'approval.denied': 'denied',
  'approval.expired': 'over',
  'approval.withdrawn': 'over',
  'approval.fell': 'over',
};

/** How it went: a call has its own outcomes, what a person did is done, failed, or was refused. */
export function outcomeOf({ action, code }: Pick<AuditEventView, 'action' | 'code'>): Outcome {
  if (isCall(action)) {
    const outcome = outcomeOfCall[action];
    return outcome === 'found_done' && code === 'NOT_HAPPENED' ? 'found_not_done' : outcome;
  }
  if (code === null) return outcomeOfDecision[action] ?? 'done';
  return action === 'session.refused' ? 'refused' : 'failed';
}

/** Whether it is a step of a call or of its undo; what people decide about one is not. */
export function isCall(action: Action): action is CallAction {
  return isUndo(action) || action.startsWith('tool.') || action === 'approval.requested';
}

function isUndo(action: Action): boolean {
  return action.startsWith('undo.');
}

/** Whether it is about an approval and decided, or ended, by somebody. */
export function isDecision(action: Action): boolean {
  return action.startsWith('approval.') && action !== 'approval.requested';
}

interface ActionWords {
  /** As a row: what was done. */
  readonly title: string;
  /** After a name: “Ann signed in”. */
  readonly sentence: string;
}

export const directWords: Readonly<Record<DirectAction, ActionWords>> = {
  'session.signed_in': { title: 'Signed in', sentence: 'signed in' },
  'session.refused': { title: 'Sign-in refused', sentence: 'was refused a sign-in' },
  'session.signed_out': { title: 'Signed out', sentence: 'signed out' },
  'account.created': { title: 'Account created', sentence: 'created an account' },
  'account.password_changed': { title: 'Password changed', sentence: 'changed the password' },
  'organization.created': { title: 'Organization created', sentence: 'created the organization' },
  'organization.renamed': { title: 'Organization renamed', sentence: 'renamed the organization' },
  'organization.deleted': { title: 'Organization deleted', sentence: 'deleted the organization' },
  'member.invited': { title: 'Member invited', sentence: 'invited somebody' },
  'member.invitation_withdrawn': { title: 'Invitation withdrawn', sentence: 'withdrew an invitation' },
  'member.joined': { title: 'Member joined', sentence: 'joined the organization' },
  'member.role_changed': { title: 'Role changed', sentence: 'changed the role of a member' },
  'member.removed': { title: 'Member removed', sentence: 'removed a member' },
  'api_key.created': { title: 'API key made', sentence: 'made an API key' },
  'api_key.revoked': { title: 'API key revoked', sentence: 'revoked an API key' },
  'connection.created': { title: 'Connected', sentence: 'connected' },
  'connection.changed': { title: 'Connection changed', sentence: 'changed the connection' },
  'connection.key_replaced': { title: 'Key replaced', sentence: 'replaced the key of the connection' },
  'connection.reconnected': { title: 'Reconnected', sentence: 'reconnected' },
  'connection.needs_reconnect': { title: 'Connection lost', sentence: 'found that this has to be reconnected:' },
  'connection.revoked': { title: 'Connection revoked', sentence: 'revoked the connection' },
  'persona.created': { title: 'Persona created', sentence: 'created the persona' },
  'persona.changed': { title: 'Persona changed', sentence: 'changed the persona' },
  'persona.archived': { title: 'Persona archived', sentence: 'archived the persona' },
  'persona.restored': { title: 'Persona restored', sentence: 'restored the persona' },
  'approval.approved': { title: 'Approved', sentence: 'approved' },
  'approval.denied': { title: 'Denied', sentence: 'denied' },
  'approval.edited': { title: 'Arguments changed', sentence: 'changed the arguments of' },
  'approval.expired': { title: 'Approval expired', sentence: 'ended an approval that nobody decided in time:' },
  'approval.withdrawn': { title: 'Approval withdrawn', sentence: 'withdrew what was asked:' },
  'approval.fell': { title: 'Approval no longer valid', sentence: 'ended an approval that no longer fits:' },
  'widget.created': { title: 'Widget created', sentence: 'created a widget' },
  'widget.changed': { title: 'Widget changed', sentence: 'changed a widget' },
  'widget.deleted': { title: 'Widget deleted', sentence: 'deleted a widget' },
  'widget.key_created': { title: 'Key of a widget made', sentence: 'made a key for a widget' },
  'widget.key_revoked': { title: 'Key of a widget revoked', sentence: 'revoked a key of a widget' },
  'visitor.linked': { title: 'Account elsewhere linked', sentence: 'linked an account elsewhere' },
  'visitor.unlinked': { title: 'Account elsewhere unlinked', sentence: 'unlinked an account elsewhere' },
  'slack.persona_chosen': { title: 'Persona chosen in Slack', sentence: 'chose who answers in Slack:' },
  'job.created': { title: 'Job created', sentence: 'created a job:' },
  'job.changed': { title: 'Job changed', sentence: 'changed a job:' },
  'job.paused': { title: 'Job paused', sentence: 'paused a job:' },
  'job.resumed': { title: 'Job resumed', sentence: 'resumed a job:' },
  'job.deleted': { title: 'Job deleted', sentence: 'deleted a job:' },
  'job.started': { title: 'Job started', sentence: 'started a job:' },
  'job.ended': { title: 'Job ended', sentence: 'ended a run of a job:' },
  'job.hook_secret_made': { title: 'Secret of a hook made', sentence: 'made a secret for the hook of a job:' },
  'mandate.given': { title: 'Standing approval given', sentence: 'gave a job a standing approval:' },
  'mandate.used': { title: 'Standing approval used', sentence: 'used a standing approval:' },
  'mandate.ended': { title: 'Standing approval ended', sentence: 'ended a standing approval:' },
  'delivery.sent': { title: 'Answer delivered', sentence: 'delivered an answer:' },
  'delivery.failed': { title: 'Delivery failed', sentence: 'could not deliver an answer:' },
  'discovered_tool.approved': { title: 'Tool approved', sentence: 'approved a tool:' },
  'discovered_tool.withdrawn': { title: 'Tool withdrawn', sentence: 'withdrew a tool:' },
  'answer.rated': { title: 'Answer rated', sentence: 'rated an answer:' },
  'audit.exported': { title: 'Activity exported', sentence: 'exported activity' },
};

/** Names for the ids in an event. */
export interface EventNames {
  readonly persona: (id: string) => string;
  readonly tool: (name: string) => string;
  readonly connection: (id: string) => string;
  /** The id of the person who reads. */
  readonly you: string;
}

/** What a row is about in a few words: the tool that was called, or what somebody did, and to what. */
export function titleOf(event: AuditEventView, names: EventNames): string {
  const { action } = event;
  if (isCall(action)) {
    const tool = event.tool === null ? 'A call without a tool' : names.tool(event.tool);
    return isUndo(action) ? `Undo: ${tool}` : tool;
  }
  const object = objectOf(event, names);
  const { title } = directWords[action];
  return object === null ? title : `${title}: ${object}`;
}

/** The same as a whole sentence, for something that a person did: “You changed the persona Sales clerk”. */
export function sentenceOf(event: AuditEventView, names: EventNames): string | null {
  const { action } = event;
  if (isCall(action)) return null;
  const who = actorName(event.actor, names.you);
  const { sentence } = directWords[action];
  const object = objectOf(event, names);
  const text = who === 'You' ? sentence.replace(/^was /, 'were ') : sentence;
  return object === null ? `${who} ${text.replace(/:$/, '')}` : `${who} ${text} ${object}`;
}

function objectOf({ action, personaId, connectionId, tool }: AuditEventView, names: EventNames): string | null {
  if (isDecision(action)) return tool === null ? 'a limit of the whole answer' : names.tool(tool);
  if (isAboutPersona(action)) return personaId === null ? null : names.persona(personaId);
  if (action.startsWith('connection.')) return connectionId === null ? null : names.connection(connectionId);
  return null;
}

function isAboutPersona(action: Action): boolean {
  return action.startsWith('persona.') || action === 'slack.persona_chosen' || action === 'answer.rated';
}

const kindWords: Readonly<Record<string, string>> = {
  user: 'Somebody',
  visitor: 'A visitor',
  schedule: 'A schedule',
  key: 'An API key',
};

/** Who caused an event. One without a name is told by the beginning of the id. */
export function actorName({ kind, id, name }: AuditEventView['actor'], you: string): string {
  if (id === you) return 'You';
  if (kind === 'schedule' && id === 'service') return 'This service';
  return name ?? `${kindWords[kind] ?? kind} (${id.slice(0, 8)})`;
}

/** Who did it: the persona, and on whose behalf. */
export function whoOf(event: AuditEventView, names: EventNames): string {
  const actor = actorName(event.actor, names.you);
  if (!isCall(event.action) || isUndo(event.action) || event.personaId === null) return actor;
  return `${names.persona(event.personaId)}, for ${actor === 'You' ? 'you' : actor}`;
}

const detailLabels: Readonly<Record<string, string>> = {
  ipAddress: 'IP address',
  apiKey: 'With the API key',
  email: 'E-mail',
  how: 'Ended',
  setUp: 'While setting up',
  approvalId: 'Approval',
  requesterId: 'Asked by',
  undoes: 'Takes back the call',
};

/** `createdBy` becomes “Created by”. */
function detailLabel(name: string): string {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]/g, ' ')
    .toLowerCase();
  return detailLabels[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

interface Detail {
  readonly label: string;
  /** A line where the value is one; else the value itself, to be shown as JSON. */
  readonly line: string | null;
  readonly value: unknown;
}

/** What an event was about, one by one; what is empty is left out. */
export function readDetails(details: unknown): readonly Detail[] {
  if (typeof details !== 'object' || details === null) return [];
  return Object.entries(details).flatMap(([name, value]) => {
    if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return [];
    return [{ label: detailLabel(name), line: toLine(value), value }];
  });
}

function toLine(value: unknown): string | null {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(', ');
  if (typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string')
    return value.name;
  return null;
}
