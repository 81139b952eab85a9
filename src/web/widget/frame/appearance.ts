import { colorOn, contrast, mix, readableOn } from '../colors.ts';
import type { FrameSettings } from '../protocol.ts';

/** The darkest of the light surfaces and the lightest of the dark ones, see styles.css. */
const surfaces = { light: '#f0f0ed', dark: '#1a1e1f' } as const;

/** Has the page drawn in the widget's colours: as they are where they stand alone, readable where they are written in. */
export function applyAppearance(root: HTMLElement, settings: Pick<FrameSettings, 'accent' | 'theme' | 'locale'>): void {
  const { accent, theme, locale } = settings;
  root.lang = locale;
  if (theme === 'auto') delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const [name, [light, dark]] of Object.entries(colorsFor(accent))) {
    root.style.setProperty(name, `light-dark(${light}, ${dark})`);
  }
}

/** In light and in dark. `brand` is the accent itself, unless nobody could tell it from what is behind it. */
export function colorsFor(accent: string): Readonly<Record<string, readonly [string, string]>> {
  const text = [readableOn(accent, surfaces.light), readableOn(accent, surfaces.dark)] as const;
  const brand = [visibleOn(accent, surfaces.light), visibleOn(accent, surfaces.dark)] as const;
  return {
    '--accent': text,
    '--accent-strong': [mix(text[0], '#000000', 0.2), mix(text[1], '#ffffff', 0.25)],
    '--accent-soft': [mix('#ffffff', accent, 0.12), mix(surfaces.dark, accent, 0.22)],
    '--on-accent': [colorOn(text[0]), colorOn(text[1])],
    '--brand': brand,
    '--on-brand': [colorOn(brand[0]), colorOn(brand[1])],
  };
}

function visibleOn(accent: string, surface: string): string {
  return contrast(accent, surface) < 1.25 ? readableOn(accent, surface, 1.6) : accent;
}
