import type { LanguageModelV4, LanguageModelV4FunctionTool, LanguageModelV4Message } from '@ai-sdk/provider';
import type { Logger } from '#log';
import { type Scrub, scrubJson } from '#vault/scrub.ts';
import type { Budget } from './budgets.ts';
import { composeHistory, composeInstructions, composeStep, parseOrText } from './compose-prompt.ts';
import type { GuardedRun, GuardToolCall } from './guard-tool-call.ts';
import { ModelFault } from './model-fault.ts';
import { runModelStep, type StepOutcome, type StepPart } from './model-step.ts';
import type { CallResult, EmitRunEvent, RunEnd, RunFault, Usage } from './run-events.ts';
import type { StoredMessage } from './stored-message.ts';

/** Why a run's signal was aborted. */
export class RunAbort extends Error {
  readonly reason: 'stopped' | 'out_of_time' | 'service_stopped';

  constructor(reason: RunAbort['reason']) {
    super(reason);
    this.name = 'RunAbort';
    this.reason = reason;
  }
}

export interface AgentRun {
  readonly run: GuardedRun;
  readonly model: LanguageModelV4;
  readonly tools: () => readonly LanguageModelV4FunctionTool[];
  readonly instructions: string;
  /** All messages of the conversation, the one that started the run included. */
  readonly history: () => Promise<readonly StoredMessage[]>;
  readonly guard: GuardToolCall;
  readonly emit: EmitRunEvent;
  /** Called after every step that another one follows. */
  readonly afterStep: () => Promise<void>;
  /** Takes secrets in use out of everything the model is sent. */
  readonly scrub: Scrub;
  readonly log: Logger;
}

const providerOptions = { openai: { store: false } };

/**
 * The loop of one run: ask the model, send its calls through the guard, ask again, until it answers without a call or a
 * budget ends it. Resolves in every case; what went wrong is in the end's `fault`.
 */
export async function runAgent(agent: AgentRun): Promise<RunEnd> {
  const total = { inputTokens: 0, outputTokens: 0 };
  const end = (status: RunEnd['status'], fault: RunFault | null, steps: number): RunEnd => ({
    status,
    fault,
    usage: { ...total },
    steps,
  });
  const { budget } = agent.run.identity.persona;
  let steps = 0;
  try {
    const prompt = [composeInstructions(agent.instructions), ...composeHistory(await agent.history())];
    const tools = agent.tools();
    for (;;) {
      const wrapUp = steps >= budget.steps || overCalls(agent, budget);
      steps += 1;
      const step = await takeStep(agent, { prompt, tools, wrapUp });
      addUsage(total, step.usage);
      const calls = step.parts.filter((part) => part.type === 'call');
      const verdict = judgeStep({ step, wrapUp, budget, hasCalls: calls.length > 0 });
      const results = verdict === null ? await makeCalls(agent, calls) : [];
      agent.emit({ type: 'step-finished' });
      // The last step is stored together with the run's end.
      if (verdict !== null) return end(verdict.status, verdict.fault, steps);
      await agent.afterStep();
      if (results.some(({ result }) => !result.ok && result.code === 'AUDIT_UNAVAILABLE')) {
        return end('failed', faults.audit, steps);
      }
      agent.run.signal.throwIfAborted();
      prompt.push(...composeStep(step.parts, results));
    }
  } catch (error) {
    const { status, fault } = judgeError(agent, error);
    return end(status, fault, steps);
  }
}

interface StepRequest {
  readonly prompt: readonly LanguageModelV4Message[];
  readonly tools: readonly LanguageModelV4FunctionTool[];
  readonly wrapUp: boolean;
}

async function takeStep(agent: AgentRun, { prompt, tools, wrapUp }: StepRequest): Promise<StepOutcome> {
  agent.emit({ type: 'step-started' });
  return runModelStep({
    model: agent.model,
    signal: agent.run.signal,
    emit: agent.emit,
    options: {
      prompt: prompt.map((message) => scrubJson(agent.scrub, message) as LanguageModelV4Message),
      providerOptions,
      ...(tools.length === 0
        ? {}
        : { tools: [...tools], toolChoice: { type: wrapUp ? ('none' as const) : ('auto' as const) } }),
    },
  });
}

type CallPart = StepPart & { type: 'call' };

