import { describeError, ProblemError } from '../../../api-client.ts';
import { splitDetail } from '../../../components/form-problems.ts';
import {
  boundText,
  budgetNames,
  type Draft,
  effectNames,
  type GrantedBy,
  most,
  ofGrantedTools,
  toNumber,
} from './persona-draft.ts';

/** What is wrong, by the path of the setting: `name`, `budget.steps`, `starters.0`. */
export type Problems = Readonly<Record<string, string>>;

/** What a draft is checked against. */
export interface DraftChecks {
  readonly tools: readonly GrantedBy[];
  /** The configured model providers; null while they are not known. */
  readonly providers: readonly string[] | null;
}

/** What can be told before the service is asked. */
export function findProblems(draft: Draft, { providers, tools }: DraftChecks): Problems {
  const found: Record<string, string | null> = {
    name: lineProblem(draft.name, most.name, 'Give the persona a name.'),
    description: lineProblem(draft.description, most.description, 'Say in a sentence what the persona is for.'),
    instructions: textProblem(draft.instructions),
    model: modelProblem(draft.model.trim(), providers),
    ...findRuleProblems(draft, tools),
    channels: draft.channels.length === 0 ? 'Choose at least one place where it answers.' : null,
  };
  for (const name of budgetNames) {
    const isLeftOut = name === 'tokens' && draft.budget.tokens.trim() === '';
    found[`budget.${name}`] = isLeftOut ? null : countProblem(draft.budget[name], most.budget[name]);
  }
  for (const [index, { text }] of draft.starters.entries()) {
    found[`starters.${index}`] = lineProblem(text, most.starter, 'Write a prompt or remove this line.');
  }
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== null));
}

function findRuleProblems(draft: Draft, tools: readonly GrantedBy[]): Record<string, string | null> {
  const { approvals, approvers, effects } = ofGrantedTools(draft, tools);
  const found: Record<string, string | null> = {};
  for (const [tool, policy] of Object.entries(approvals)) {
    const bound = boundText(policy);
    found[`approvals.${tool}`] = bound === null ? null : countProblem(bound, most.bound);
  }
  for (const [tool, { people, hours }] of Object.entries(approvers)) {
    found[`approvers.${tool}.people`] = people?.length === 0 ? 'Choose at least one member.' : null;
    found[`approvers.${tool}.hours`] = countProblem(hours, most.hours);
  }
  for (const [tool, limits] of Object.entries(effects)) {
    for (const name of effectNames) {
      const text = limits[name];
      found[`effects.${tool}.${name}`] = text.trim() === '' ? null : countProblem(text, most.effects[name]);
    }
  }
  return found;
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

function countProblem(text: string, max: number): string | null {
  const count = toNumber(text);
  return Number.isNaN(count) || count < 1 || count > max ? `Enter a whole number from 1 to ${max}.` : null;
}

const settings =
  /^(?:definition\.)?(name|description|instructions|model|scopes|limits|connections|approvals|approvers|budget|effects|outsideText|publicTables|undo|channels|guests|starters)(\.|$)/;

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
  checks: DraftChecks,
): Problems {
  if (refusal.draft === null || refusal.draft === draft) return refusal.problems;
  const before: Readonly<Record<string, unknown>> = { ...refusal.draft };
  const now: Readonly<Record<string, unknown>> = { ...draft };
  const wrong = findProblems(draft, checks);
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
