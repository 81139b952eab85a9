import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import { formatCount, formatJson } from '../../format.ts';
import { describeCode } from '../../words.ts';

/* What the pages say about approvals, and nothing that draws. */

type Status = ApprovalView['status'];
type BudgetName = NonNullable<ApprovalView['budget']>['name'];

export interface State {
  readonly title: string;
  readonly tone: 'wait' | 'good' | 'bad' | 'over';
}

const states: Readonly<Record<Status, State>> = {
  pending: { title: 'Waits for a decision', tone: 'wait' },
  approved: { title: 'Approved', tone: 'good' },
  used: { title: 'Approved', tone: 'good' },
  denied: { title: 'Denied', tone: 'bad' },
  expired: { title: 'Expired', tone: 'over' },
  withdrawn: { title: 'Withdrawn', tone: 'over' },
  replaced: { title: 'Replaced', tone: 'over' },
  void: { title: 'No longer valid', tone: 'over' },
};

const budgetStates: Partial<Record<Status, State>> = {
  approved: { title: 'Continued', tone: 'good' },
  used: { title: 'Continued', tone: 'good' },
  denied: { title: 'Not continued', tone: 'bad' },
};

/** One or a few words for how an approval stands. */
export function stateOf({ status, kind }: Pick<ApprovalView, 'status' | 'kind'>): State {
  return (kind === 'budget' ? budgetStates[status] : undefined) ?? states[status];
}

const endings: Partial<Record<Status, string>> = {
  expired: 'Nobody decided in time, so it was not done.',
  withdrawn: 'The answer ended before anybody decided, so it was not done.',
  replaced: 'The arguments were changed, so another approval asks in its place.',
  void: 'What it was about has changed since, or its connection is gone, so it was not done.',
};

/** What became of a question that nobody said yes or no to, with what the service said of it; null where somebody did. */
export function describeEnding(status: Status, reason: string | null = null): string | null {
  const ending = endings[status] ?? null;
  if (ending === null || status === 'expired' || reason === null || reason === '') return ending;
  return `${reason} ${status === 'withdrawn' ? 'Nobody had decided yet, so it was not done.' : 'So it was not done.'}`;
}

type Why = NonNullable<ApprovalView['why']>;
const whyWords: Readonly<Record<Why, string>> = {
  policy: 'This persona has to ask before it does this.',
  bound: 'This is more than this persona may do in one answer without asking.',
  outside_text:
    'This answer has read text that strangers may have written, and such text can hold instructions of theirs. Look closely at what is asked.',
};

const kindWords: Partial<Record<ApprovalView['kind'], string>> = {
  budget: 'It has done as much as it may, and has paused. What is done so far is kept.',
  undo: 'What this persona has done is taken back only once a person approves that.',
};

/** Why a person is asked; null where that needs no words. */
export function describeWhy({ why, kind, status }: Pick<ApprovalView, 'why' | 'kind' | 'status'>): string | null {
  if (kind === 'budget' && status !== 'pending') return null;
  return kindWords[kind] ?? (why === null ? null : whyWords[why]);
}

/** Of which moment the fields are that a card shows of a record. An undo shows what comes back, or what goes. */
export function describeMoment({ kind, status }: Pick<ApprovalView, 'kind' | 'status'>): string {
  if (kind === 'undo') return 'with these fields';
  return status === 'pending' ? 'as it is now' : 'as it was when this was asked';
}

const budgetNouns: Readonly<
  Record<BudgetName, { readonly one: string; readonly many: string; readonly span: string }>
> = {
  steps: { one: 'step', many: 'steps', span: 'in this answer' },
  calls: { one: 'call', many: 'calls', span: 'in this answer' },
  seconds: { one: 'second of work', many: 'seconds of work', span: 'in this answer' },
  tokens: { one: 'token', many: 'tokens', span: 'in this answer' },
  effects_run: { one: 'record', many: 'records', span: 'in this answer' },
  effects_hour: { one: 'record', many: 'records', span: 'in the last hour' },
  effects_day: { one: 'record', many: 'records', span: 'in the last 24 hours' },
};

type Budgeted = Pick<ApprovalView, 'budget' | 'tool'>;

/** “Delete a Ninox record: 3 of 3 records in this answer” */
export function describeBudget({ budget, tool }: Budgeted): string {
  if (budget === null) return '';
  const { one, many, span } = budgetNouns[budget.name];
  const noun = budget.limit === 1 ? one : many;
  const used = `${formatCount(budget.used)} of ${formatCount(budget.limit)} ${noun}`;
  return tool === null ? `${used} used ${span}` : `${tool.title}: ${used} ${span}`;
}

/** What the number of a budget counts: “records”, “steps”. */
export function budgetUnit({ name }: NonNullable<ApprovalView['budget']>): string {
  return budgetNouns[name].many;
}

