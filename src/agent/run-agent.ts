import type { LanguageModelV4, LanguageModelV4FunctionTool, LanguageModelV4Message } from '@ai-sdk/provider';
import type { Logger } from '#log';
import { type Scrub, scrubJson } from '#vault/scrub.ts';
import type { PendingCall } from './checkpoint.ts';
import { composeHistory, composeInstructions, composeTurns, type MadeCall } from './compose-prompt.ts';
import { auditFailed, type Judgement, judgeError, judgeStep, overBudget } from './judge-run.ts';
import {
  answerCall,
  type CallMaking,
  type CallsMade,
  type ContinuedCall,
  continueCalls,
  makeCalls,
  requestCalls,
} from './make-calls.ts';
import { runModelStep, type StepOutcome, type StepPart } from './model-step.ts';
import { RunAbort } from './run-abort.ts';
import { msLeft, type ReachedBudget, type RunSpent, reachedBudget } from './run-budgets.ts';
import type { CallResult, RunEnd, Usage } from './run-events.ts';
import type { StoredMessage } from './stored-message.ts';

export interface AgentRun extends CallMaking {
  readonly model: LanguageModelV4;
  readonly tools: () => Promise<readonly LanguageModelV4FunctionTool[]>;
  readonly instructions: string;
  /** The messages of the conversation up to the one that started the run. */
  readonly history: () => Promise<readonly StoredMessage[]>;
  /** Stores the answer so far: after every step that another one follows, and before calls that change something. */
  readonly save: (used: { readonly steps: number; readonly usage: Usage }) => Promise<void>;
  /** Has a person decide whether the run may go on beyond a budget; gives the approval that asks, null where nobody may be. */
  readonly askBudget: (reached: ReachedBudget) => Promise<string | null>;
  /** Takes secrets in use out of everything the model is sent. */
  readonly scrub: Scrub;
  readonly log: Logger;
}

/** How far a run had come that goes on after it has waited. */
export interface Progress {
  readonly steps: number;
  readonly usage: Usage;
  /** What the model said in each step. */
  readonly turns: readonly (readonly StepPart[])[];
  /** The calls of these turns that have a result, by their id. */
  readonly made: ReadonlyMap<string, MadeCall>;
  readonly continued: readonly ContinuedCall[];
  /** The budget that it may not go beyond; null where it may go on. */
  readonly over: ReachedBudget | null;
}

export type RunOutcome = RunEnded | RunSuspended;
export type RunEnded = { readonly type: 'ended'; readonly end: RunEnd };
export interface RunSuspended {
  readonly type: 'suspended';
  readonly steps: number;
  readonly usage: Usage;
  readonly turns: readonly (readonly StepPart[])[];
  readonly pending: readonly PendingCall[];
  /** All that must be decided first. */
  readonly waitingFor: readonly string[];
  /** Whether the last step was cut before it was whole, and is to be forgotten. */
  readonly cutStep: boolean;
}

/** What the loop knows of its run. */
interface Loop {
  readonly agent: AgentRun;
  readonly turns: (readonly StepPart[])[];
  readonly made: Map<string, MadeCall>;
  steps: number;
  usage: Usage;
  over: ReachedBudget | null;
}

/**
 * The loop of one run: ask the model, send its calls through the guard, ask again, until it answers without a call. Where
 * a call or a budget needs a person, it gives what is needed to go on later. Resolves in every case; what went wrong is in
 * the end's `fault`.
 */
export async function runAgent(agent: AgentRun, progress: Progress | null = null): Promise<RunOutcome> {
  const loop: Loop = {
    agent,
    turns: [...(progress?.turns ?? [])],
    made: new Map(progress?.made),
    steps: progress?.steps ?? 0,
    usage: progress?.usage ?? { inputTokens: 0, outputTokens: 0 },
    over: progress?.over ?? null,
  };
  const continued = progress?.continued ?? [];
  try {
    const before = [composeInstructions(agent.instructions), ...composeHistory(await agent.history())];
    let outcome = continued.length === 0 ? null : await settle(loop, await continueCalls(agent, continued));
    while (outcome === null) outcome = await takeTurn(loop, before);
    return outcome;
  } catch (error) {
    answerRest(loop);
    return ended(loop, judgeError(agent.run, error, agent.log));
  }
}

/** No call of an answer that has ended is left without a result. */
function answerRest({ agent, turns, made }: Loop): void {
  for (const part of turns.at(-1) ?? []) {
    if (part.type === 'call' && !made.has(part.callId)) made.set(part.callId, answerCall(agent, part, notSent));
  }
}

/** One question to the model with the calls it leads to; null when another one follows. */
async function takeTurn(loop: Loop, before: readonly LanguageModelV4Message[]): Promise<RunOutcome | null> {
  const { agent } = loop;
  const approvalId = await askForMore(loop);
  if (approvalId !== null) return suspended(loop, { waitingFor: [approvalId] });
  const step = await takeStep(loop, [...before, ...composeTurns(loop.turns, loop.made)]);
  if (step === null) return outOfTime(loop);
  loop.steps += 1;
  loop.usage = addUsage(loop.usage, step.usage);
  const judgement = judgeStep({ step, over: loop.over });
  if (judgement !== null) {
    agent.emit({ type: 'step-finished' });
    // The last step is stored together with the run's end.
    return ended(loop, judgement);
  }
  loop.turns.push(step.parts);
  requestCalls(agent, step.parts);
  // What becomes of a change is told in the answer, also where this process is lost before it is known.
  if (step.parts.some((part) => part.type === 'call' && agent.isEffect(part.tool))) await save(loop);
  return settle(loop, await makeCalls(agent, step.parts));
}

