import type { PersonaDefinition } from '#channels/http/contract/personas.ts';
import { kindOfPolicy } from '../../../words.ts';
import { defaultRule, type EffectBudget, noEffects, type Rule } from '../approval-words.ts';
import type { Channel, Policy, Scope } from '../persona-words.ts';

/** A definition while it is written: numbers as typed, starter prompts with a key of their own. */
export interface Draft {
  readonly name: string;
  readonly description: string;
  readonly instructions: string;
  /** Empty for the service's default model. */
  readonly model: string;
  readonly scopes: readonly Scope[];
  readonly limits: PersonaDefinition['limits'];
  /** Names for the ids in `limits`, as far as they are known. */
  readonly limitNames: Readonly<Record<string, string>>;
  readonly connections: Readonly<Record<string, string>>;
  /** “ask above ” with the number as typed. */
  readonly approvals: Readonly<Record<string, string>>;
  readonly approvers: Readonly<Record<string, DraftRule>>;
  readonly effects: Readonly<Record<string, DraftEffects>>;
  readonly outsideText: PersonaDefinition['outsideText'];
  readonly publicTables: readonly string[];
  /** Names for the ids in `publicTables`, as far as they are known. */
  readonly publicNames: Readonly<Record<string, string>>;
  readonly undo: PersonaDefinition['undo'];
  readonly budget: Readonly<Record<BudgetName, string>>;
  readonly channels: readonly Channel[];
  readonly guests: PersonaDefinition['guests'];
  /** Names for the ids in the limits of guests, as far as they are known. */
  readonly guestNames: Readonly<Record<string, string>>;
  readonly starters: readonly Starter[];
}

export interface Starter {
  readonly key: number;
  readonly text: string;
}

export type DraftRule = Omit<Rule, 'hours'> & { readonly hours: string };
export type DraftEffects = Readonly<Record<keyof EffectBudget, string>>;

export const budgetNames = ['steps', 'calls', 'seconds', 'tokens'] as const;
export type BudgetName = (typeof budgetNames)[number];

/** What the service takes at most; it checks the same again. */
export const most = {
  name: 60,
  description: 200,
  instructions: 32_000,
  starter: 120,
  starters: 6,
  budget: { steps: 50, calls: 200, seconds: 3_600, tokens: 100_000_000 },
  bound: 9_999,
  hours: 720,
  effects: { run: 10_000, hour: 100_000, day: 100_000, rows: 10_000 },
} as const;
export const effectNames = ['run', 'hour', 'day', 'rows'] as const satisfies readonly (keyof EffectBudget)[];

export const blankDefinition: PersonaDefinition = {
  name: '',
  description: '',
  instructions: '',
  model: null,
  scopes: [],
  limits: {},
  connections: {},
  approvals: {},
  approvers: {},
  effects: {},
  outsideText: 'ask',
  publicTables: [],
  undo: 'auto',
  budget: { steps: 12, calls: 24, seconds: 180, tokens: null },
  channels: ['web'],
  guests: null,
  starters: [],
};

export function toDraft(definition: PersonaDefinition, limitNames: Readonly<Record<string, string>>): Draft {
  const { budget, starters, model, approvers, effects, ...rest } = definition;
  return {
    ...rest,
    limitNames,
    publicNames: {},
    guestNames: {},
    model: model ?? '',
    approvers: mapValues(approvers, (rule) => ({ ...rule, hours: String(rule.hours) })),
    effects: mapValues(effects, toDraftEffects),
    budget: mapValues(budget, toText),
    starters: starters.map((text, key) => ({ key, text })),
  };
}

export const blankEffects: DraftEffects = toDraftEffects(noEffects);
export const blankRule: DraftRule = { ...defaultRule, hours: String(defaultRule.hours) };

function toDraftEffects({ run, hour, day, rows }: EffectBudget): DraftEffects {
  return { run: toText(run), hour: toText(hour), day: toText(day), rows: toText(rows) };
}

/** What a tool needs to be told apart by: which scope grants it. */
export interface GrantedBy {
  readonly name: string;
  readonly scope: string;
}

/** What the draft says as a definition. Rules for tools it does not grant any more are left out. */
export function toDefinition(draft: Draft, tools: readonly GrantedBy[]): PersonaDefinition {
  const { limitNames: _names, publicNames: _publicNames, guestNames: _guestNames, ...said } = draft;
  const { model, budget, starters, guests, ...rest } = said;
  const { approvals, approvers, effects } = ofGrantedTools(draft, tools);
  return {
    ...rest,
    name: draft.name.trim(),
    description: draft.description.trim(),
    instructions: draft.instructions.trim(),
    model: model.trim() === '' ? null : model.trim(),
    approvals: mapValues(approvals, (policy) => policy.replace(/\s+/g, ' ').trim() as Policy),
    approvers: telling(
      mapValues(approvers, (rule) => ({ ...rule, hours: toNumber(rule.hours) })),
      defaultRule,
    ),
    effects: telling(mapValues(effects, toEffects), noEffects),
    budget: {
      steps: toNumber(budget.steps),
      calls: toNumber(budget.calls),
      seconds: toNumber(budget.seconds),
      tokens: toLimit(budget.tokens),
    },
    // What the persona itself may not do any more, it does not do for guests either.
    guests: guests === null ? null : { ...guests, scopes: guests.scopes.filter((scope) => isIn(draft.scopes, scope)) },
    starters: starters.map(({ text }) => text.trim()),
  };
}

/** Rules that the draft still keeps for tools whose scope was taken away again say nothing. */
export function ofGrantedTools(draft: Draft, tools: readonly GrantedBy[]) {
  const taken = new Set(tools.filter((tool) => !isIn(draft.scopes, tool.scope)).map((tool) => tool.name));
  const left = <Value>(rules: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(rules).filter(([name]) => !taken.has(name)));
  return { approvals: left(draft.approvals), approvers: left(draft.approvers), effects: left(draft.effects) };
}

/** What only says what holds anyway is left out, as the service does. */
function telling<Value extends object>(
  rules: Readonly<Record<string, Value>>,
  silent: Value,
): Readonly<Record<string, Value>> {
  const isSaid = (rule: Value) => Object.entries(silent).some(([key, value]) => rule[key as keyof Value] !== value);
  return Object.fromEntries(Object.entries(rules).filter(([, rule]) => isSaid(rule)));
}

export function toEffects({ run, hour, day, rows }: DraftEffects): EffectBudget {
  return { run: toLimit(run), hour: toLimit(hour), day: toLimit(day), rows: toLimit(rows) };
}

function mapValues<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  change: (value: From) => To,
): Record<Key, To> {
  const entries = Object.entries(record) as [Key, From][];
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value)])) as Record<Key, To>;
}

function toText(limit: number | null): string {
  return limit === null ? '' : String(limit);
}

export function isIn(list: readonly string[], item: string): boolean {
  return list.includes(item);
}

/** Nothing typed is no limit. */
function toLimit(text: string): number | null {
  return text.trim() === '' ? null : toNumber(text);
}

/** The bound of “ask above”, as it is typed; null for the other policies. */
export function boundText(policy: string): string | null {
  return kindOfPolicy(policy) === 'bound' ? policy.replace(/^ask above ?/, '') : null;
}

export function toNumber(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
}

/** Whether two definitions say the same; the order of settings does not count. */
export function sameDefinition(a: PersonaDefinition, b: PersonaDefinition): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}