/** What is asked, in one line. */
export function summaryOf(approval: Pick<ApprovalView, 'kind' | 'plan' | 'budget' | 'tool'>): string {
  if (approval.kind === 'budget') return describeBudget(approval);
  const what = approval.plan?.summary ?? approval.tool?.title ?? 'A call';
  return approval.kind === 'undo' ? `Undo: ${what.charAt(0).toLowerCase()}${what.slice(1)}` : what;
}

const minute = 60_000;
const hour = 60 * minute;

/** How long a question stands: “ends in 23 h”, “ends in 12 min”, “ends soon”. Null once it is over. */
export function endsIn(expiresAt: string, now: number): string | null {
  const left = Date.parse(expiresAt) - now;
  if (left <= 0) return null;
  if (left < 5 * minute) return 'ends soon';
  if (left < hour) return `ends in ${Math.floor(left / minute)} min`;
  if (left < 48 * hour) return `ends in ${Math.floor(left / hour)} h`;
  return `ends in ${Math.floor(left / (24 * hour))} days`;
}

type Outcome = NonNullable<ApprovalView['outcome']>;

export interface OutcomeWords {
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'warn' | 'plain';
}

/** How the call went that was approved. */
export function describeOutcome({ state, happened, code }: Outcome): OutcomeWords {
  if (state === 'succeeded') return { text: 'It was done and succeeded.', tone: 'good' };
  if (state === 'failed') {
    const why = describeCode(code);
    return { text: why === null ? 'It failed.' : `It failed. ${why}`, tone: 'bad' };
  }
  if (state === 'outcome_unknown') {
    return {
      text: 'It was sent, but no answer came back. The service looks up what became of it and tells it here.',
      tone: 'warn',
    };
  }
  if (state !== 'reconciled') return { text: 'It is being done.', tone: 'plain' };
  return happened === true
    ? { text: 'No answer came back at first. Looking it up has shown: it was done.', tone: 'good' }
    : { text: 'No answer came back at first. Looking it up has shown: it was not done.', tone: 'warn' };
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** A value of a record or an argument as a person reads it. */
export function readable(value: unknown): string {
  if (isNothing(value)) return '–';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string' || typeof item === 'number'))
    return value.join(', ');
  return formatJson(value);
}

type PlannedRecord = NonNullable<ApprovalView['plan']>['records'][number];

/** Whether fields of the record are replaced, so that each has something that stands there now. */
export function isChanged({ fields }: Pick<PlannedRecord, 'fields'>): boolean {
  return fields.some(({ before }) => before !== undefined);
}

/** Which record it is, and what its fields are: “Record 7, as it is now”, “Record 7, 2 fields change”, “New, 5 fields”. */
export function describeRecord(record: Pick<PlannedRecord, 'id' | 'fields'>, moment: string): string {
  const count = record.fields.length;
  const fields = `${formatCount(count)} ${count === 1 ? 'field' : 'fields'}`;
  if (record.id === null) return `New, ${fields}`;
  if (isChanged(record)) return `Record ${record.id}, ${fields} ${count === 1 ? 'changes' : 'change'}`;
  return `Record ${record.id}, ${moment}`;
}

/** What stands in a field, or will, beside what it replaces or is replaced by. */
export function readableOrEmpty(value: unknown): string {
  return isNothing(value) ? 'Empty' : readable(value);
}

/** Arguments one by one; nothing where they are no object. */
export function argumentsOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

/** An argument as text to be changed: words as they are, everything else as JSON. */
export function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The text back as the kind of value it was; text that is none of that kind stays text, for the service to judge. */
export function fromText(text: string, before: unknown): unknown {
  if (typeof before === 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export interface Difference {
  readonly name: string;
  readonly before: string | null;
  readonly now: string | null;
}

/** What a person has changed in the arguments of a call; null stands for an argument that is not there. */
export function differencesOf(askedFor: unknown, now: unknown): readonly Difference[] {
  const before = new Map(argumentsOf(askedFor));
  const after = new Map(argumentsOf(now));
  const names = new Set([...before.keys(), ...after.keys()]);
  const read = (values: ReadonlyMap<string, unknown>, name: string) =>
    values.has(name) ? readable(values.get(name)) : null;
  return [...names].flatMap((name) => {
    const difference = { name, before: read(before, name), now: read(after, name) };
    return difference.before === difference.now ? [] : [difference];
  });
}

/** A model’s words without the marks of bold type and code, which are noise to read and are not drawn here on purpose. */
export function plainWords(words: string): string {
  return words.replace(/`([^`\n]+)`/g, '$1').replace(/\*\*([^\s*](?:[^*\n]*[^\s*])?)\*\*/g, '$1');
}

/** `record_id` becomes “Record id”. */
export function argumentLabel(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