/** What becomes of the run after the calls of a step. */
async function settle(loop: Loop, { made, waiting }: CallsMade): Promise<RunOutcome | null> {
  const { agent, turns, steps, usage } = loop;
  const { signal } = agent.run;
  for (const call of made) loop.made.set(call.callId, call);
  const isAudited = made.every(({ result }) => result.ok || result.code !== 'AUDIT_UNAVAILABLE');
  const goesOn = isAudited && !isOver(signal);
  if (!goesOn) answerRest(loop);
  agent.emit({ type: 'step-finished' });
  if (!isAudited) return ended(loop, auditFailed);
  if (goesOn && waiting.length > 0) {
    const waitingFor = waiting.map(({ approvalId }) => approvalId);
    return { type: 'suspended', steps, usage, turns, pending: waiting, waitingFor, cutStep: false };
  }
  await save(loop);
  return null;
}

async function save({ agent, steps, usage }: Loop): Promise<void> {
  await agent.save({ steps, usage });
  agent.run.signal.throwIfAborted();
}

/** A run that waits loses nothing when the service stops. */
function isOver({ aborted, reason }: AbortSignal): boolean {
  return aborted && !(reason instanceof RunAbort && reason.reason === 'service_stopped');
}

const notSent: CallResult = {
  ok: false,
  outcome: 'denied',
  code: 'RUN_STOPPED',
  message: 'The answer was ended before this call was decided, so it was not sent.',
  durationMs: null,
};

/** The approval that asks whether the run may go on, where a budget is used up and nobody has said no. */
async function askForMore(loop: Loop): Promise<string | null> {
  if (loop.over !== null) return null;
  const reached = reachedBudget(loop.agent.run.identity.persona.budget, spentOf(loop));
  return reached === null ? null : askOrWrapUp(loop, reached);
}

/** A question that cannot be stored is as good as answered by no. */
async function askOrWrapUp(loop: Loop, reached: ReachedBudget): Promise<string | null> {
  const { askBudget, log, run } = loop.agent;
  try {
    const approvalId = await askBudget(reached);
    if (approvalId === null) loop.over = reached;
    return approvalId;
  } catch (error) {
    log.error({ err: error, runId: run.identity.runId }, 'it could not be asked whether a run may go on');
    loop.over = reached;
    return null;
  }
}

/** The clock has cut a step: the run waits, or is over where it may not go on. */
async function outOfTime(loop: Loop): Promise<RunOutcome> {
  const { agent, over } = loop;
  const { budget } = agent.run.identity.persona;
  agent.emit({ type: 'step-finished' });
  if (over !== null) return ended(loop, overBudget(over));
  const { allowance } = agent.run.ledger;
  const limit = budget.seconds + allowance.seconds;
  const reached: ReachedBudget = { budget: 'seconds', limit, used: limit, more: budget.seconds };
  const approvalId = await askOrWrapUp(loop, reached);
  return approvalId === null
    ? ended(loop, overBudget(reached))
    : suspended(loop, { waitingFor: [approvalId], cutStep: true });
}

const providerOptions = { openai: { store: false } };
/** For the last words of a run that has used up what it may. */
const wrapUpMs = 60_000;
const longestTimeoutMs = 2 ** 31 - 1;

/** Null when the run's time was up before the step was whole. */
async function takeStep(loop: Loop, prompt: readonly LanguageModelV4Message[]): Promise<StepOutcome | null> {
  const { agent, over } = loop;
  const tools = await agent.tools();
  const toolChoice = { type: over === null ? ('auto' as const) : ('none' as const) };
  const timeUp = new AbortController();
  const left = over === null ? msLeft(agent.run.identity.persona.budget, spentOf(loop)) : wrapUpMs;
  const clock = setTimeout(() => timeUp.abort(), Math.min(left, longestTimeoutMs));
  agent.emit({ type: 'step-started' });
  try {
    return await runModelStep({
      model: agent.model,
      signal: AbortSignal.any([agent.run.signal, timeUp.signal]),
      emit: agent.emit,
      options: {
        prompt: prompt.map((message) => scrubJson(agent.scrub, message) as LanguageModelV4Message),
        providerOptions,
        ...(tools.length === 0 ? {} : { tools: [...tools], toolChoice }),
      },
    });
  } catch (error) {
    if (timeUp.signal.aborted && !agent.run.signal.aborted) return null;
    throw error;
  } finally {
    clearTimeout(clock);
  }
}

function spentOf({ agent, steps, usage }: Loop): RunSpent {
  const { calls, spentMs, startedAt, allowance } = agent.run.ledger;
  return { steps, calls, usage, allowance, elapsedMs: spentMs + Date.now() - startedAt };
}

function addUsage(one: Usage, other: Usage): Usage {
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
  };
}

function suspended(
  { steps, usage, turns }: Loop,
  { waitingFor, cutStep = false }: { readonly waitingFor: readonly string[]; readonly cutStep?: boolean },
): RunSuspended {
  return { type: 'suspended', steps, usage, turns, pending: [], waitingFor, cutStep };
}

function ended({ steps, usage }: Loop, { status, fault }: Judgement): RunEnded {
  return { type: 'ended', end: { status, fault, usage, steps } };
}
