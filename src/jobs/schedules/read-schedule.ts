import { clockRule } from './clock-rule.ts';
import { type CronReading, looksLikeCron, readCron } from './cron.ts';
import { describeCron } from './describe-cron.ts';
import { factsToCron, type WordsReading } from './facts-to-cron.ts';
import { lexSchedule } from './lex-schedule.ts';
import type { ReadyCron } from './next-instants.ts';
import { gatherFacts } from './schedule-facts.ts';
import { suggestWord } from './suggest-word.ts';
import { checkTimeZone } from './time-zones.ts';

/** A schedule as it was written. */
export interface WrittenSchedule {
  /** A cron expression of five fields, or plain words in English or German. */
  readonly when: string;
  readonly timeZone: string;
}

export type ScheduleReading =
  | { readonly ok: true; readonly cron: string; readonly words: string }
  /** One to three sentences: what is not understood, what may have been meant, examples. */
  | { readonly ok: false; readonly problem: string };

const examples =
  'Write for example “every weekday at 8”, “every monday and thursday at 9am”, “every 2 hours”, “on the 1st of every month at 9”, “jeden Werktag um 8”, or a cron expression such as “30 8 * * 1-5”.';

/** What a schedule means; what is not understood is told with what may have been meant. */
export function readSchedule({ when, timeZone }: WrittenSchedule): ScheduleReading {
  const problem = checkTimeZone(timeZone);
  if (problem !== null) return { ok: false, problem };
  const text = when.trim().replaceAll(/\s+/g, ' ');
  if (text === '') return { ok: false, problem: `It does not say when. ${examples}` };
  const read = looksLikeCron(text) ? readCron(text) : readWords(text);
  if (!read.ok) return read;
  return { ok: true, cron: read.cron, words: describeSchedule({ cron: read.cron, timeZone }) };
}

/** In words for people, with the rule for days on which the clock is changed. */
export function describeSchedule({ cron, timeZone }: ReadyCron): string {
  const words = `${capital(describeCron(cron))}, by the clock of ${timeZone}.`;
  return timeZone === 'UTC' || timeZone.startsWith('Etc/') ? words : `${words} ${clockRule}`;
}

function readWords(text: string): CronReading {
  const read = interpret(text);
  if (read.ok) return read;
  const near = read.near === undefined ? '' : ` Did you mean “${describeCron(read.near)}”?`;
  return { ok: false, problem: `“${text}” is not understood. ${read.problem}${near} ${examples}` };
}

function interpret(text: string): WordsReading {
  const lexed = lexSchedule(text);
  if (lexed.ok) return checked(factsToCron(gatherFacts(lexed.tokens)));
  const { unknown } = lexed;
  if (/^(?:seconds|sekunden?)$/.test(unknown)) {
    return { ok: false, problem: 'The shortest step is a minute.', near: '* * * * *' };
  }
  const problem = `The word “${unknown}” is not known here.`;
  const word = suggestWord(unknown);
  if (word === null) return { ok: false, problem };
  const again = lexSchedule(text.toLowerCase().replace(unknown, word));
  const meant = again.ok ? checked(factsToCron(gatherFacts(again.tokens))) : null;
  if (meant === null) return { ok: false, problem };
  const near = meant.ok ? meant.cron : meant.near;
  return near === undefined ? { ok: false, problem } : { ok: false, problem, near };
}

/** Words can name a day that never comes, such as 30 February. */
function checked(read: WordsReading): WordsReading {
  return read.ok ? readCron(read.cron) : read;
}

function capital(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
