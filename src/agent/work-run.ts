import { setTimeout as delay } from 'node:timers/promises';
import { runBudgetApproval } from './approvals/run-budget-approval.ts';
import { createMessageBuilder, type MessageBuilder } from './build-message.ts';
import type { Checkpoint } from './checkpoint.ts';
import { stopWaitingRun } from './end-waiting.ts';
import { judgeAbort } from './judge-run.ts';
import type { LiveRunControl } from './live-run.ts';
import { withoutCallsOfOthers } from './others-calls.ts';
import { RunAbort } from './run-abort.ts';
import { type RunSuspended, runAgent } from './run-agent.ts';
import type { RunInHand, RunServiceDeps } from './run-deps.ts';
import type { RunEnd, RunEvent } from './run-events.ts';
import { mayAskForMore } from './stand-in.ts';

/** One sitting of a run, with what is needed to store it. */
interface Sitting {
  readonly deps: RunServiceDeps;
  readonly work: RunInHand;
  readonly live: LiveRunControl;
  readonly answer: MessageBuilder;
  /** From here on nobody can reach the run through this process. */
  readonly detach: () => void;
  /** Whether it may have asked people something. */
  hasAsked: boolean;
}

export interface RunPlace {
  readonly live: LiveRunControl;
  readonly detach: () => void;
}

/** `dropped`: it could not be stored what became of the run, which is as if its process were lost. */
export type Sat = 'waits' | 'ended' | 'dropped';

/** Runs the loop and stores what becomes of it. Readers always get a last event. */
export async function workRun(deps: RunServiceDeps, work: RunInHand, { live, detach }: RunPlace): Promise<Sat> {
  const answer = createMessageBuilder(work.identity.messageId);
  const sitting: Sitting = { deps, work, live, answer, detach, hasAsked: work.progress !== null };
  live.subscribe((event) => {
    answer.take(event);
    if (event.type === 'call-waiting') sitting.hasAsked = true;
  });
  for (const event of work.told) live.emit(event);
  const outcome = await runAgent(await agentOf(sitting), work.progress);
  live.flush();
  if (outcome.type === 'suspended') return suspend(sitting, outcome);
  return end(sitting, outcome.end);
}

async function agentOf(sitting: Sitting) {
  const { deps, work, live } = sitting;
  const { identity, ledger } = work;
  const { actor, conversationId, messageId, ownerId, persona } = identity;
  let isEffect = await deps.effectsIn(actor.organizationId);
  return {
    run: { identity, ledger, signal: live.signal },
    model: work.model,
    tools: async () => {
      // A tool may have been approved since the step before.
      isEffect = await deps.effectsIn(actor.organizationId);
      return deps.toolsFor(persona, actor);
    },
    instructions: persona.instructions,
    history: async () => {
      const messages = await deps.store.messages(actor.organizationId, conversationId);
      const before = messages.filter(({ id }) => id !== messageId);
      if (ownerId === actor.id) return before;
      return withoutCallsOfOthers(before, await deps.store.answersFor(actor, conversationId));
    },
    guard: deps.guard,
    isEffect: (tool: string) => isEffect(tool),
    emit: live.emit,
    save: async (used: Pick<RunSuspended, 'steps' | 'usage'>) => {
      if (!(await deps.store.saveAnswer({ ...placeOf(sitting), ...used }))) live.stop('lost');
    },
    askBudget: async (reached: Parameters<typeof runBudgetApproval>[1]) => {
      if (!(await mayAskForMore(deps, identity))) return null;
      const approval = runBudgetApproval(identity, reached, deps.clock?.() ?? new Date());
      sitting.hasAsked = true;
      await deps.ask(approval, identity);
      return approval.id;
    },
    scrub: deps.scrub,
    log: deps.log,
  };
}

function placeOf({ deps, work, answer }: Sitting) {
  const { actor, conversationId, runId } = work.identity;
  return {
    organizationId: actor.organizationId,
    conversationId,
    runId,
    processId: deps.processId,
    outsideText: work.ledger.outsideText,
    answer: answer.message(),
  };
}

