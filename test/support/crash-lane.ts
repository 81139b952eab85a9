import { randomUUID } from 'node:crypto';
import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import type { ConversationDetailView } from '#channels/http/contract/conversations.ts';
import type { UndoView } from '#channels/http/contract/effects.ts';
import { chatBody } from './chat.ts';
import { type CrashWorld, openCrashWorld, scripted } from './crash-world.ts';
import { eventually } from './eventually.ts';
import type { FailpointService } from './failpoint-process.ts';
import type { Failpoint } from './failpoints.ts';
import { breachesOf, chainProblem, type Findings, findingsOf, type Story } from './settled.ts';
import { letThrough } from './watched-ninox.ts';

/*
 * A row of crashes on the same data, one after the other: the service that is started after one is the next one's
 * victim.
 */

/** What kills the service. */
export type Kill =
  | { readonly by: 'commit'; readonly failpoint: Failpoint }
  /** A request of that method: when it has come, or when it has had its effect. It is never answered. */
  | { readonly by: 'ninox'; readonly method: 'GET' | 'POST' | 'DELETE'; readonly when: 'come' | 'done' }
  /** The model's answer of that number, counted from 0: when it is asked for, or within its text. */
  | { readonly by: 'model'; readonly answer: number; readonly when: 'asked' | 'writing' }
  | { readonly by: 'hand' };

export interface CrashLane extends AsyncDisposable {
  readonly world: CrashWorld;
  /** All that were begun. */
  readonly stories: Story[];
  /** Waits for its turn. */
  take<T>(work: () => Promise<T>): Promise<T>;
  /** The service at work; started where none is. */
  up(): Promise<FailpointService>;
  arm(service: FailpointService, kill: Kill): Promise<void>;
}

/** Between a crash and the next start, so that what is looked at again after minutes is due. */
const betweenStartsMs = 120_000;

export async function openCrashLane(): Promise<CrashLane> {
  const world = await openCrashWorld();
  let service: FailpointService | null = null;
  let last: Promise<unknown> = Promise.resolve();
  return {
    world,
    stories: [],
    take(work) {
      const turn = last.then(work);
      last = turn.catch(() => undefined);
      return turn;
    },
    async up() {
      if (service !== null && !service.isGone()) return service;
      if (service !== null) world.letTimePass(betweenStartsMs);
      service = await world.start();
      return service;
    },
    arm: (victim, kill) => arm(world, victim, kill),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

async function arm(world: CrashWorld, victim: FailpointService, kill: Kill): Promise<void> {
  switch (kill.by) {
    case 'commit':
      await victim.arm(kill.failpoint);
      break;
    case 'hand':
      await victim.kill();
      break;
    case 'ninox':
      armNinox(world, victim, kill);
      break;
    default:
      armModel(world, victim, kill);
  }
}

function armNinox(world: CrashWorld, victim: FailpointService, { method, when }: Kill & { by: 'ninox' }): void {
  const { ninox } = world;
  ninox.intercept = async (request, forward) => {
    if (request.method !== method) return true;
    ninox.intercept = letThrough;
    if (when === 'done') await forward();
    await victim.kill();
    return false;
  };
}

function armModel(world: CrashWorld, victim: FailpointService, { answer, when }: Kill & { by: 'model' }): void {
  let number = 0;
  world.script = async (request) => {
    number += 1;
    if (number <= answer) return null;
    world.script = () => Promise.resolve(null);
    if (when === 'asked') await victim.kill();
    // The pause before a word: what was sent before has reached the service or is lost with it.
    return { ...scripted(request), pace: (delta) => (delta === 1 ? victim.kill() : undefined) };
  };
}

export function commit(pattern: string, when: Failpoint['when'], nth = 1): Kill {
  return { by: 'commit', failpoint: { pattern, nth, when } };
}

/** A point nobody comes by is a mistake of the test. */
export async function died(service: FailpointService): Promise<void> {
  await eventually(async () => (service.isGone() ? true : null), {
    why: () => `the service was not killed: nothing came by the point.\n${service.logged()}`,
  });
}

/** `isGated`: whether each deletion needs an approval. */
export function newStory(
  { stories }: Pick<CrashLane, 'stories'>,
  text: string,
  records: readonly number[],
  isGated = false,
): Story {
  const story: Story = {
    conversationId: randomUUID(),
    text,
    records,
    isGated,
    accepted: false,
    decided: new Map(),
    undone: new Set(),
  };
  stories.push(story);
  return story;
}

/** Sends the story's message and reads the answer to its end, wherever that is. */
export async function tell(service: FailpointService, story: Story, personaId: string): Promise<void> {
  const { conversationId, text } = story;
  await survive(async () => {
    const response = await service.post('/api/chat', chatBody(text, { conversationId, personaId }));
    story.accepted ||= response.status === 200;
    await response.text();
  });
}

export async function decide(
  service: FailpointService,
  story: Story,
  { id, hash }: ApprovalView,
  decision: 'approve' | 'deny' = 'approve',
): Promise<number | null> {
  return survive(async () => {
    const { status } = await service.post(`/api/v1/approvals/${id}/decision`, { decision, hash });
    if (status === 200) story.decided.set(id, decision);
    return status;
  });
}

export async function undo(service: FailpointService, story: Story, callId: string): Promise<UndoView | null> {
  return survive(async () => {
    const { status, body } = await service.send('POST', `/api/v1/effects/${callId}/undo`, {});
    if (status !== 200) return null;
    const view = body as UndoView;
    if (view.status === 'done') story.undone.add(callId);
    return view;
  });
}

/** Null when the service was killed meanwhile. */
export async function survive<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    // How fetch tells of a connection that broke off.
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Waits until nothing is under way any more and everything holds. */
export async function settled(
  { world }: Pick<CrashLane, 'world'>,
  service: FailpointService,
  story: Story,
): Promise<Findings> {
  let breaches: readonly string[] = ['a run is at work'];
  let findings: Findings | null = null;
  const why = () => `${breaches.join('; ')}\n${JSON.stringify(findings, null, 1)}\n${service.logged()}`;
  const found = await eventually(
    async () => {
      if (await isAtWork(service, story)) return null;
      findings = await findingsOf(service, story);
      breaches = breachesOf(story, findings, world.ninox);
      return breaches.length === 0 ? findings : null;
    },
    { why },
  );
  const broken = await chainProblem(service);
  if (broken !== null) throw new Error(broken);
  return found;
}

/** Cheaper to ask than all that must hold. */
async function isAtWork(service: FailpointService, { conversationId }: Story): Promise<boolean> {
  const { status, body } = await service.get(`/api/v1/conversations/${conversationId}`);
  return status === 200 && (body as ConversationDetailView).conversation.running;
}

export function pendingOf(findings: Findings): readonly ApprovalView[] {
  return findings.approvals.filter(({ status }) => status === 'pending');
}

export function statusOf({ detail }: Findings): string | null {
  return detail?.messages.findLast(({ role }) => role === 'assistant')?.metadata?.status ?? null;
}
