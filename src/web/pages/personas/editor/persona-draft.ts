import type { PersonaDefinition } from '#channels/http/contract/personas.ts';
import { describeError, ProblemError } from '../../../api-client.ts';
import { splitDetail } from '../../../components/form-problems.ts';
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
  readonly approvals: Readonly<Record<string, Policy>>;
  readonly budget: Readonly<Record<BudgetName, string>>;
  readonly channels: readonly Channel[];
  readonly starters: readonly Starter[];
}

export interface Starter {
  readonly key: number;
  readonly text: string;
}

export const budgetNames = ['steps', 'calls', 'seconds'] as const;
export type BudgetName = (typeof budgetNames)[number];

/** What the service takes at most; it checks the same again. */
export const most = {
  name: 60,
  description: 200,
  instructions: 32_000,
  starter: 120,
  starters: 6,
  budget: { steps: 50, calls: 200, seconds: 3_600 },
} as const;

export const blankDefinition: PersonaDefinition = {
  name: '',
  description: '',
  instructions: '',
  model: null,
  scopes: [],
  limits: {},
  connections: {},
  approvals: {},
  budget: { steps: 12, calls: 24, seconds: 180 },
  channels: ['web'],
  starters: [],
};

export function toDraft(definition: PersonaDefinition, limitNames: Readonly<Record<string, string>>): Draft {
  const { budget, starters, model, ...rest } = definition;
  return {
    ...rest,
    limitNames,
    model: model ?? '',
    budget: { steps: String(budget.steps), calls: String(budget.calls), seconds: String(budget.seconds) },
    starters: starters.map((text, key) => ({ key, text })),
  };
}

/** What a tool needs to be told apart by: which scope grants it. */
interface GrantedBy {
  readonly name: string;
  readonly scope: string;
}

/** What the draft says as a definition. Approvals of tools it does not grant any more are left out. */
export function toDefinition(draft: Draft, tools: readonly GrantedBy[]): PersonaDefinition {
  const { limitNames: _names, model, budget, starters, approvals, ...rest } = draft;
  const granted = new Set(tools.filter((tool) => isIn(draft.scopes, tool.scope)).map((tool) => tool.name));
  const known = new Set(tools.map((tool) => tool.name));
  return {
    ...rest,
    name: draft.name.trim(),
    description: draft.description.trim(),
    instructions: draft.instructions.trim(),
    model: model.trim() === '' ? null : model.trim(),
    approvals: Object.fromEntries(Object.entries(approvals).filter(([name]) => granted.has(name) || !known.has(name))),
    budget: { steps: toNumber(budget.steps), calls: toNumber(budget.calls), seconds: toNumber(budget.seconds) },
    starters: starters.map(({ text }) => text.trim()),
  };
}

export function isIn(list: readonly string[], item: string): boolean {
  return list.includes(item);
}

function toNumber(text: string): number {
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

/** What is wrong, by the path of the setting: `name`, `budget.steps`, `starters.0`. */
export type Problems = Readonly<Record<string, string>>;

/** What can be told before the service is asked. `providers` is null while they are not known. */
export function findProblems(draft: Draft, providers: readonly string[] | null): Problems {
  const found: Record<string, string | null> = {
    name: lineProblem(draft.name, most.name, 'Give the persona a name.'),
    description: lineProblem(draft.description, most.description, 'Say in a sentence what the persona is for.'),
    instructions: textProblem(draft.instructions),
    model: modelProblem(draft.model.trim(), providers),
    channels: draft.channels.length === 0 ? 'Choose at least one place where it answers.' : null,
  };
  for (const name of budgetNames) found[`budget.${name}`] = budgetProblem(draft.budget[name], most.budget[name]);
  for (const [index, { text }] of draft.starters.entries()) {
    found[`starters.${index}`] = lineProblem(text, most.starter, 'Write a prompt or remove this line.');
  }
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== null));
}

function lineProblem(text: string, max: number, whenEmpty: string): string | null {
  const trimmed = text.trim();
  if (trimmed === '') return whenEmpty;
  if (trimmed.length > max) return `Shorten it to ${max} characters; it has ${trimmed.length}.`;
  return /[\p{Cc}\u2028\u2029]/u.test(trimmed) ? 'Keep it to one line of plain text.' : null;
}

function textProblem(text: string): string | null {
  if (text.trim() === '') return 'Write what the persona does and how it works.';
  const { length } = text.trim();
  return length > most.instructions ? `Shorten them to ${most.instructions} characters; they have ${length}.` : null;
}

function modelProblem(model: string, providers: readonly string[] | null): string | null {
  if (model === '') return null;
  if (!/^[a-z0-9-]+\/\S+$/.test(model)) return 'Write it as provider/model, for example openai/gpt-5-mini.';
  const [provider = ''] = model.split('/');
  if (providers === null || providers.includes(provider)) return null;
  return `There is no key for “${provider}” here. Configured: ${providers.join(', ')}.`;
}

function budgetProblem(text: string, max: number): string | null {
  const count = toNumber(text);
  return Number.isNaN(count) || count < 1 || count > max ? `Enter a whole number from 1 to ${max}.` : null;
}

const settings =
  /^(?:definition\.)?(name|description|instructions|model|scopes|limits|connections|approvals|budget|channels|starters)(\.|$)/;

/** Puts what the service found wrong beside its setting; the rest of it is said above the form. */
export function problemsOf(error: unknown): { readonly problems: Problems; readonly rest: string | null } {
  if (!(error instanceof ProblemError) || error.code !== 'INPUT_INVALID') {
    return { problems: {}, rest: describeError(error) };
  }
  const { fields, problem } = splitDetail(error.message, (path) => settings.test(path));
  const placed = Object.entries(fields).map(([path, message]) => [path.replace(/^definition\./, ''), message] as const);
  return { problems: Object.fromEntries(placed), rest: problem };
}

/** What of a refusal still counts: the settings nobody has touched since, and those that are still wrong. */
export function problemsLeft(
  refusal: { readonly problems: Problems; readonly draft: Draft | null },
  draft: Draft,
  providers: readonly string[] | null,
): Problems {
  if (refusal.draft === null || refusal.draft === draft) return refusal.problems;
  const before: Readonly<Record<string, unknown>> = { ...refusal.draft };
  const now: Readonly<Record<string, unknown>> = { ...draft };
  const wrong = findProblems(draft, providers);
  const left: Record<string, string> = {};
  for (const [path, problem] of Object.entries(refusal.problems)) {
    const [setting = ''] = path.split('.');
    const still = before[setting] === now[setting] ? problem : wrong[path];
    if (still !== undefined) left[path] = still;
  }
  return left;
}

/** The problem of a setting or of anything inside it. */
export function problemAt(problems: Problems, path: string): string | undefined {
  const inside = Object.keys(problems).find((key) => key === path || key.startsWith(`${path}.`));
  return inside === undefined ? undefined : problems[inside];
}
