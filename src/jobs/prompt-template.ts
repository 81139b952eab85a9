import type { JobDefinition, Trigger } from './job-definition.ts';
import { createOutsideData } from './outside-data.ts';
import {
  isOutsideRoot,
  knownAlways,
  lineBreaksIn,
  type OutsideRoot,
  outsideRoots,
  readTemplate,
  type TemplatePart,
} from './prompt-placeholders.ts';

export interface TemplateProblem {
  /** Counts from 1. */
  readonly line: number;
  readonly problem: string;
}

const rootsOf: Readonly<Record<Trigger['kind'], readonly OutsideRoot[]>> = {
  // Started by hand or through the API, with a payload where one is given.
  manual: ['payload'],
  schedule: [],
  webhook: ['payload'],
  ninox_change: ['payload', 'record', 'change'],
};

/** What keeps a template from being filled in, with the line; empty where nothing does. */
export function checkTemplate(template: string, triggerKind: Trigger['kind']): readonly TemplateProblem[] {
  let line = 1;
  return readTemplate(template).flatMap((part) => {
    const at = line;
    line += lineBreaksIn(part.kind === 'text' ? part.text : part.written);
    if (part.kind === 'wrong') return [{ line: at, problem: part.problem }];
    if (part.kind === 'text') return [];
    const problem = problemWithPath(part.path, triggerKind);
    return problem === null ? [] : [{ line: at, problem: `{{${part.written}}} ${problem}` }];
  });
}

function problemWithPath(path: readonly string[], triggerKind: Trigger['kind']): string | null {
  const name = path.join('.');
  if (knownAlways.some((known) => known === name)) return null;
  const [root = ''] = path;
  if (!isOutsideRoot(root)) {
    const near = [...knownAlways, ...outsideRoots].find((known) => known.toLowerCase() === name.toLowerCase());
    const hint = near === undefined ? '' : ` Did you mean {{${near}}}?`;
    return `is not known.${hint} There are ${[...rootsOf[triggerKind].map((known) => `${known}.…`), ...knownAlways].join(', ')}.`;
  }
  if (rootsOf[triggerKind].includes(root)) return null;
  if (root === 'payload')
    return 'stays empty: a schedule brings no payload. Let the persona read what it needs with its tools.';
  return `is known only in a job that watches for changes in Ninox. What an event brings is {{payload.…}}.`;
}

export interface PromptContext {
  /** The instant that dates are of: the planned one of a schedule, or when the run was put on its way. */
  readonly at: Date;
  /** What the run was started with. Of a change in Ninox: `{change, record}`. */
  readonly payload: unknown;
}

export interface RenderedPrompt {
  readonly text: string;
  /** Where text from outside is in it, in words for people; null where none is. */
  readonly outsideText: string | null;
}

/** Fills a job’s prompt in. What came from outside is marked as data, and cannot end its marks. */
export function renderPrompt(
  definition: Pick<JobDefinition, 'name' | 'trigger' | 'prompt'>,
  { at, payload }: PromptContext,
): RenderedPrompt {
  const { name, trigger, prompt } = definition;
  const dates = datesAt(at, trigger.kind === 'schedule' ? trigger.timeZone : 'UTC');
  const ours: Readonly<Record<string, string>> = { ...dates, 'job.name': name };
  const data = createOutsideData();
  const fill = (part: TemplatePart): string => {
    if (part.kind === 'text') return part.text;
    if (part.kind === 'wrong') return part.written;
    const [root = ''] = part.path;
    if (isOutsideRoot(root)) return data.show(part.path.join('.'), valueAt(payload, root, part.path.slice(1)));
    return ours[part.path.join('.')] ?? `{{${part.written}}}`;
  };
  const parts = readTemplate(prompt);
  const text = parts.map(fill).join('');
  const isFromOutside = parts.some((part) => part.kind === 'value' && isOutsideRoot(part.path[0] ?? ''));
  if (!isFromOutside) return { text, outsideText: null };
  const source = sourceOf(definition);
  return { text: `${text}\n\n${data.section(text, source)}`, outsideText: source };
}

function sourceOf({ name, trigger }: Pick<JobDefinition, 'name' | 'trigger'>): string {
  const job = `the job “${name}”`;
  if (trigger.kind === 'webhook') return `the payload of an event of ${job}`;
  if (trigger.kind === 'ninox_change') return `a record that was changed in Ninox, which ${job} watches`;
  return `the payload that ${job} was started with`;
}

function valueAt(payload: unknown, root: string, path: readonly string[]): unknown {
  const whole = root === 'payload' ? path : [root, ...path];
  let found = payload;
  for (const name of whole) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found;
}

type DateName = Exclude<(typeof knownAlways)[number], 'job.name'>;

const dayMs = 24 * 3600 * 1000;

function datesAt(at: Date, timeZone: string): Readonly<Record<DateName, string>> {
  const { year, month, day, hour, minute } = partsAt(at, timeZone);
  // The calendar’s days, whatever the clocks do there.
  const today = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const weekday = (new Date(today).getUTCDay() + 6) % 7;
  const monday = today - weekday * dayMs;
  return {
    date: dayOf(today),
    time: `${hour}:${minute}`,
    yesterday: dayOf(today - dayMs),
    week: `${weekNumberOf(monday)}, ${dayOf(monday)} to ${dayOf(monday + 6 * dayMs)}`,
    month: dayOf(today).slice(0, 7),
  };
}

function partsAt(at: Date, timeZone: string): Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'minute', string>> {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const { year = '', month = '', day = '', hour = '', minute = '' } = parts;
  return { year, month, day, hour, minute };
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** The week is of the year its Thursday is in. */
function weekNumberOf(monday: number): string {
  const year = new Date(monday + 3 * dayMs).getUTCFullYear();
  const fourth = Date.UTC(year, 0, 4);
  const firstMonday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * dayMs;
  const week = Math.round((monday - firstMonday) / (7 * dayMs)) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}
