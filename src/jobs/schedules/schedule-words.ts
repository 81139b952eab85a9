/*
 * The words in which schedules are written, English and German, with accents taken off (ü is u, ß is ss).
 */

export type WordKind =
  | { readonly kind: 'every' }
  | { readonly kind: 'unit'; readonly unit: 'minute' | 'hour' | 'day' | 'month' }
  /** A word that says by itself how often. */
  | { readonly kind: 'often'; readonly unit: 'hour' | 'day' | 'week' | 'month' | 'year' }
  | { readonly kind: 'week' }
  | { readonly kind: 'year' }
  | { readonly kind: 'days'; readonly days: readonly number[] }
  | { readonly kind: 'monthName'; readonly month: number }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'ordinal'; readonly value: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'half' }
  | { readonly kind: 'quarter' }
  | { readonly kind: 'other' }
  | { readonly kind: 'at' }
  | { readonly kind: 'and' }
  | { readonly kind: 'to' }
  | { readonly kind: 'time'; readonly hour: number; readonly minute: number }
  | { readonly kind: 'afternoon' }
  | { readonly kind: 'filler' };

const weekdays = [1, 2, 3, 4, 5];

const dayWords: readonly (readonly [string, readonly number[]])[] = [
  ['sunday sundays sun sonntag sonntags so', [0]],
  ['monday mondays mon montag montags mo', [1]],
  ['tuesday tuesdays tue tues dienstag dienstags di', [2]],
  ['wednesday wednesdays wed mittwoch mittwochs mi', [3]],
  ['thursday thursdays thu thur thurs donnerstag donnerstags do', [4]],
  ['friday fridays fri freitag freitags fr', [5]],
  ['saturday saturdays sat samstag samstags sonnabend sonnabends sa', [6]],
  ['weekday weekdays workday workdays werktag werktags werktage werktagen wochentag wochentags', weekdays],
  ['arbeitstag arbeitstags arbeitstage arbeitstagen werktaglich', weekdays],
  ['weekend weekends wochenende wochenenden wochenends', [6, 0]],
];

const monthWords = [
  'january jan januar janner',
  'february feb februar',
  'march mar marz',
  'april apr',
  'may mai',
  'june jun juni',
  'july jul juli',
  'august aug',
  'september sep sept',
  'october oct oktober okt',
  'november nov',
  'december dec dezember dez',
];

const numberWords = [
  'one ein einem einer eins',
  'two zwei',
  'three drei',
  'four vier',
  'five funf',
  'six sechs',
  'seven sieben',
  'eight acht',
  'nine neun',
  'ten zehn',
  'eleven elf',
  'twelve zwolf',
];

const ordinalWords = [
  'first erste ersten erster erstes',
  'second zweite zweiten zweiter zweites',
  'third dritte dritten dritter drittes',
  'fourth vierte vierten vierter viertes',
];

const otherWords: readonly (readonly [string, WordKind])[] = [
  ['every each all alle allen jeden jede jedes jeder jedem je', { kind: 'every' }],
  ['minute minutes min mins minuten', { kind: 'unit', unit: 'minute' }],
  ['hour hours stunde stunden h std', { kind: 'unit', unit: 'hour' }],
  ['day days tag tage tagen tages', { kind: 'unit', unit: 'day' }],
  ['month months monat monate monaten monats', { kind: 'unit', unit: 'month' }],
  ['week weeks woche wochen', { kind: 'week' }],
  ['year years jahr jahre jahren jahres', { kind: 'year' }],
  ['hourly stundlich', { kind: 'often', unit: 'hour' }],
  ['daily taglich tagtaglich', { kind: 'often', unit: 'day' }],
  ['weekly wochentlich', { kind: 'often', unit: 'week' }],
  ['monthly monatlich', { kind: 'often', unit: 'month' }],
  ['yearly annually jahrlich', { kind: 'often', unit: 'year' }],
  ['quarter viertelstunde', { kind: 'quarter' }],
  ['half halbe halben', { kind: 'half' }],
  ['other', { kind: 'other' }],
  ['last letzte letzten letzter letztes', { kind: 'last' }],
  ['at um @', { kind: 'at' }],
  ['and und sowie or oder', { kind: 'and' }],
  ['to through until till bis', { kind: 'to' }],
  ['noon midday mittag mittags', { kind: 'time', hour: 12, minute: 0 }],
  ['midnight mitternacht mitternachts', { kind: 'time', hour: 0, minute: 0 }],
  ['afternoon afternoons evening evenings nachmittags nachmittag abends abend', { kind: 'afternoon' }],
  ['morning mornings morgens fruh vormittags', { kind: 'filler' }],
  ['the a an of on in per pro am an im der die das den dem des', { kind: 'filler' }],
  ['uhr oclock clock o once einmal jeweils immer run runs business working day’s s', { kind: 'filler' }],
];

function createDictionary(): ReadonlyMap<string, WordKind> {
  const entries = [
    ...dayWords.map(([words, days]) => [words, { kind: 'days', days }] as const),
    ...monthWords.map((words, index) => [words, { kind: 'monthName', month: index + 1 }] as const),
    ...numberWords.map((words, index) => [words, { kind: 'number', value: index + 1 }] as const),
    ...ordinalWords.map((words, index) => [words, { kind: 'ordinal', value: index + 1 }] as const),
    ...otherWords,
  ];
  return new Map(entries.flatMap(([words, kind]) => words.split(' ').map((word) => [word, kind] as const)));
}

const dictionary = createDictionary();

export function kindOf(word: string): WordKind | null {
  return dictionary.get(word) ?? null;
}

export const knownWords: readonly string[] = [...dictionary.keys()].filter((word) => word.length >= 3);
