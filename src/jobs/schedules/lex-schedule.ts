import { kindOf, type WordKind } from './schedule-words.ts';

export type Token = WordKind & { readonly text: string };

export type Lexed =
  | { readonly ok: true; readonly tokens: readonly Token[] }
  | { readonly ok: false; readonly unknown: string };

/** Takes a schedule in words apart. Times, ordinals and numbers are known by their form, all else by the dictionary. */
export function lexSchedule(text: string): Lexed {
  const plain = plainText(text);
  const isGerman = german.test(plain);
  const tokens: Token[] = [];
  for (const [written] of plain.matchAll(pieces)) {
    const token = readPiece(written, isGerman);
    if (token === null) return { ok: false, unknown: written };
    tokens.push(...(Array.isArray(token) ? token : [token]));
  }
  return { ok: true, tokens };
}

/** Lower case, without accents, as the dictionary is. */
function plainText(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/\bo['’]clock\b/g, 'oclock')
    .replaceAll(/\b([ap])\.m\.?(?!\w)/g, '$1m')
    .replaceAll(/\b(?:every|each)\s+(?:working|business)\s+day\b/g, 'every weekday')
    .replaceAll(/\b(?:working|business)\s+days?\b/g, 'weekday')
    .replaceAll(/\bworking day\b/g, 'weekday');
}

/** In English “9 am” is a time of day, in German “9 am Montag” is a time and a day. */
const german = /\b(?:um|uhr|jede[nrsm]?|alle|taglich|werktags?|und|wochentlich|monatlich|stundlich|jahrlich)\b/;

const pieces =
  /\d{1,2}\s*(?::|\.(?=\d\d)|h(?=\d\d))\s*\d{2}(?:\s*[ap]m\b)?|\d{1,2}\s*[ap]m\b|\d{1,2}\s+uhr\s+\d{2}\b|\d+(?:st|nd|rd|th)\b|\d+\.(?!\d)|\d+|[a-z]+|[@]|[,;&+]|[-–—]|\S/g;

function readPiece(written: string, isGerman: boolean): Token | Token[] | null {
  const withMinutes = /^(\d{1,2})\s*(?:[:.h]|\s+uhr\s+)\s*(\d{2})(?:\s*([ap])m)?$/.exec(written);
  if (withMinutes !== null) return timeToken(written, withMinutes.slice(1));
  const halfDay = /^(\d{1,2})\s*([ap])m$/.exec(written);
  if (halfDay !== null) {
    const [, hour = '', half = ''] = halfDay;
    if (isGerman && half === 'a') return { kind: 'number', value: Number(hour), text: hour };
    return timeToken(written, [hour, '0', half]);
  }
  const ordinal = /^(\d+)(?:st|nd|rd|th|\.)$/.exec(written);
  if (ordinal !== null) return { kind: 'ordinal', value: Number(ordinal[1]), text: written };
  if (/^\d+$/.test(written)) return { kind: 'number', value: Number(written), text: written };
  if (/^[,;&+]$/.test(written)) return { kind: 'and', text: written };
  if (/^[-–—]$/.test(written)) return { kind: 'to', text: written };
  const kind = kindOf(written);
  return kind === null ? null : { ...kind, text: written };
}

/** Null for a time that no clock shows. */
function timeToken(text: string, [hours = '', minutes = '0', half]: readonly (string | undefined)[]): Token | null {
  const minute = Number(minutes);
  const hour = hourOf(Number(hours), half);
  if (hour === null || minute > 59) return null;
  return { kind: 'time', hour, minute, text };
}

function hourOf(hour: number, half: string | undefined): number | null {
  if (half === undefined) return hour > 23 ? null : hour;
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (half === 'p' ? 12 : 0);
}
