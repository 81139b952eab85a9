import type { EffectBudget } from '#personas/persona-schema.ts';
import type { BudgetName } from '../approvals/approval.ts';
import type { Allowance } from '../checkpoint.ts';
import type { EffectCounts } from './effect-store.ts';

export interface EffectFacts {
  readonly tool: string;
  /** How many records the call touches. */
  readonly rows: number;
  readonly counts: EffectCounts;
  readonly budget: EffectBudget;
  readonly allowance: Allowance;
}

export interface UsedBudget {
  readonly budget: Extract<BudgetName, `effects_${string}`>;
  readonly limit: number;
  readonly used: number;
}

/** The first budget of effects that the call would go beyond, what people have allowed included; null where none. */
export function usedUpBudget({ tool, rows, counts, budget, allowance }: EffectFacts): UsedBudget | null {
  const budgets = [
    { budget: 'effects_run', limit: budget.run, used: counts.run },
    { budget: 'effects_hour', limit: budget.hour, used: counts.hour },
    { budget: 'effects_day', limit: budget.day, used: counts.day },
  ] as const;
  for (const { budget: name, limit, used } of budgets) {
    if (limit === null) continue;
    if (used + rows > limit + (allowance.effects[allowanceKey(name, tool)] ?? 0)) return { budget: name, limit, used };
  }
  return null;
}

export function allowanceKey(budget: BudgetName, tool: string): string {
  return `${budget} ${tool}`;
}
