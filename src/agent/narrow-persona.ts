import type { Actor } from '#auth/actor.ts';
import { type ApprovalPolicy, boundOf, type Grant } from '#integrations/rights.ts';
import type { Tool } from '#integrations/tool-definition.ts';
import { grantsFor, intersectGrants } from '#personas/grants.ts';
import {
  type ApprovalRule,
  defaultApprovalRule,
  type EffectBudget,
  noEffectBudget,
  type Persona,
} from '#personas/persona-schema.ts';
import type { Budget } from './budgets.ts';

/*
 * A run keeps the version of its persona it began with, and never a right that was taken away since: what counts is
 * what both that version and the newest one allow.
 */

/** The same persona twice: at the version a run is pinned to, and as it is now. */
export interface PinnedPersona {
  readonly persona: Persona;
  readonly current: Persona;
}

/** What the persona may do on behalf of this actor: for a guest, no more than it grants to guests. */
export function narrowedGrant(personas: PinnedPersona, actor: Pick<Actor, 'role'>): Grant {
  return grantsOf(personas, actor).reduce(intersectGrants);
}

/** Each by itself, for questions that an intersection cannot answer. */
export function grantsOf({ persona, current }: PinnedPersona, actor: Pick<Actor, 'role'>): readonly Grant[] {
  const before = grantsFor(persona, actor);
  return persona.version === current.version ? before : [...before, ...grantsFor(current, actor)];
}

export function narrowedBudget({ persona, current }: PinnedPersona): Budget {
  return {
    steps: Math.min(persona.budget.steps, current.budget.steps),
    calls: Math.min(persona.budget.calls, current.budget.calls),
    seconds: Math.min(persona.budget.seconds, current.budget.seconds),
  };
}

/** The stricter of the two. */
export function narrowedPolicy(tool: Tool, { persona, current }: PinnedPersona): ApprovalPolicy {
  const policies = [approvalPolicyFor(tool, persona.approvals), approvalPolicyFor(tool, current.approvals)];
  if (policies.includes('deny')) return 'deny';
  if (policies.includes('ask')) return 'ask';
  const bounds = policies.map(boundOf).filter((bound) => bound !== null);
  return bounds.length === 0 ? 'auto' : `ask above ${Math.min(...bounds)}`;
}

/** Who decides: whoever both versions let decide. */
export function narrowedRule(tool: Tool, { persona, current }: PinnedPersona): ApprovalRule {
  const [before, now] = [approvalRuleFor(tool, persona), approvalRuleFor(tool, current)];
  const both = now.people?.filter((id) => before.people?.includes(id) ?? true) ?? before.people;
  return {
    people: both !== null && both.length === 0 ? now.people : both,
    fourEyes: before.fourEyes || now.fourEyes,
    hours: Math.min(before.hours, now.hours),
  };
}

export function approvalRuleFor(tool: RuledTool, { approvers }: Pick<Persona, 'approvers'>): ApprovalRule {
  return ruleOf(approvers, tool) ?? defaultApprovalRule;
}

export function narrowedEffects(tool: Tool, { persona, current }: PinnedPersona): EffectBudget {
  const [before, now] = [persona, current].map(({ effects }) => ruleOf(effects, tool) ?? noEffectBudget);
  const least = (name: keyof EffectBudget) => {
    const limits = [before?.[name], now?.[name]].filter((limit) => typeof limit === 'number');
    return limits.length === 0 ? null : Math.min(...limits);
  };
  return { run: least('run'), hour: least('hour'), day: least('day'), rows: least('rows') };
}

/** Whether text from outside takes away that changes are made without asking. */
export function mindsOutsideText({ persona, current }: PinnedPersona): boolean {
  return persona.outsideText === 'ask' || current.outsideText === 'ask';
}

export type RuledTool = Pick<Tool, 'name' | 'followsRulesOf'>;

/** What a persona has set for the tool itself, else for the one whose rules it follows. */
function ruleOf<Value>(
  rules: Readonly<Record<string, Value>>,
  { name, followsRulesOf: other = name }: RuledTool,
): Value | undefined {
  if (Object.hasOwn(rules, name)) return rules[name];
  return Object.hasOwn(rules, other) ? rules[other] : undefined;
}

/** The policy that counts for a call: the persona's own, else the tool's default. */
export function approvalPolicyFor(tool: Tool, approvals: Readonly<Record<string, ApprovalPolicy>>): ApprovalPolicy {
  return ruleOf(approvals, tool) ?? tool.defaultApproval;
}

/** The connection a persona is attached to for an integration; null where whatever the caller has is used. */
export function attachedTo(persona: Pick<Persona, 'connections'>, integration: string): string | null {
  return Object.hasOwn(persona.connections, integration) ? (persona.connections[integration] ?? null) : null;
}
