import { setTimeout as pause } from 'node:timers/promises';
import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import type { ConversationDetailView } from '#channels/http/contract/conversations.ts';
import { chatBody } from '#test/support/chat.ts';
import { decide, newStory, survive, undo } from '#test/support/crash-lane.ts';
import { type CrashWorld, deletionOf } from '#test/support/crash-world.ts';
import { effectOf, findingsOf, type Story } from '#test/support/settled.ts';
import type { Fleet } from './fleet.ts';
import type { Random } from './random.ts';

export const plans = ['approve', 'deny', 'edit', 'some of a batch', 'stop', 'ungated', 'undo', 'read'] as const;
export type Plan = (typeof plans)[number];

export interface PersonDeps {
  readonly world: CrashWorld;
  readonly fleet: Fleet;
  readonly random: Random;
  readonly stories: Story[];
  /** How many were begun of each. */
  readonly begun: Map<Plan, number>;
  readonly isOver: () => boolean;
}

/** Somebody who writes to personas, one conversation after the other, until it is over. */
export async function act(deps: PersonDeps): Promise<void> {
  while (!deps.isOver()) {
    const plan = deps.random.pick(plans);
    deps.begun.set(plan, (deps.begun.get(plan) ?? 0) + 1);
    await converse(deps, plan);
  }
}

async function converse(deps: PersonDeps, plan: Plan): Promise<void> {
  const { world, stories } = deps;
  const isRead = plan === 'read';
  const records = isRead
    ? []
    : plan === 'some of a batch'
      ? [world.nextRecord(), world.nextRecord()]
      : [world.nextRecord()];
  const text = isRead ? 'Which teams are there?' : `Delete record ${records.join(', ')}`;
  const isGated = plan !== 'ungated' && !isRead;
  const other = plan === 'edit' ? [world.nextRecord()] : [];
  const story = newStory({ stories }, text, [...records, ...other], isGated);
  await send(deps, story, isGated ? 'asker' : 'doer');
  for (let round = 0; round < 4; round += 1) {
    const detail = await atRest(deps, story);
    if (detail?.conversation.waiting !== true) break;
    await answer(deps, { story, plan, other: other[0] });
  }
  if (plan === 'undo' || plan === 'ungated') await takeBack(deps, story);
}

/** The page sends a message again, under the same id, as long as it does not know that it has come. */
async function send(deps: PersonDeps, story: Story, personaId: string): Promise<void> {
  const { conversationId, text } = story;
  const body = chatBody(text, { conversationId, personaId });
  while (!deps.isOver()) {
    const service = await deps.fleet.any();
    const status = await survive(async () => {
      const response = await service.post('/api/chat', body);
      story.accepted ||= response.status === 200;
      await response.text();
      return response.status;
    });
    if (story.accepted || status === 409 || (await lookAt(deps, story)) !== null) return;
    if (status !== null && status !== 503)
      throw new Error(`A message was answered with ${status}.\n${service.logged()}`);
  }
}

async function lookAt({ fleet }: PersonDeps, { conversationId }: Story): Promise<ConversationDetailView | null> {
  const service = await fleet.any();
  const answered = await survive(() => service.get(`/api/v1/conversations/${conversationId}`));
  return answered?.status === 200 ? (answered.body as ConversationDetailView) : null;
}

const restMs = 12_000;

/** The conversation once no run is at work in it; null when that takes too long, or it is over. */
async function atRest(deps: PersonDeps, story: Story): Promise<ConversationDetailView | null> {
  const deadline = Date.now() + restMs;
  while (!deps.isOver() && Date.now() < deadline) {
    const detail = await lookAt(deps, story);
    if (detail !== null && !detail.conversation.running) return detail;
    await pause(60);
  }
  return null;
}

interface Answering {
  readonly story: Story;
  readonly plan: Plan;
  /** The record that is put in the place of the model's. */
  readonly other: number | undefined;
}

async function answer(deps: PersonDeps, { story, plan, other }: Answering): Promise<void> {
  const service = await deps.fleet.any();
  if (plan === 'stop') {
    await survive(() => service.post(`/api/chat/${story.conversationId}/stop`, {}));
    return;
  }
  const pending = (await survive(() => findingsOf(service, story)))?.approvals.filter(
    ({ status }) => status === 'pending',
  );
  for (const [at, approval] of (pending ?? []).entries()) {
    const isDenied = plan === 'deny' || (plan === 'some of a batch' && at > 0);
    if (plan === 'edit' && approval.askedFor === null && other !== undefined) await edit(deps, approval, other);
    else await clickTwice(deps, story, { approval, decision: isDenied ? 'deny' : 'approve' });
  }
}

async function edit({ fleet }: PersonDeps, { id, hash }: ApprovalView, record: number): Promise<void> {
  const service = await fleet.any();
  const { args } = deletionOf(record);
  await survive(() => service.post(`/api/v1/approvals/${id}/arguments`, { hash, arguments: args }));
}

interface Click {
  readonly approval: ApprovalView;
  readonly decision: 'approve' | 'deny';
}

/** As impatient people do, and through whichever process. */
async function clickTwice({ fleet }: PersonDeps, story: Story, { approval, decision }: Click): Promise<void> {
  const [one, other] = [await fleet.any(), await fleet.any()];
  const answers = await Promise.all([one, other].map((service) => decide(service, story, approval, decision)));
  for (const status of answers) {
    if (status !== null && ![200, 409].includes(status)) throw new Error(`A decision was answered with ${status}.`);
  }
}

async function takeBack(deps: PersonDeps, story: Story): Promise<void> {
  const service = await deps.fleet.any();
  const found = await survive(() => findingsOf(service, story));
  const effect = found?.effects.find(({ kind, happened }) => kind === 'call' && happened === true);
  if (effect === undefined) return;
  for (let round = 0; round < 4 && !deps.isOver(); round += 1) {
    const through = await deps.fleet.any();
    const state = (await survive(() => effectOf(through, effect.id)))?.undo.state;
    if (state === 'done' || state === 'outcome_unknown') return;
    if (state === 'none') await undo(through, story, effect.id);
    if (state === 'waiting') await approveUndo(deps, story);
    await pause(100);
  }
}

async function approveUndo(deps: PersonDeps, story: Story): Promise<void> {
  const service = await deps.fleet.any();
  const found = await survive(() => findingsOf(service, story));
  const approval = found?.approvals.find(({ kind, status }) => kind === 'undo' && status === 'pending');
  if (approval !== undefined) await clickTwice(deps, story, { approval, decision: 'approve' });
}
