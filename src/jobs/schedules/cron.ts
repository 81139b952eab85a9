import { Cron } from 'croner';

export type CronReading =
  | { readonly ok: true; readonly cron: string }
  | { readonly ok: false; readonly problem: string };

const fieldNames = 'minute, hour, day of the month, month, day of the week';
const example = 'for example “30 8 * * 1-5” for every weekday at 8:30';

const nicknames: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/** Whether something is meant as a cron expression, right or wrong. */
export function looksLikeCron(text: string): boolean {
  if (text.startsWith('@')) return true;
  const fields = text.split(' ');
  return fields.length >= 4 && fields.slice(0, 2).every((field) => /^[\d*?][\d*,/?-]*$/.test(field));
}

/** Reads a cron expression of five fields. The problem is a sentence that says what is wrong and what is right. */
export function readCron(text: string): CronReading {
  if (text.startsWith('@')) return readNickname(text.toLowerCase());
  const fields = text.toUpperCase().split(' ');
  if (fields.length === 6 || fields.length === 7) {
    return problem(
      `A cron expression has five fields here: ${fieldNames}. This one has ${fields.length}; seconds and years are not taken. Leave them out, ${example}.`,
    );
  }
  if (fields.length !== 5) {
    return problem(`A cron expression has five fields: ${fieldNames}. This one has ${fields.length}, ${example}.`);
  }
  const cron = fields.join(' ');
  return checkFields(cron);
}

function readNickname(name: string): CronReading {
  const cron = nicknames[name];
  if (cron !== undefined) return { ok: true, cron };
  if (name === '@reboot') {
    return problem(
      '“@reboot” is not taken: a job is planned by the clock, and a restart of the service is no reason to run it. Write when it is to run, for example “every day at 8”.',
    );
  }
  return problem(`“${name}” is not known. Known are ${Object.keys(nicknames).join(', ')}.`);
}

function problem(words: string): CronReading {
  return { ok: false, problem: words };
}

/** Signs that mean different things in different crons, or that nobody can foresee. */
const refused = /[?+~HR]/;

function checkFields(cron: string): CronReading {
  const withoutNames = cron.replaceAll(/[A-Z]{3}/g, '');
  const sign = refused.exec(withoutNames)?.[0];
  if (sign !== undefined) {
    return problem(`“${sign}” is not taken in a cron expression. Write numbers, “*”, “,”, “-” and “/”, ${example}.`);
  }
  const pattern = openPattern(cron);
  if (pattern === null) {
    return problem(`The cron expression “${cron}” cannot be read. It has the fields ${fieldNames}, ${example}.`);
  }
  if (pattern.nextRun(new Date('2024-01-01T00:00:00Z')) === null) {
    return problem(`The cron expression “${cron}” names a day that never comes. Check day and month.`);
  }
  return { ok: true, cron };
}

function openPattern(cron: string): Cron | null {
  try {
    return openCron(cron, 'UTC');
  } catch {
    return null;
  }
}

/** Without a function nothing is ever started by it. */
export function openCron(cron: string, timeZone: string): Cron {
  return new Cron(cron, { timezone: timeZone, mode: '5-part', paused: true });
}

/** Whether it names times of a day, and not steps of minutes or hours. */
export function namesTimes(cron: string): boolean {
  const [minute = '', hour = ''] = cron.split(' ');
  return !/[*/]/.test(minute + hour);
}
