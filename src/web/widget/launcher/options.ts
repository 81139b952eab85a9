import type { WidgetAppearance } from '#channels/http/contract/widgets.ts';
import { readColor } from '../colors.ts';
import type { Say } from './say.ts';

/** What a page says about its widget, in the tag or in `personas('boot', …)`. What is left out is as the widget's settings say. */
export interface WidgetOptions {
  readonly widget?: string;
  readonly position?: WidgetAppearance['position'];
  readonly theme?: WidgetAppearance['theme'];
  /** `#1d4ed8` */
  readonly accent?: string;
  readonly locale?: string;
  readonly greeting?: string;
  /** An address on the page's own origin that answers `{ token }` for whoever is signed in there. */
  readonly tokenEndpoint?: string;
  readonly nonce?: string;
}

type Reader<Value> = (text: string) => Value | null;

const oneOf =
  <const Value extends string>(...allowed: readonly Value[]): Reader<Value> =>
  (text) =>
    allowed.find((value) => value === text) ?? null;

const anyText: Reader<string> = (text) => text;

const readers: { readonly [Name in keyof WidgetOptions]-?: Reader<NonNullable<WidgetOptions[Name]>> } = {
  widget: (text) => (/^[A-Za-z0-9_-]{1,64}$/.test(text) ? text : null),
  position: oneOf('right', 'left'),
  theme: oneOf('auto', 'light', 'dark'),
  accent: readColor,
  locale: anyText,
  greeting: (text) => text.slice(0, 300),
  tokenEndpoint: anyText,
  nonce: anyText,
};

/** Takes what is usable of what a page says; the rest is told in its console. */
export function readOptions(given: unknown, say: Say): WidgetOptions {
  if (typeof given !== 'object' || given === null) return {};
  const options: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    // The persona is the widget's own setting: the tag names it for whoever reads the page's source.
    if (value === undefined || value === null || name === 'persona') continue;
    const reader = Object.hasOwn(readers, name) ? readers[name as keyof WidgetOptions] : undefined;
    const read = reader === undefined || typeof value !== 'string' ? null : reader(value.trim());
    if (read === null) say(`“${name}” cannot be ${describe(value)}, so it is left out.`);
    else if (read !== '') options[name] = read;
  }
  return options;
}

const inTag = ['widget', 'position', 'theme', 'accent', 'locale', 'greeting', 'tokenEndpoint', 'nonce'] as const;

/** What the tag says: `data-token-endpoint` is `tokenEndpoint`. */
export function readTag(script: HTMLScriptElement | null, say: Say): WidgetOptions {
  if (script === null) return {};
  const given = Object.fromEntries(inTag.map((name) => [name, script.dataset[name]]));
  return readOptions({ ...given, nonce: given.nonce ?? script.nonce }, say);
}

function describe(value: unknown): string {
  return typeof value === 'string' ? `“${value.slice(0, 60)}”` : `a ${typeof value}`;
}
