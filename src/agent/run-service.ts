import { randomUUID } from 'node:crypto';
import type { Actor } from '#auth/actor.ts';
import { AppError } from '#errors';
import type { ConversationOwner } from './conversation-store.ts';
import { stopWaitingRun } from './end-waiting.ts';
import { createLiveRun, type LiveRun, type LiveRunControl } from './live-run.ts';
import { isUndecided, resumeRun } from './resume-run.ts';
import type { RunInHand, RunServiceDeps } from './run-deps.ts';
import type { RunIdentity } from './run-identity.ts';
import { type StartRun, startRun } from './start-run.ts';
import { type Sat, workRun } from './work-run.ts';

export type { ConversationOwner, RunServiceDeps, StartRun };

export interface RunService {
  /** Stores the message and starts answering it. Resolves once both are durable; the run goes on by itself. */
  start(request: StartRun): Promise<LiveRun>;
  /** The run at work in a conversation of this owner, if it is in this process. */
  active(owner: ConversationOwner, conversationId: string): LiveRun | null;
  /** Tells of every run this process takes in hand from now on, whoever began it. Answers how to leave. */
  watch(watcher: RunWatcher): () => void;
  /**
   * Goes on with a run that has nothing left to wait for, if no other process does. False when something is still to be
   * decided or it does not wait. Never rejects: what could not be taken up now is by the next sweep.
   */
  resume(organizationId: string, runId: string): Promise<boolean>;
  /**
   * Ends the run that waits in a conversation, in whichever process it was. False when none waits. `ownerId`: whose the
   * conversation is, where not the actor's.
   */
  stopWaiting(actor: Actor, conversationId: string, ownerId?: string): Promise<boolean>;
  /** Runs this process had in hand and could not store what became of: they are to be recovered. */
  dropped(): readonly string[];
  forgetDropped(runIds: readonly string[]): void;
  /** Refuses new runs, waits for the running ones, and ends those that take longer than `graceMs`. */
  drain(graceMs: number): Promise<void>;
}

/** Hears of a run before its first event. `resumed`: it has waited, and begins by telling again what it had told. */
export type RunWatcher = (run: LiveRun, identity: RunIdentity, resumed: boolean) => void;

const forceGraceMs = 3_000;

export function createRunService(deps: RunServiceDeps): RunService {
  const resume = async (organizationId: string, runId: string): Promise<boolean> => {
    if (draining) return false;
    try {
      return await letIn(hands.resume(organizationId, runId));
    } catch (error) {
      deps.log.error({ err: error, runId }, 'a run that waited could not be taken up; the next sweep tries again');
      return false;
    }
  };
  const hands = createHands(deps, resume);
  const starting = new Set<Promise<unknown>>();
  let draining = false;

  const letIn = async <T>(begun: Promise<T>): Promise<T> => {
    starting.add(begun);
    try {
      return await begun;
    } finally {
      starting.delete(begun);
    }
  };

  return {
    async start(request) {
      if (draining)
        throw new AppError('SHUTTING_DOWN', 'The service is shutting down. Send your message again in a minute.');
      return letIn(hands.begin(request));
    },
    active: (owner, conversationId) => hands.live.get(keyOf(owner, conversationId)) ?? null,
    watch(watcher) {
      hands.watchers.add(watcher);
      return () => hands.watchers.delete(watcher);
    },
    resume,
    stopWaiting: (actor, conversationId, ownerId = actor.id) => stopWaiting(deps, actor, { conversationId, ownerId }),
    dropped: () => [...hands.dropped],
    forgetDropped(runIds) {
      for (const id of runIds) hands.dropped.delete(id);
    },
    async drain(graceMs) {
      draining = true;
      const ended = allEnded(starting, hands.working);
      if (await settledWithin(ended, graceMs)) return;
      for (const run of hands.working.values()) run.stop('service_stopped');
      await settledWithin(ended, forceGraceMs);
    },
  };
}

async function stopWaiting(
  deps: RunServiceDeps,
  actor: Actor,
  { conversationId, ownerId }: { readonly conversationId: string; readonly ownerId: string },
): Promise<boolean> {
  const { organizationId } = actor;
  const id = (await deps.store.find({ organizationId, id: ownerId }, conversationId))?.activeRunId ?? null;
  if (id === null) return false;
  return (await stopWaitingRun(deps, { organizationId, id, actor })) !== null;
}

