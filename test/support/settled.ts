import type { ApprovalListView, ApprovalView } from '#channels/http/contract/approvals.ts';
import type {
  AuditChainView,
  AuditDetailView,
  AuditEventView,
  AuditListView,
} from '#channels/http/contract/audit-events.ts';
import type { ConversationDetailView } from '#channels/http/contract/conversations.ts';
import type { EffectView } from '#channels/http/contract/effects.ts';
import type { HttpClient } from './http-client.ts';
import { nameOf, type WatchedNinox } from './watched-ninox.ts';

/*
 * What must hold of a conversation in which records were to be deleted, once nothing is under way any more: whatever was
 * killed meanwhile.
 */

/** A conversation with what a person knows of it: what was answered to them, and so must not be lost. */
export interface Story {
  readonly conversationId: string;
  readonly records: readonly number[];
  readonly text: string;
  /** Whether each deletion needs an approval. */
  readonly isGated: boolean;
  /** The message was answered with 200. */
  accepted: boolean;
  /** The decisions that were answered with 200, by the approval's id. */
  readonly decided: Map<string, 'approve' | 'deny'>;
  /** Undos that were answered as done, by the call's id. */
  readonly undone: Set<string>;
}

export interface Findings {
  /** Null where it is not there. */
  readonly detail: ConversationDetailView | null;
  readonly events: readonly AuditEventView[];
  readonly approvals: readonly ApprovalView[];
  readonly effects: readonly EffectView[];
  /** The record that each call is about, as it is on record. */
  readonly recordOf: ReadonlyMap<string, number>;
}

type Service = Pick<HttpClient, 'get'>;

/** `known`: all approvals, where they have been read already. */
export async function findingsOf(
  service: Service,
  { conversationId }: Story,
  known?: readonly ApprovalView[],
): Promise<Findings> {
  const { status, body } = await service.get(`/api/v1/conversations/${conversationId}`);
  const detail = status === 200 ? (body as ConversationDetailView) : null;
  const events = await eventsIn(service, conversationId);
  const all = known ?? (await allApprovals(service));
  const intents = events.filter(({ action }) => action === 'tool.intended' || action === 'undo.intended');
  const effects = await Promise.all(intents.map(({ callId }) => effectOf(service, callId ?? '')));
  return {
    detail,
    events,
    approvals: all.filter((approval) => approval.conversationId === conversationId),
    effects: effects.filter((effect) => effect !== null),
    recordOf: new Map(await Promise.all(intents.map((event) => recordOf(service, event)))),
  };
}

async function recordOf(service: Service, { id, callId }: AuditEventView): Promise<[string, number]> {
  const { body } = (await service.get(`/api/v1/audit-events/${id}`)).body as AuditDetailView;
  return [callId ?? '', Number((body?.arguments as { record_id?: unknown } | undefined)?.record_id)];
}

export async function effectOf(service: Service, id: string): Promise<EffectView | null> {
  const { status, body } = await service.get(`/api/v1/effects/${id}`);
  return status === 200 ? (body as EffectView) : null;
}

export async function allApprovals(service: Service): Promise<ApprovalView[]> {
  return [...(await approvalsThat(service, 'pending')), ...(await approvalsThat(service, 'over'))];
}

