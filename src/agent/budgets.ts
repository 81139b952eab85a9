import type { Denial } from './denials.ts';

/** What one run may use. `steps` counts model calls that may call tools; `seconds` counts from the run's start. */
export interface Budget {
  readonly steps: number;
  readonly calls: number;
  readonly seconds: number;
}

/** What one run has used so far. Every asked-for call counts, refused ones too: a loop of refusals must end as well. */
export interface Spent {
  readonly calls: number;
  readonly elapsedMs: number;
}

export function denyOverBudget(budget: Budget, spent: Spent): Denial | null {
  if (spent.calls > budget.calls) {
    return {
      code: 'BUDGET_EXCEEDED',
      message: `This message has used all ${budget.calls} tool calls the persona may make for it. Ask for less at once, or raise the persona’s budget.`,
    };
  }
  if (spent.elapsedMs > budget.seconds * 1000) {
    return {
      code: 'BUDGET_EXCEEDED',
      message: `This message has used the ${budget.seconds} seconds the persona may work on it. Ask for less at once, or raise the persona’s budget.`,
    };
  }
  return null;
}