type Resume = (organizationId: string, runId: string) => Promise<boolean>;

/** The runs this process has in hand. */
interface Hands {
  /** By their owner's conversation, those that readers can join. */
  readonly live: Map<string, LiveRunControl>;
  /** By their ids; they stay until what became of them is stored. */
  readonly working: Map<string, LiveRunControl>;
  readonly dropped: Set<string>;
  readonly watchers: Set<RunWatcher>;
}

/** How runs get into this process's hands. */
function createHands(deps: RunServiceDeps, resume: Resume) {
  const hands: Hands = { live: new Map(), working: new Map(), dropped: new Set(), watchers: new Set() };
  return {
    ...hands,
    async begin(request: StartRun): Promise<LiveRun> {
      const runId = randomUUID();
      try {
        return hold({ deps, hands, resume }, await startRun(deps, request, runId));
      } catch (error) {
        // Nobody knows whether what failed was stored all the same.
        if (!(error instanceof AppError) || error.code === 'STORAGE_UNAVAILABLE') hands.dropped.add(runId);
        throw error;
      }
    },
    async resume(organizationId: string, runId: string): Promise<boolean> {
      if (await isUndecided(deps, organizationId, runId)) return false;
      // Its last sitting is just ending here, and looks again itself.
      if (hands.working.has(runId)) return false;
      const claimed = await deps.store.claimRun({ organizationId, id: runId, processId: deps.processId });
      if (claimed === null) return false;
      try {
        const work = await resumeRun(deps, claimed);
        if (work !== null) hold({ deps, hands, resume }, work);
        return true;
      } catch (error) {
        hands.dropped.add(runId);
        throw error;
      }
    },
  };
}

interface Holder {
  readonly deps: RunServiceDeps;
  readonly hands: Hands;
  readonly resume: Resume;
}

/** Works on a run, which outlives whoever asked for it: its end is awaited through `done`. */
function hold({ deps, hands, resume }: Holder, work: RunInHand): LiveRun {
  const { identity } = work;
  const { runId, conversationId, actor } = identity;
  const run = createLiveRun(runId, conversationId);
  const key = keyOf({ organizationId: actor.organizationId, id: identity.ownerId }, conversationId);
  hands.live.set(key, run);
  hands.working.set(runId, run);
  // The next run of the conversation may be here already: its messages are let in once this one's end is stored.
  const detach = () => {
    if (hands.live.get(key) === run) hands.live.delete(key);
  };
  const leave = (sat: Sat) => {
    detach();
    if (hands.working.get(runId) === run) hands.working.delete(runId);
    if (sat === 'dropped') hands.dropped.add(runId);
    run.settle();
    // A decision that came before the waiting was stored has found nothing to go on with.
    if (sat === 'waits') void resume(actor.organizationId, runId);
  };
  tellWatchers(deps, hands, { run, work });
  workRun(deps, work, { live: run, detach }).then(leave, (error: unknown) => {
    deps.log.error({ err: error, runId }, 'a run was dropped');
    leave('dropped');
  });
  return run;
}

/** Whoever watches runs must not be able to stop one. */
function tellWatchers(
  { log }: RunServiceDeps,
  { watchers }: Hands,
  { run, work }: { readonly run: LiveRun; readonly work: RunInHand },
): void {
  for (const watcher of watchers) {
    try {
      watcher(run, work.identity, work.progress !== null);
    } catch (error) {
      log.error({ err: error, runId: run.runId }, 'a run could not be watched');
    }
  }
}

function keyOf({ organizationId, id }: ConversationOwner, conversationId: string): string {
  return JSON.stringify([organizationId, id, conversationId]);
}

async function allEnded(
  starting: ReadonlySet<Promise<unknown>>,
  working: ReadonlyMap<string, LiveRunControl>,
): Promise<void> {
  // Those let in just before the stop are not live yet.
  await Promise.allSettled(starting);
  await Promise.all([...working.values()].map((run) => run.done));
}

async function settledWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = await Promise.race([promise.then(() => true as const), timeout]);
  clearTimeout(timer);
  return settled;
}
