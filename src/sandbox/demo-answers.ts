import {
  type Goal,
  has,
  isRequest,
  type Place,
  type RecordAddress,
  recognizeGoal,
  type TableSaid,
} from './demo-intents.ts';
import type { Mention, Message } from './demo-message.ts';
import { matchName } from './demo-names.ts';
import { hasOddNumber, isClearYes } from './demo-order.ts';
import type { Question } from './demo-step.ts';
import {
  againWords,
  everythingWords,
  exceptWords,
  listWords,
  noWords,
  ordinals,
  rankWords,
  yesWords,
} from './demo-vocabulary.ts';

/** What a conversation is about before a message is read. */
export interface Dialogue {
  readonly goal: Goal | null;
  readonly question: Question | null;
  readonly team: Place | null;
  readonly deletion: RecordAddress | null;
}

/** What a message asks for, given what was asked before it: an answer, a correction, or something new. */
export function interpret(dialogue: Dialogue, message: Message): Goal {
  const goal = withTeamSpokenOf(recognizeGoal(message), dialogue.team);
  const { goal: pending, question } = dialogue;
  const goesOn = confirmed(dialogue, message) ?? followsUp(dialogue, goal, message);
  if (goesOn !== null) return goesOn;
  if (pending === null) return goal;
  if (question === null) return isAgain(message) && goal.kind === 'unknown' ? pending : goal;
  if (isRequest(message) && !onlyAnswers(message)) return continues(pending, goal) ? mergeGoals(pending, goal) : goal;
  const answered = answerQuestion(pending, question, message);
  if (answered !== null) return answered;
  const isSomethingElse = question.isOffer || (goal.kind !== 'unknown' && goal.kind !== 'agree');
  return isSomethingElse ? goal : pending;
}

/** Only a clear yes, and only right after the question about this one deletion. */
function confirmed({ goal, question }: Dialogue, message: Message): Goal | null {
  const asked = question?.confirms;
  return goal !== null && asked !== undefined && isClearYes(message.text) ? { ...goal, confirmed: asked } : null;
}

/** “And Büro Süd?” asks the same of another place, “and record 13 too” speaks of another deletion. */
function followsUp(dialogue: Dialogue, goal: Goal, message: Message): Goal | null {
  const isFurther =
    /^\s*(?:and|und|what about|how about|was ist mit|wie sieht es mit)\b/i.test(message.text) ||
    /\b(?:too|as well|also|auch|ebenfalls)\b/i.test(message.text);
  if (!isFurther) return null;
  if (goal.kind === 'list-records') return furtherDeletion(dialogue, goal, message);
  const { goal: pending } = dialogue;
  const [said, second] = goal.loose;
  if (goal.kind !== 'unknown' || said === undefined || second !== undefined) return null;
  if (pending?.kind === 'find-database') return { ...pending, database: { said }, team: null, loose: [] };
  if (pending?.kind !== 'list-databases' && pending?.kind !== 'show-team') return null;
  return { ...pending, team: { said }, database: null, loose: [] };
}

function furtherDeletion({ goal: pending, deletion }: Dialogue, goal: Goal, message: Message): Goal | null {
  const isElsewhere = goal.database !== null || goal.team !== null || goal.loose.length > 0;
  if (isElsewhere || goal.record === null || has(message, listWords)) return null;
  const order: Goal = { ...goal, kind: 'delete-record' };
  if (deletion === null) return pending?.kind === 'delete-record' ? mergeGoals(pending, order) : null;
  const { database, team, table } = deletion;
  return {
    ...order,
    table: goal.table ?? { text: table, isId: true },
    database: { chosen: { ...database, team } },
    team: { chosen: team },
  };
}

function withTeamSpokenOf(goal: Goal, team: Place | null): Goal {
  const isOpen = goal.team === null && goal.refersBack && !goal.loose.some((mention) => mention.linked);
  return isOpen && team !== null ? { ...goal, team: { chosen: team } } : goal;
}

function isAgain(message: Message): boolean {
  return has(message, againWords) || /\b(?:go on|noch ?mal)\b/i.test(message.text);
}

/** “Yes, delete it” names nothing new. */
function onlyAnswers(message: Message): boolean {
  const namesNothing =
    message.loose.length === 0 && message.numbers.length === 0 && Object.keys(message.named).length === 0;
  return namesNothing && (has(message, yesWords) || positionIn(message) !== null);
}

/** “Delete record 12” as an answer to “which record of CRM?” goes on with CRM; naming a place starts anew. */
function continues(pending: Goal, goal: Goal): boolean {
  return (
    pending.kind === 'delete-record' &&
    goal.kind === 'delete-record' &&
    goal.database === null &&
    goal.loose.length === 0
  );
}

function mergeGoals(pending: Goal, goal: Goal): Goal {
  return {
    ...goal,
    team: goal.team ?? pending.team,
    database: goal.team === null ? pending.database : withoutChoice(pending.database),
    table: goal.table ?? pending.table,
    record: goal.record ?? pending.record,
    loose: pending.loose,
  };
}

function withoutChoice(reference: Goal['database']): Goal['database'] {
  return reference !== null && 'said' in reference ? reference : null;
}

