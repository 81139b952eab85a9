import type { DependentView, IntegrationView } from '#channels/http/contract/connections.ts';

interface NeedRow {
  readonly scope: string;
  readonly given: boolean;
  /** Names of the personas and jobs that need it. */
  readonly neededBy: readonly string[];
}

/** Every permission that is given or needed, in the order the integration lists them, with who needs it. */
export function needRows(
  given: readonly string[],
  dependents: readonly DependentView[],
  integration: IntegrationView | undefined,
): readonly NeedRow[] {
  const needs = (dependent: DependentView) => [...dependent.uses, ...dependent.missing];
  const all = new Set([...given, ...dependents.flatMap(needs)]);
  const listed = integration?.scopes.map(({ scope }) => scope as string) ?? [];
  const order = [...listed.filter((scope) => all.has(scope)), ...[...all].filter((scope) => !listed.includes(scope))];
  return order.map((scope) => ({
    scope,
    given: given.includes(scope),
    neededBy: dependents.filter((dependent) => needs(dependent).includes(scope)).map(({ name }) => name),
  }));
}

/** Who stops when the connection goes, and who goes on with another one. Who uses nothing of it does neither. */
export function splitByLoss(dependents: readonly DependentView[]): {
  readonly stop: readonly DependentView[];
  readonly goOn: readonly DependentView[];
} {
  const users = dependents.filter(({ uses }) => uses.length > 0);
  return { stop: users.filter(({ hasOther }) => !hasOther), goOn: users.filter(({ hasOther }) => hasOther) };
}
