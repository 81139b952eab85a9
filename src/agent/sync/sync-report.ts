import type { PastCall } from './sync-history.ts';
import { isObject } from './sync-items.ts';
import type { Planned } from './sync-plan.ts';

/** An item with the call that was made for it; null where none was. */
export interface Written {
  readonly item: Planned;
  readonly call: PastCall | null;
}

type Outcome = 'created' | 'updated' | 'skipped' | 'failed';

interface Line {
  readonly outcome: Outcome;
  readonly key: string;
  readonly why: string;
}

const mostLines = 200;

/** What was done, in Markdown: the counts, then every item that is worth a line. */
export function reportSync(written: readonly Written[], note: string | null = null): string {
  const lines = written.map(lineOf);
  const isTrial = written.some(({ call }) => isTrialAnswer(call));
  const count = (outcome: Outcome) => lines.filter((line) => line.outcome === outcome).length;
  const [created, updated] = isTrial ? ['Would be created', 'Would be updated'] : ['Created', 'Updated'];
  const head = [
    isTrial ? '**This was a trial: nothing was changed.**' : null,
    note,
    `| ${created} | ${updated} | Skipped | Failed |`,
    '| ---: | ---: | ---: | ---: |',
    `| ${count('created')} | ${count('updated')} | ${count('skipped')} | ${count('failed')} |`,
  ].filter((line) => line !== null);
  const told = lines.filter(({ outcome, why }) => outcome !== 'skipped' || why !== 'Nothing has changed.');
  const rows = told.slice(0, mostLines).map(({ outcome, key, why }) => `| ${cell(key)} | ${outcome} | ${cell(why)} |`);
  const rest = told.length > mostLines ? [`And ${told.length - mostLines} more.`] : [];
  const table = rows.length === 0 ? [] : ['', '| Key | Outcome | |', '| --- | --- | --- |', ...rows];
  // A table begins after an empty line.
  const opening = head.flatMap((line) =>
    line.startsWith('| Created') || line.startsWith('| Would') ? ['', line] : [line],
  );
  return [...opening, ...table, ...rest].join('\n').trim();
}

function lineOf({ item, call }: Written): Line {
  const key = item.key ?? '–';
  if (item.type === 'skip') return { outcome: 'skipped', key, why: item.why };
  if (item.type === 'fail') return { outcome: 'failed', key, why: item.why };
  if (call === null) return { outcome: 'failed', key, why: 'It was not sent.' };
  if (!call.ok) return { outcome: 'failed', key, why: messageOf(call.output) };
  return { outcome: item.type === 'create' ? 'created' : 'updated', key, why: describe(item.fields) };
}

function isTrialAnswer(call: PastCall | null): boolean {
  return call?.ok === true && isObject(call.output) && call.output.trial === true;
}

export function messageOf(error: unknown): string {
  const message = isObject(error) ? error.message : null;
  return typeof message === 'string' ? message.slice(0, 300) : 'It did not succeed; the activity has the details.';
}

function describe(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('; ');
}

/** Cells hold what others wrote: nothing of it may end the cell or become Markdown. */
function cell(text: string): string {
  const line = text.replace(/\s+/g, ' ').slice(0, 300).toWellFormed();
  return line.replace(/[\\|`*_[\]<>~#!]/g, (sign) => `\\${sign}`);
}
