import type {
  ApprovalRuleView,
  EffectBudgetView,
  PersonaDefinition,
  PersonaView,
} from '#channels/http/contract/personas.ts';
import { countOf } from './persona-words.ts';

/* Who decides, how much may be changed, and what text from outside takes away: said in sentences. */

export type Rule = PersonaDefinition['approvers'][string];
export type EffectBudget = PersonaDefinition['effects'][string];

export const defaultRule: Rule = { people: null, fourEyes: false, hours: 24 };
export const noEffects: EffectBudget = { run: null, hour: null, day: null, rows: null };

/** Somebody named to decide; without a name for whoever does not belong to the organization any more. */
type Named = Pick<NonNullable<ApprovalRuleView['people']>[number], 'name'>;

const anybody = new Intl.ListFormat('en', { type: 'disjunction' });
const everything = new Intl.ListFormat('en', { type: 'conjunction' });

/** “Anna or Ben decides within 24 hours.” */
export function describeRule(
  { fourEyes, hours }: Pick<Rule, 'fourEyes' | 'hours'>,
  people: readonly Named[] | null,
): string {
  const within = `within ${countOf(hours, 'hour')}`;
  if (people === null) {
    const who = fourEyes
      ? 'An owner or admin decides, but never whoever asked'
      : 'Whoever asked, an owner or an admin decides';
    return `${who}, ${within}.`;
  }
  const names = anybody.format(people.map(({ name }) => name ?? 'somebody who has left'));
  return `Only ${names} decides${fourEyes ? ', but never on what they asked for themselves' : ''}, ${within}.`;
}

/** “At most 3 records in one answer and 20 a day.” Null where nothing is limited. */
export function describeEffects({ run, hour, day, rows }: EffectBudgetView): string | null {
  const parts = [
    { limit: rows, where: 'at a time' },
    { limit: run, where: 'in one answer' },
    { limit: hour, where: 'an hour' },
    { limit: day, where: 'a day' },
  ].flatMap(({ limit, where }) => (limit === null ? [] : [{ limit, where }]));
  const [first, ...rest] = parts;
  if (first === undefined) return null;
  const others = rest.map(({ limit, where }) => `${Number.isNaN(limit) ? '…' : limit} ${where}`);
  const list = [`${countOf(first.limit, 'record')} ${first.where}`, ...others];
  return `At most ${everything.format(list)}.`;
}

/** Whether a tool whose policy this is can ever come to a person: `deny` never asks. */
export function mayAsk({ approval, effect }: PersonaView['tools'][number]): boolean {
  return approval === 'deny' ? false : approval !== 'auto' || effect !== 'read';
}

/** What a persona says about a tool beyond its policy, in sentences; only what differs from what holds anyway. */
export function describeToolRules(persona: PersonaView, tool: PersonaView['tools'][number]): readonly string[] {
  if (tool.approval === 'deny') return [];
  const rule = persona.approvers[tool.name];
  const effects = persona.effects[tool.name];
  return [
    ...(rule === undefined ? [] : [describeRule(rule, rule.people)]),
    ...(effects === undefined ? [] : [describeEffects(effects)]),
  ].filter((sentence) => sentence !== null);
}

export const outsideTextWords = {
  ask: {
    title: 'Ask before every change',
    hint: 'Once an answer has read such text, a person approves every change for the rest of it, also where a tool needs no approval otherwise.',
    short: 'Once it has read text that strangers may have written, a person approves every change.',
  },
  trust: {
    title: 'Change nothing about the approvals',
    hint: 'Whoever writes such text can try to talk the persona into changes, and those made without asking are then made.',
    short:
      'Also after it has read text that strangers may have written, what needs no approval is done without asking.',
  },
} as const;

export const undoWords = {
  auto: 'An undo needs no approval.',
  ask: 'An undo needs an approval.',
} as const;

/** What holds for every change of a persona, in a few sentences. */
export function describeSafeguards({
  outsideText,
  publicTables,
  undo,
}: {
  readonly outsideText: PersonaView['outsideText'];
  readonly publicTables: readonly string[];
  readonly undo: PersonaView['undo'];
}): string {
  const tables = publicTables.length === 0 ? '' : ` Strangers can write to ${countOf(publicTables.length, 'table')}.`;
  return `${outsideTextWords[outsideText].short}${tables} ${undoWords[undo]}`;
}
