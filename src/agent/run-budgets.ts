import type { Persona } from '#personas/persona-schema.ts';
import type { BudgetName, Question } from './approvals/approval.ts';
import type { Allowance } from './checkpoint.ts';
import type { Usage } from './run-events.ts';

export type RunBudgetName = Exclude<BudgetName, `effects_${string}`>;

/** A budget of the whole run that is used up. */
export interface ReachedBudget {
  readonly budget: RunBudgetName;
  /** What the run may use of it, what people have allowed beyond the persona's included. */
  readonly limit: number;
  readonly used: number;
  /** How many more are offered: as many as the persona has for one message. */
  readonly more: number;
}

/** What a run has used so far. */
export interface RunSpent {
  readonly steps: number;
  readonly calls: number;
  readonly elapsedMs: number;
  readonly usage: Usage;
  readonly allowance: Allowance;
}

/** The first budget of the run that is used up; null where it may go on. */
export function reachedBudget(budget: Persona['budget'], spent: RunSpent): ReachedBudget | null {
  const used: readonly (readonly [RunBudgetName, number])[] = [
    ['steps', spent.steps],
    ['calls', spent.calls],
    ['tokens', spent.usage.inputTokens + spent.usage.outputTokens],
    ['seconds', Math.floor(spent.elapsedMs / 1000)],
  ];
  for (const [name, amount] of used) {
    const own = budget[name];
    if (own === null) continue;
    const limit = own + spent.allowance[name];
    if (amount >= limit) return { budget: name, limit, used: amount, more: own };
  }
  return null;
}

/** How long the run may still work. */
export function msLeft(budget: Persona['budget'], { elapsedMs, allowance }: RunSpent): number {
  return Math.max(0, (budget.seconds + allowance.seconds) * 1000 - elapsedMs);
}

/**
 * The allowance with what a person has granted. Of a budget of the run, what was used beyond its limit is granted too:
 * `more` counts from where the run stands.
 */
export function grantMore(allowance: Allowance, question: Question & { kind: 'budget' }, more: number): Allowance {
  const { budget, tool, limit, used } = question;
  if (isRunBudget(budget)) {
    return { ...allowance, [budget]: allowance[budget] + Math.max(0, used - limit) + more };
  }
  const name = effectAllowanceName(budget, tool ?? '');
  return { ...allowance, effects: { ...allowance.effects, [name]: (allowance.effects[name] ?? 0) + more } };
}

export function effectAllowanceName(budget: BudgetName, tool: string): string {
  return `${budget} ${tool}`;
}

function isRunBudget(budget: BudgetName): budget is RunBudgetName {
  return !budget.startsWith('effects_');
}
