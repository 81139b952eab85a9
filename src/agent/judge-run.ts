import type { Logger } from '#log';
import type { GuardedRun } from './guarded-call.ts';
import { ModelFault } from './model-fault.ts';
import type { StepOutcome } from './model-step.ts';
import { RunAbort } from './run-abort.ts';
import type { ReachedBudget } from './run-budgets.ts';
import type { RunEnd, RunFault } from './run-events.ts';

/** How a run ends. */
export interface Judgement {
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
  lost: {
    code: 'SERVICE_STOPPED',
    message:
      'This answer was ended because the service had not heard from its own process for too long. Send your message again to continue.',
  },
  internal: {
    code: 'INTERNAL',
    message: 'Something went wrong inside the service. Send your message again; the log has the details.',
  },
} as const satisfies Record<string, RunFault>;

export const stoppedByPerson: Judgement = { status: 'stopped', fault: faults.stopped };
export const auditFailed: Judgement = { status: 'failed', fault: faults.audit };
export const failedInside: Judgement = { status: 'failed', fault: faults.internal };

interface TakenStep {
  readonly step: StepOutcome;
  /** The budget the run may not go beyond, where this was its last step. */
  readonly over: ReachedBudget | null;
}

/** How the run ends with this step, or null when its calls are to be made. A step cut by a limit makes no calls. */
export function judgeStep({ step, over }: TakenStep): Judgement | null {
  if (step.finish === 'length') return { status: 'interrupted', fault: faults.length };
  if (step.finish === 'content-filter') return { status: 'interrupted', fault: faults.filtered };
  if (over !== null) return overBudget(over);
  if (step.parts.some(({ type }) => type === 'call')) return null;
  const hasText = step.parts.some((part) => part.type === 'text' && part.text.trim() !== '');
  return hasText ? { status: 'succeeded', fault: null } : { status: 'failed', fault: faults.empty };
}

export function judgeError({ signal, identity }: GuardedRun, error: unknown, log: Logger): Judgement {
  const { runId } = identity;
  if (signal.aborted) return judgeAbort(signal.reason);
  if (!(error instanceof ModelFault)) {
    log.error({ err: error, runId }, 'a run failed inside the service');
    return failedInside;
  }
  const { fault, cause } = error;
  log.warn({ err: cause ?? error, runId, code: fault.code }, 'a model step failed');
  return { status: fault.code === 'MODEL_INTERRUPTED' ? 'interrupted' : 'failed', fault };
}

export function judgeAbort(reason: unknown): Judgement {
  if (!(reason instanceof RunAbort)) return { status: 'interrupted', fault: faults.internal };
  if (reason.reason === 'service_stopped') return { status: 'interrupted', fault: faults.serviceStopped };
  if (reason.reason === 'lost') return { status: 'interrupted', fault: faults.lost };
  return stoppedByPerson;
}

const unitOf = { steps: 'step', calls: 'tool call', seconds: 'second', tokens: 'token' } as const;

export function overBudget({ budget, limit }: ReachedBudget): Judgement {
  const used = `${limit} ${unitOf[budget]}${limit === 1 ? '' : 's'}`;
  return {
    status: 'budget_exceeded',
    fault: {
      code: 'BUDGET_EXCEEDED',
      message: `The persona used all it may for one message (${used}). Ask for less at once, or raise its budget.`,
    },
  };
}