async function approvalsThat(service: Service, status: 'pending' | 'over'): Promise<ApprovalView[]> {
  const found: ApprovalView[] = [];
  let cursor: string | null = null;
  do {
    const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await service.get(`/api/v1/approvals?limit=100&status=${status}${next}`);
    const page = body as ApprovalListView;
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

async function eventsIn(service: Service, conversationId: string): Promise<readonly AuditEventView[]> {
  const { body } = await service.get(`/api/v1/audit-events?limit=100&conversationId=${conversationId}`);
  return (body as AuditListView).items;
}

export async function chainProblem(service: Service): Promise<string | null> {
  const chain = (await service.get('/api/v1/audit-chain')).body as AuditChainView;
  return chain.ok ? null : `the chain is broken: ${JSON.stringify(chain)}`;
}

/** What does not hold, in words; empty once all is well. Some of it may only not be settled yet. */
export function breachesOf(story: Story, findings: Findings, ninox: WatchedNinox): string[] {
  return [
    ...breachesOfRun(story, findings),
    ...breachesOfDecisions(story, findings),
    ...findings.effects.flatMap((effect) => breachesOfEffect(effect, findings)),
    ...(story.isGated ? findings.effects.flatMap((effect) => breachesOfApproval(effect, findings)) : []),
    ...story.records.flatMap((record) => breachesOfRecord({ story, findings, ninox }, record)),
  ];
}

function breachesOfRun({ accepted, text }: Story, { detail, approvals: found }: Findings): string[] {
  if (detail === null) return accepted ? ['a message that was accepted is lost'] : [];
  const breaches: string[] = [];
  const { conversation, messages } = detail;
  const [first] = messages;
  const last = messages.at(-1);
  const said = first?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  if (said !== text) breaches.push(`the message reads “${said}”`);
  if (conversation.running) return [...breaches, 'a run is left running'];
  const { status, notice } = last?.metadata ?? {};
  const isWaiting = found.some((approval) => approval.status === 'pending' && approval.kind !== 'undo');
  if (last?.role !== 'assistant') breaches.push('there is no answer, not even that it was interrupted');
  if ((status === 'waiting') !== conversation.waiting) breaches.push(`the answer is ${status}, the run is not`);
  if (isWaiting !== conversation.waiting) {
    breaches.push(
      isWaiting ? 'an approval is asked for, and no run waits for it' : 'a run waits, and nothing is asked',
    );
  }
  if (status === 'interrupted' && !notice) breaches.push('an interrupted run does not say so');
  if (status === undefined || status === 'running') breaches.push(`the answer is ${status}`);
  return breaches;
}

function breachesOfDecisions({ decided }: Story, { approvals: found, events }: Findings): string[] {
  return [...decided].flatMap(([id, decision]) => {
    const approval = found.find((each) => each.id === id);
    if (approval === undefined) return [`the approval ${id} is lost`];
    const states = decision === 'deny' ? ['denied'] : ['approved', 'used', 'void', 'withdrawn'];
    const isKept = states.includes(approval.status) && approval.decidedBy !== null;
    const action = decision === 'deny' ? 'approval.denied' : 'approval.approved';
    const rows = events.filter((event) => event.action === action).length;
    return [
      ...(isKept ? [] : [`${decision} was answered, and ${id} is ${approval.status}`]),
      ...(rows > 0 ? [] : [`${decision} was answered, and is not on record`]),
    ];
  });
}

const endings = ['succeeded', 'failed', 'reconciled'];

function breachesOfEffect({ id, kind, undoes, state, happened }: EffectView, { detail }: Findings): string[] {
  if (!endings.includes(state)) return [`the effect of ${kind} ${id} is left ${state}`];
  const callId = kind === 'undo' ? undoes : id;
  const message = detail?.messages.find(({ parts }) => parts.some((p) => 'toolCallId' in p && p.toolCallId === callId));
  const part = message?.parts.find((each) => 'toolCallId' in each && each.toolCallId === callId);
  const summary = message?.metadata?.calls?.[callId ?? ''];
  if (kind === 'undo') {
    return happened === true && summary?.undone !== true ? [`the undo of ${callId} is not told`] : [];
  }
  const shown = part !== undefined && 'state' in part ? part.state : 'nothing';
  const told = happened === true ? 'output-available' : 'output-error';
  return shown === told ? [] : [`the call ${id} has happened: ${happened}, and ${shown} is shown of it`];
}

/** An effect goes back to one approval that was given for exactly that. */
function breachesOfApproval({ id, kind, approvalId }: EffectView, { approvals: found, recordOf: records }: Findings) {
  const approval = found.find((each) => each.id === approvalId);
  if (approval === undefined || approval.status !== 'used' || approval.decidedBy === null) {
    return [`${kind} ${id} was made without an approval: ${approval?.status ?? 'there is none'}`];
  }
  const asked = Number((approval.arguments as { record_id?: unknown } | null)?.record_id);
  return asked === records.get(id)
    ? []
    : [`${kind} ${id} was made on record ${records.get(id)}, approved was ${asked}`];
}

interface Case {
  readonly story: Story;
  readonly findings: Findings;
  readonly ninox: WatchedNinox;
}

/** The truth is in Ninox: what came there, and what is there. */
function breachesOfRecord({ story, findings, ninox }: Case, record: number): string[] {
  const { effects, approvals: found, recordOf } = findings;
  const deletions = ninox.deletionsOf(record);
  const creations = ninox.creationsOf(nameOf(record));
  const calls = effects.filter((effect) => effect.kind === 'call' && recordOf.get(effect.id) === record);
  const undos = effects.filter((effect) => calls.some(({ id }) => id === effect.undoes));
  const approved = found.filter(({ kind, status, callId }) => {
    return kind === 'call' && status === 'used' && calls.some(({ id }) => id === callId);
  });
  const breaches: string[] = [];
  if (deletions.length > 1) breaches.push(`the deletion of record ${record} was sent ${deletions.length} times`);
  if (deletions.length > calls.length) breaches.push(`record ${record} was deleted without an intent on record`);
  if (story.isGated && deletions.length > approved.length) breaches.push(`record ${record}: deleted without approval`);
  if (creations.length > undos.length) breaches.push(`record ${record}: ${creations.length} restorations were sent`);
  if (ninox.named(nameOf(record)).length > 1) breaches.push(`record ${record} was restored twice`);
  breaches.push(...lies('the deletion', calls, deletions), ...lies('the restoration', undos, creations));
  for (const { id } of calls) {
    if (story.undone.has(id) && ninox.named(nameOf(record)).length !== 1) breaches.push(`the undo of ${id} is lost`);
  }
  return breaches;
}

/** Whether the effects say what Ninox knows. */
function lies(what: string, effects: readonly EffectView[], requests: readonly { readonly done: boolean }[]): string[] {
  const told = effects.filter(({ happened }) => happened === true).length;
  const done = requests.filter((request) => request.done).length;
  return told === done ? [] : [`${what} happened ${done} times, and ${told} are told`];
}
