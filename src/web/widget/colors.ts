/* An accent can be any colour: what stands on it, and what is written in it, has to be readable all the same. */

type Rgb = readonly [number, number, number];

/** `#1d4ed8` for that and for `#1D4`; null for what is no such colour. */
export function readColor(text: string): string | null {
  const [, short, long] = /^#(?:([0-9a-f]{3})|([0-9a-f]{6}))$/i.exec(text.trim()) ?? [];
  if (long !== undefined) return `#${long.toLowerCase()}`;
  return short === undefined ? null : `#${short.replace(/./g, '$&$&').toLowerCase()}`;
}

/** The contrast of two colours as WCAG counts it: 1 to 21. */
export function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** White or black, whichever is read on the colour; white where both are. At least 4.5 in every case. */
export function colorOn(background: string): string {
  return contrast(background, '#ffffff') >= 4.5 ? '#ffffff' : '#000000';
}

/** The colour as it is, or as far towards black or white as it takes to be told from the background. */
export function readableOn(color: string, background: string, least = 4.5): string {
  const towards = luminance(background) > 0.18 ? '#000000' : '#ffffff';
  let share = 0;
  let found = color;
  while (contrast(found, background) < least && share < 1) {
    share += 0.05;
    found = mix(color, towards, share);
  }
  return found;
}

/** `share` of the second colour in the first: 0 to 1. */
export function mix(color: string, other: string, share: number): string {
  const [from, to] = [rgbOf(color), rgbOf(other)];
  const mixed = from.map((part, index) => Math.round(part + ((to[index] ?? part) - part) * Math.min(share, 1)));
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function luminance(color: string): number {
  const [red, green, blue] = rgbOf(color).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function rgbOf(color: string): Rgb {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
