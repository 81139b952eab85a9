import { diffArrays } from 'diff';
import type { PersonaDefinition } from '#channels/http/contract/personas.ts';
import { describePolicy, describeScope } from '../../words.ts';
import {
  defaultRule,
  describeEffects,
  describeRule,
  type EffectBudget,
  outsideTextWords,
  type Rule,
  undoWords,
} from './approval-words.ts';
import { describeGuests } from './guest-words.ts';
import { channelWords } from './persona-words.ts';

export interface Line {
  readonly sign: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** How one setting differs. A null side is a setting that is not there. */
export type Change =
  | { readonly kind: 'value'; readonly label: string; readonly before: string | null; readonly after: string | null }
  | { readonly kind: 'lines'; readonly label: string; readonly lines: readonly Line[] };

/** Names for what definitions hold as ids. */
export interface DiffNames {
  tool(name: string): string;
  resource(id: string): string;
  connection(id: string): string;
  integration(name: string): string;
  /** Null for whoever does not belong to the organization any more. */
  member(id: string): string | null;
}

/** Setting by setting, in the order of the form; nothing for two that say the same. */
export function compareDefinitions(
  before: PersonaDefinition,
  after: PersonaDefinition,
  names: DiffNames,
): readonly Change[] {
  return [
    value('Name', before.name, after.name),
    value('Description', before.description, after.description),
    lines('Instructions', splitLines(before.instructions), splitLines(after.instructions)),
    value('Model', before.model ?? defaultModel, after.model ?? defaultModel),
    ...perKey(before.connections, after.connections, (integration, from, to) =>
      value(`Connection to ${names.integration(integration)}`, connectionWord(from, names), connectionWord(to, names)),
    ),
    list('Permissions', before.scopes.map(scopeWord), after.scopes.map(scopeWord)),
    limit('Teams', before.limits.teams, after.limits.teams, names),
    limit('Databases', before.limits.databases, after.limits.databases, names),
    limit('Tables', before.limits.tables, after.limits.tables, names),
    ...perKey(before.approvals, after.approvals, (tool, from, to) =>
      value(`Approval: ${names.tool(tool)}`, approvalWord(from), approvalWord(to)),
    ),
    ...perKey(before.approvers, after.approvers, (tool, from, to) =>
      value(`Who decides: ${names.tool(tool)}`, ruleWord(from, names), ruleWord(to, names)),
    ),
    ...perKey(before.effects, after.effects, (tool, from, to) =>
      value(`How many at most: ${names.tool(tool)}`, effectWord(from), effectWord(to)),
    ),
    value('Text from outside', outsideTextWords[before.outsideText].short, outsideTextWords[after.outsideText].short),
    list(
      'Tables strangers can write to',
      before.publicTables.map((id) => nameWithId(id, names)),
      after.publicTables.map((id) => nameWithId(id, names)),
    ),
    value('Taking back', undoWords[before.undo], undoWords[after.undo]),
    value('Steps in one answer', String(before.budget.steps), String(after.budget.steps)),
    value('Calls in one answer', String(before.budget.calls), String(after.budget.calls)),
    value('Seconds for one answer', String(before.budget.seconds), String(after.budget.seconds)),
    value('Tokens in one answer', tokenWord(before.budget.tokens), tokenWord(after.budget.tokens)),
    list('Channels', before.channels.map(channelWord), after.channels.map(channelWord)),
    value('Guests', guestWord(before.guests, names), guestWord(after.guests, names)),
    lines('Starter prompts', before.starters, after.starters),
  ].filter((change) => change !== null);
}

/** The settings that differ, in a few words for a list. */
export function nameChanges(changes: readonly Change[]): readonly string[] {
  return changes.map((change) => change.label);
}

const defaultModel = 'The service’s default model';
const channelWord = (channel: keyof typeof channelWords) => channelWords[channel].title;
const scopeWord = (scope: string) => describeScope(scope) ?? scope;

function approvalWord(policy: PersonaDefinition['approvals'][string] | undefined): string {
  return policy === undefined ? 'the tool’s default' : describePolicy(policy);
}

function ruleWord(rule: Rule | undefined, names: DiffNames): string {
  const { people, ...rest } = rule ?? defaultRule;
  return describeRule(
    rest,
    people?.map((id) => ({ name: names.member(id) ?? `somebody who has left (${id})` })) ?? null,
  );
}

function effectWord(effects: EffectBudget | undefined): string {
  return (effects === undefined ? null : describeEffects(effects)) ?? 'No limit';
}

/** Whether guests are answered, with what, and where. */
function guestWord(guests: PersonaDefinition['guests'], names: DiffNames): string {
  const words = describeGuests(guests);
  if (guests === null) return words;
  const { teams, databases, tables } = guests.limits;
  const levels = [
    { noun: 'Teams', ids: teams },
    { noun: 'Databases', ids: databases },
    { noun: 'Tables', ids: tables },
  ].filter(({ ids }) => ids !== undefined);
  return [words, ...levels.map(({ noun, ids }) => `${noun}: ${limitWord(ids, names)}.`)].join(' ');
}

function tokenWord(tokens: number | null): string {
  return tokens === null ? 'No limit' : String(tokens);
}

function connectionWord(id: string | undefined, names: DiffNames): string {
  return id === undefined ? 'Chosen automatically' : names.connection(id);
}

function value(label: string, before: string | null, after: string | null): Change | null {
  return before === after ? null : { kind: 'value', label, before, after };
}

function lines(label: string, before: readonly string[], after: readonly string[]): Change | null {
  if (JSON.stringify(before) === JSON.stringify(after)) return null;
  return { kind: 'lines', label, lines: compareLines(before, after) };
}

/** Order says nothing here: only what came and what went is told. */
function list(label: string, before: readonly string[], after: readonly string[]): Change | null {
  const gone = before.filter((item) => !after.includes(item)).map((text) => ({ sign: 'removed' as const, text }));
  const come = after.filter((item) => !before.includes(item)).map((text) => ({ sign: 'added' as const, text }));
  return gone.length + come.length === 0 ? null : { kind: 'lines', label, lines: [...gone, ...come] };
}

// oxlint-disable-next-line max-params
function limit(
  label: string,
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
  names: DiffNames,
): Change | null {
  if (before !== undefined && after !== undefined) {
    const named = (id: string) => nameWithId(id, names);
    return list(label, before.map(named), after.map(named));
  }
  return value(label, limitWord(before, names), limitWord(after, names));
}

function limitWord(ids: readonly string[] | undefined, names: DiffNames): string {
  if (ids === undefined) return 'All the connection can reach';
  return ids.length === 0 ? 'None at all' : `Only ${ids.map((id) => nameWithId(id, names)).join(', ')}`;
}

function nameWithId(id: string, names: DiffNames): string {
  const name = names.resource(id);
  return name === id ? id : `${name} (${id})`;
}

function perKey<Value>(
  before: Readonly<Record<string, Value>>,
  after: Readonly<Record<string, Value>>,
  compare: (key: string, before: Value | undefined, after: Value | undefined) => Change | null,
): readonly (Change | null)[] {
  const all = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return all.map((key) => compare(key, before[key], after[key]));
}

function splitLines(text: string): readonly string[] {
  return text.split('\n');
}

/** Two long texts that share nothing take too long to be compared well: then one is gone and the other has come. */
const maxEdits = 500;

function compareLines(before: readonly string[], after: readonly string[]): readonly Line[] {
  const parts = diffArrays([...before], [...after], { maxEditLength: maxEdits });
  if (parts === undefined) return [...signed('removed', before), ...signed('added', after)];
  return parts.flatMap((part) => signed(signOf(part), part.value));
}

function signOf(part: { added: boolean; removed: boolean }): Line['sign'] {
  if (part.added) return 'added';
  return part.removed ? 'removed' : 'same';
}

function signed(sign: Line['sign'], texts: readonly string[]): readonly Line[] {
  return texts.map((text) => ({ sign, text }));
}

type FoldedLine = Line | { readonly sign: 'gap'; readonly count: number };

const context = 2;

/** Leaves out what stays the same far from any change, and says how much that is. */
export function foldLines(all: readonly Line[]): readonly FoldedLine[] {
  const near = (index: number) =>
    all.slice(Math.max(0, index - context), index + context + 1).some((line) => line.sign !== 'same');
  const folded: FoldedLine[] = [];
  for (const [index, line] of all.entries()) {
    const last = folded.at(-1);
    if (near(index)) folded.push(line);
    else if (last?.sign === 'gap') folded[folded.length - 1] = { sign: 'gap', count: last.count + 1 };
    else folded.push({ sign: 'gap', count: 1 });
  }
  return folded;
}