/** Null where the message does not answer the question. */
function answerQuestion(goal: Goal, question: Question, message: Message): Goal | null {
  const picked = pickOption(question, message);
  if (picked !== null) return withPlace(goal, question, picked);
  if (has(message, noWords) && message.loose.length === 0) return null;
  if (goal.kind === 'list-databases' && has(message, everythingWords)) return { ...goal, team: null, loose: [] };
  if (question.isOffer) return null;
  const filled = fillGaps(goal, question, message);
  return filled === goal ? null : filled;
}

function withPlace(goal: Goal, question: Question, place: Place): Goal {
  if (question.missing.includes('team')) return { ...goal, team: { chosen: place } };
  return {
    ...goal,
    database: { chosen: place },
    team: place.team === undefined ? goal.team : { chosen: place.team },
    loose: [],
  };
}

function pickOption({ options }: Question, message: Message): Place | null {
  if (options.length === 0) return null;
  const [only, ...others] = options;
  const saysYes = has(message, yesWords) && !has(message, noWords);
  const named = optionsNamed(options, [...mentionsIn(message)]);
  if (named.length > 0) return named.length === 1 ? (named[0] ?? null) : null;
  if (saysYes && others.length === 0) return only ?? null;
  return options.at(positionIn(message) ?? options.length) ?? null;
}

function positionIn(message: Message): number | null {
  const { team, database } = message.named;
  const said = [...message.numbers, team?.phrase ?? '', database?.phrase ?? ''];
  const [number, further] = said.filter((text) => /^\d+$/.test(text));
  if (number !== undefined && further === undefined && !message.singular.has('record')) {
    return Number(number) > 0 ? Number(number) - 1 : null;
  }
  const positions = message.keys.map((key) => ordinals.get(key)).filter((position) => position !== undefined);
  return positions.length === 1 ? (positions[0] ?? null) : null;
}

function mentionsIn(message: Message): Mention[] {
  const { team, database } = message.named;
  return [...(database === undefined ? [] : [database]), ...(team === undefined ? [] : [team]), ...message.loose];
}

/** The options that fit everything said, by their own name or, for databases of one name, by their team's. */
function optionsNamed(options: readonly Place[], mentions: readonly Mention[]): readonly Place[] {
  let left = options;
  let isNarrowed = false;
  for (const mention of mentions) {
    const own = closest(left, mention);
    const byTeam = left.filter((option) => option.team !== undefined && closest([option.team], mention).length > 0);
    const found = own.length > 0 && own.length < left.length ? own : byTeam.length > 0 ? byTeam : own;
    if (found.length === 0) continue;
    left = found;
    isNarrowed = true;
  }
  return isNarrowed ? left : [];
}

function closest(options: readonly Place[], mention: Mention): readonly Place[] {
  const { exact, near } = matchName(options, mention);
  return exact.length > 0 ? exact : near;
}

/** Puts into the goal what the message names and the question asked for. Returns the same goal where that is nothing. */
function fillGaps(goal: Goal, { missing }: Question, message: Message): Goal {
  const gaps = { ...idsFor(missing, message), ...placesFor(missing, message) };
  return Object.keys(gaps).length === 0 ? goal : { ...goal, ...gaps };
}

function idsFor(missing: Question['missing'], message: Message): Partial<Goal> {
  const { table: said } = recognizeGoal(message);
  const bare = missing.includes('table') && !said?.isId ? bareTable(message) : null;
  const table = bare ?? said;
  const record = missing.includes('record') ? bareRecord(message) : null;
  return {
    ...(record === null ? {} : { record, everything: false }),
    ...(table === null ? {} : { table }),
  };
}

/** One number that stands for itself, not for how many or for a place in an order. */
function bareRecord(message: Message): string | null {
  const [number, second] = message.numbers;
  const counts =
    message.plural.has('record') ||
    [rankWords, exceptWords].some((words) => has(message, words)) ||
    namesPosition(message);
  return number !== undefined && second === undefined && !counts && !hasOddNumber(message.text) ? number : null;
}

function namesPosition(message: Message): boolean {
  return message.keys.some((key) => ordinals.has(key));
}

/** A name without a kind is taken for the one that was asked for. */
function placesFor(missing: Question['missing'], message: Message): Partial<Goal> {
  if (!missing.includes('team') && !missing.includes('database')) return {};
  const { team, database } = recognizeGoal(message);
  if (team !== null || database !== null) {
    return { ...(team === null ? {} : { team }), ...(database === null ? {} : { database }) };
  }
  const [loose] = message.loose;
  if (loose === undefined) return {};
  return missing.includes('team') ? { team: { said: loose } } : { database: { said: loose } };
}

/** A table id said without the word “table”, in answer to the question for one. */
function bareTable(message: Message): TableSaid | null {
  const found = message.text.match(/(?<![\p{L}\p{N}'’])[A-Z]{1,3}\d{0,3}(?![\p{L}\p{N}'’])/gu) ?? [];
  const [text, second] = /^\s*[a-z]\s*$/.test(message.text) ? [message.text.trim().toUpperCase()] : found;
  return text !== undefined && second === undefined ? { text, isId: true } : null;
}
