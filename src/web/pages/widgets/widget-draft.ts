import type {
  ChangeWidgetRequest,
  WidgetAppearance,
  WidgetLimits,
  WidgetView,
} from '#channels/http/contract/widgets.ts';
import { splitDetail } from '../../components/form-problems.ts';

export type LimitName = keyof WidgetLimits;

/** A widget's settings while they are written: addresses as lines of text, numbers as typed. */
export interface WidgetDraft {
  readonly name: string;
  readonly personaId: string;
  readonly origins: string;
  readonly identifiedOnly: boolean;
  readonly attachments: boolean;
  readonly appearance: WidgetAppearance;
  readonly limits: Readonly<Record<LimitName, string>>;
}

/** What the service takes at most; it checks the same again. `mayBeEmpty` is no limit. */
export const limitRules: Readonly<Record<LimitName, { readonly most: number; readonly mayBeEmpty: boolean }>> = {
  visitorPerMinute: { most: 60, mayBeEmpty: false },
  visitorPerDay: { most: 10_000, mayBeEmpty: false },
  visitorTokensPerDay: { most: 1_000_000_000, mayBeEmpty: true },
  widgetPerDay: { most: 1_000_000, mayBeEmpty: true },
  widgetTokensPerDay: { most: 1_000_000_000, mayBeEmpty: true },
  messageCharacters: { most: 16_000, mayBeEmpty: false },
};
export const limitNames = Object.keys(limitRules) as readonly LimitName[];

export const most = { name: 80, title: 60, greeting: 300, origins: 50 } as const;

export function toDraft(widget: WidgetView): WidgetDraft {
  const { name, personaId, origins, identifiedOnly, attachments, appearance, limits } = widget;
  const asTyped = limitNames.map((limit) => [limit, limits[limit] === null ? '' : String(limits[limit])] as const);
  return {
    name,
    personaId,
    origins: origins.join('\n'),
    identifiedOnly,
    attachments,
    appearance,
    limits: Object.fromEntries(asTyped) as Record<LimitName, string>,
  };
}

/** The addresses that were written, one a line; empty lines say nothing. */
export function readOrigins(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim().replace(/([^/])\/$/, '$1'))
    .filter((line) => line !== '');
}

function toLimits(limits: WidgetDraft['limits']): WidgetLimits {
  const numbers = limitNames.map((name) => [name, limits[name].trim() === '' ? null : Number(limits[name])] as const);
  return Object.fromEntries(numbers) as unknown as WidgetLimits;
}

export type SettingsChange = Omit<ChangeWidgetRequest, 'revision' | 'isOn'>;

/** What the draft says differently from the widget it was begun from; nothing where it says the same. */
export function changeOf(draft: WidgetDraft, base: WidgetView): SettingsChange {
  const { title, greeting, ...look } = draft.appearance;
  const wanted = {
    name: draft.name.trim(),
    personaId: draft.personaId,
    origins: readOrigins(draft.origins),
    identifiedOnly: draft.identifiedOnly,
    attachments: draft.attachments,
    appearance: { title: title.trim(), greeting: greeting.trim(), ...look },
    limits: toLimits(draft.limits),
  };
  const changed = Object.entries(wanted).filter(([name, value]) => !isSame(value, base[name as keyof typeof wanted]));
  return Object.fromEntries(changed);
}

/** The order of settings says nothing. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is wrong, by the path of the setting: `name`, `appearance.accent`, `limits.visitorPerDay`. */
export type Problems = Readonly<Record<string, string>>;

/** What can be told before the service is asked. */
export function findProblems({ name, origins, appearance, limits }: WidgetDraft): Problems {
  const found: Record<string, string | null> = {
    name: lineProblem(name, most.name, 'Give the widget a name, so that you know it again.'),
    origins: originsProblem(readOrigins(origins)),
    'appearance.title': lineProblem(appearance.title, most.title, 'Say what stands above the chat.'),
    'appearance.greeting': tooLong(appearance.greeting, most.greeting),
    'appearance.accent': isColour(appearance.accent) ? null : 'Write it as a colour such as #1d4ed8.',
  };
  for (const limit of limitNames) found[`limits.${limit}`] = limitProblem(limits[limit], limit);
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** As in `#1d4ed8`. */
export function isColour(text: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(text);
}

function lineProblem(text: string, max: number, whenEmpty: string): string | null {
  return text.trim() === '' ? whenEmpty : tooLong(text, max);
}

function tooLong(text: string, max: number): string | null {
  const { length } = text.trim();
  return length > max ? `Shorten it to ${max} characters; it has ${length}.` : null;
}

function limitProblem(text: string, limit: LimitName): string | null {
  const { most: max, mayBeEmpty } = limitRules[limit];
  const typed = text.trim();
  if (typed === '' && mayBeEmpty) return null;
  const count = /^\d+$/.test(typed) ? Number(typed) : Number.NaN;
  return count >= 1 && count <= max ? null : `Enter a whole number from 1 to ${max}.`;
}

export function originsProblem(origins: readonly string[]): string | null {
  if (origins.length > most.origins) return `Keep it to ${most.origins} addresses; these are ${origins.length}.`;
  for (const origin of origins) {
    const problem = originProblem(origin);
    if (problem !== null) return `“${origin}”: ${problem}`;
  }
  return null;
}

function originProblem(origin: string): string | null {
  if (origin.includes('*')) return 'name each address by itself, without wildcards.';
  if (!/^https?:\/\//i.test(origin)) return 'begin it with https://.';
  const url = URL.parse(origin);
  if (url === null || url.host === '') return 'this is no address. Write it as https://www.example.com.';
  return url.origin === origin.toLowerCase() ? null : `write it as ${url.origin}, with nothing after it.`;
}

/** Puts what the service found wrong beside its setting; the rest of it is said for the whole form. */
export function placeProblems(detail: string): { readonly problems: Problems; readonly rest: string | null } {
  const { fields, problem } = splitDetail(detail, (path) =>
    /^(name|personaId|origins|identifiedOnly|attachments|appearance\.\w+|limits\.\w+)$/.test(path),
  );
  return { problems: fields, rest: problem };
}
