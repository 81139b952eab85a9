import type { Allowance } from './checkpoint.ts';
import type { Denial } from './denials.ts';

/** What one run may use. `steps` counts model calls that may call tools; `seconds` counts from the run's start. */
export interface Budget {
  readonly steps: number;
  readonly calls: number;
  readonly seconds: number;
}

/**
 * What one run has used so far, and what people have allowed it beyond its budget. Every asked-for call counts, refused
 * ones too: a loop of refusals must end as well.
 */
export interface Spent {
  readonly calls: number;
  readonly elapsedMs: number;
  readonly allowance: Pick<Allowance, 'calls' | 'seconds'>;
}

export function denyOverBudget(budget: Budget, { calls, elapsedMs, allowance }: Spent): Denial | null {
  const most = budget.calls + allowance.calls;
  if (calls > most) {
    return {
      code: 'BUDGET_EXCEEDED',
      message: `This message has used all ${most} tool calls the persona may make for it, so this one was not sent. The person is asked whether it may go on; if it does, make the call again.`,
    };
  }
  const seconds = budget.seconds + allowance.seconds;
  if (elapsedMs > seconds * 1000) {
    return {
      code: 'BUDGET_EXCEEDED',
      message: `This message has used the ${seconds} seconds the persona may work on it, so this call was not sent. The person is asked whether it may go on; if it does, make the call again.`,
    };
  }
  return null;
}