async function makeCalls(agent: AgentRun, calls: readonly CallPart[]) {
  for (const call of calls) {
    agent.emit({ type: 'call-requested', callId: call.callId, tool: call.tool, input: parseOrText(call.rawInput) });
  }
  return Promise.all(
    calls.map(async (call) => {
      const { callId, modelCallId, tool, rawInput } = call;
      const result: CallResult = await agent.guard({ callId, modelCallId, tool, rawInput }, agent.run);
      agent.emit({ type: 'call-finished', callId, tool, result });
      return { modelCallId, tool, result };
    }),
  );
}

function overCalls(agent: AgentRun, budget: Budget): boolean {
  return agent.run.ledger.calls >= budget.calls;
}

function addUsage(total: { inputTokens: number; outputTokens: number }, usage: Usage): void {
  total.inputTokens += usage.inputTokens;
  total.outputTokens += usage.outputTokens;
}

interface Judgement {
  readonly status: RunEnd['status'];
  readonly fault: RunFault | null;
}

const faults = {
  audit: {
    code: 'AUDIT_UNAVAILABLE',
    message:
      'The record of calls cannot be written, so the persona stopped: nothing is done without a record. Try again later.',
  },
  empty: {
    code: 'MODEL_EMPTY',
    message: 'The model gave an empty answer. Send your message again, perhaps in other words.',
  },
  length: {
    code: 'MODEL_LENGTH',
    message: 'The answer reached the model’s length limit and ends early. Ask the persona to go on.',
  },
  filtered: {
    code: 'MODEL_CONTENT_FILTER',
    message: 'The model’s provider withheld the rest of the answer. Ask in other words.',
  },
  stopped: { code: 'STOPPED', message: 'You stopped this answer. Calls that had been sent are in the activity.' },
  serviceStopped: {
    code: 'SERVICE_STOPPED',
    message: 'The service was shut down while the persona was working. Send your message again to continue.',
  },
  internal: {
    code: 'INTERNAL',
    message: 'Something went wrong inside the service. Send your message again; the log has the details.',
  },
} as const satisfies Record<string, RunFault>;

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function budgetFault(budget: Budget, what: 'steps' | 'time'): RunFault {
  const used =
    what === 'time'
      ? counted(budget.seconds, 'second')
      : `${counted(budget.steps, 'step')} or ${counted(budget.calls, 'tool call')}`;
  return {
    code: 'BUDGET_EXCEEDED',
    message: `The persona used all it may for one message (${used}). Ask for less at once, or raise its budget.`,
  };
}

interface TakenStep {
  readonly step: StepOutcome;
  readonly wrapUp: boolean;
  readonly budget: Budget;
  readonly hasCalls: boolean;
}

/** How the run ends with this step, or null when its calls are to be made. A step cut by a limit makes no calls. */
function judgeStep({ step, wrapUp, budget, hasCalls }: TakenStep): Judgement | null {
  if (step.finish === 'length') return { status: 'interrupted', fault: faults.length };
  if (step.finish === 'content-filter') return { status: 'interrupted', fault: faults.filtered };
  if (wrapUp) return { status: 'budget_exceeded', fault: budgetFault(budget, 'steps') };
  if (hasCalls) return null;
  const hasText = step.parts.some((part) => part.type === 'text' && part.text.trim() !== '');
  return hasText ? { status: 'succeeded', fault: null } : { status: 'failed', fault: faults.empty };
}

function judgeError(agent: AgentRun, error: unknown): Judgement {
  const { signal, identity } = agent.run;
  if (signal.aborted) return judgeAbort(signal.reason, identity.persona.budget);
  if (!(error instanceof ModelFault)) {
    agent.log.error({ err: error, runId: identity.runId }, 'a run failed inside the service');
    return { status: 'failed', fault: faults.internal };
  }
  const { fault, cause } = error;
  agent.log.warn({ err: cause ?? error, runId: identity.runId, code: fault.code }, 'a model step failed');
  return { status: fault.code === 'MODEL_INTERRUPTED' ? 'interrupted' : 'failed', fault };
}

function judgeAbort(reason: unknown, budget: Budget): Judgement {
  if (!(reason instanceof RunAbort)) return { status: 'interrupted', fault: faults.internal };
  if (reason.reason === 'out_of_time') return { status: 'budget_exceeded', fault: budgetFault(budget, 'time') };
  if (reason.reason === 'service_stopped') return { status: 'interrupted', fault: faults.serviceStopped };
  return { status: 'stopped', fault: faults.stopped };
}
