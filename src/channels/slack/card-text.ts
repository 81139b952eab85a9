import type { types } from '@slack/bolt';
import { safeMrkdwn, shorten } from './safe-text.ts';

export type SlackBlock = types.KnownBlock;

/** What Slack takes in one text. */
const longestText = 2_900;

/** Makes texts as short as they must be, and knows whether any lost something. */
export interface Shortener {
  /** Text of others on one line, which calls nobody. */
  line(text: string, most: number): string;
  /** The same with its lines. */
  lines(text: string, most: number): string;
  /** The first of them. */
  first<T>(items: readonly T[], most: number): readonly T[];
  readonly hasShortened: boolean;
}

export function createShortener(): Shortener {
  let hasShortened = false;
  const cut = (text: string, most: number) => {
    if (text.length > most) hasShortened = true;
    return safeMrkdwn(shorten(text, most));
  };
  return {
    line: (text, most) => cut(text.replace(/\s+/g, ' ').trim(), most),
    lines: (text, most) => cut(text.replace(/[\u2028\u2029]/g, '\n').trim(), most),
    first(items, most) {
      if (items.length > most) hasShortened = true;
      return items.slice(0, most);
    },
    get hasShortened() {
      return hasShortened;
    },
  };
}

/** A paragraph. What is too long for one is ended; it was made safe before, so an entity may be cut in two but no mark made. */
export function paragraph(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: shorten(text, longestText), verbatim: true } };
}

export function smallPrint(text: string): SlackBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: shorten(text, 1_900), verbatim: true }] };
}

/** A moment as it is where the reader is. */
export function momentOf(at: Date): string {
  const utc = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${Math.floor(at.getTime() / 1000)}^{date_short_pretty} {time}|${utc}>`;
}

/** An address of ours, which holds nothing of others. */
export function linkTo(address: string, label: string): string {
  return `<${address}|${label}>`;
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
  return JSON.stringify(value);
}

/** The same beside what it replaces or is replaced by, where a dash would say too little. */
export function readableOrEmpty(value: unknown): string {
  return isNothing(value) ? '(empty)' : readable(value);
}