/** The end is stored before it is told, so that whoever hears of it can read it. */
async function end(sitting: Sitting, runEnd: RunEnd): Promise<Sat> {
  const { deps, work, answer } = sitting;
  const { actor, runId } = work.identity;
  const { organizationId } = actor;
  answer.take({ type: 'run-finished', ...runEnd });
  const store = async () => {
    const isOurs = await deps.store.finishRun({ ...placeOf(sitting), end: runEnd });
    const reason = 'The answer has ended.';
    if (isOurs && sitting.hasAsked) await deps.withdraw({ organizationId, runId, actor, reason });
    return isOurs;
  };
  const isStored = await storeWithPatience(sitting, () => deps.transaction(store));
  tellEnd(sitting, isStored === false ? { ...runEnd, ...takenAway } : runEnd);
  return isStored === null ? 'dropped' : 'ended';
}

/** Another process has ended the run, having taken this one for gone. */
const takenAway = judgeAbort(new RunAbort('lost'));

function tellEnd({ deps, work, live }: Sitting, runEnd: RunEnd): void {
  const { status, steps } = runEnd;
  const { runId, persona } = work.identity;
  deps.log.info({ runId, personaId: persona.id, model: work.modelId, status, steps }, 'run ended');
  live.emit({ type: 'run-finished', ...runEnd });
}

/** The run waits from the moment this is stored: whoever decides may go on with it, here or in another process. */
async function suspend(sitting: Sitting, suspended: RunSuspended): Promise<Sat> {
  const { deps, work, live, answer, detach } = sitting;
  const { steps, usage, waitingFor } = suspended;
  if (suspended.cutStep) answer.dropStep();
  const waiting: RunEvent = { type: 'run-waiting', approvals: waitingFor, usage };
  answer.take(waiting);
  const isStored = await storeWithPatience(sitting, () =>
    deps.store.suspendRun({ ...placeOf(sitting), steps, usage, checkpoint: checkpointOf(work, suspended) }),
  );
  // Whoever stops it from here on stops a run that waits; who did before has aborted it.
  detach();
  if (isStored !== true) {
    tellEnd(sitting, { ...takenAway, usage, steps });
    return isStored === null ? 'dropped' : 'ended';
  }
  const stopped = wasStopped(live.signal) ? await stopNow(sitting) : null;
  if (stopped !== null) {
    tellEnd(sitting, stopped);
    return 'ended';
  }
  deps.log.info({ runId: work.identity.runId, waitingFor: waitingFor.length }, 'run waits for people');
  live.emit(waiting);
  return 'waits';
}

function wasStopped({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof RunAbort && reason.reason === 'stopped';
}

async function stopNow({ deps, work }: Sitting): Promise<RunEnd | null> {
  const { runId, actor } = work.identity;
  try {
    return await stopWaitingRun(deps, { organizationId: actor.organizationId, id: runId, actor });
  } catch (error) {
    deps.log.error({ err: error, runId }, 'a run that waits could not be stopped');
    return null;
  }
}

function checkpointOf({ identity, ledger, modelId }: RunInHand, suspended: RunSuspended): Checkpoint {
  const { steps, usage, turns, pending, waitingFor } = suspended;
  const { calls, seenCallIds, startedAt, spentMs, outsideText, allowance } = ledger;
  return {
    version: 1,
    actor: identity.actor,
    persona: identity.persona,
    model: modelId,
    prompt: identity.prompt,
    steps,
    usage,
    turns,
    pending,
    waitingFor,
    ledger: {
      calls,
      seenCallIds: [...seenCallIds],
      spentMs: spentMs + Date.now() - startedAt,
      outsideText,
      allowance,
    },
  };
}

/** Waits between the tries to store a run; until it is stored the conversation can take no other message. */
const storeAgainAfterMs = [500, 1_000, 2_000, 4_000, 8_000, 16_000];

/** Null when it could not be stored: the sweep ends the run once storage is back. */
async function storeWithPatience<T>({ deps, work }: Sitting, store: () => Promise<T>): Promise<T | null> {
  for (const waitMs of [...storeAgainAfterMs, null]) {
    try {
      return await store();
    } catch (error) {
      const { runId } = work.identity;
      deps.log.error({ err: error, runId, againInMs: waitMs }, 'what became of a run could not be stored');
      if (waitMs !== null) await delay(waitMs);
    }
  }
  return null;
}
