import type { WidgetAppearance } from '#channels/http/contract/widgets.ts';
import { colorOn } from '../colors.ts';

/* What the launcher's button looks like, also for the page where its look is chosen. */

/** The colours of the button with this accent. */
export function launcherColors(accent: string): { readonly background: string; readonly foreground: string } {
  return { background: accent, foreground: colorOn(accent) };
}

/** Paths in a box of 24 by 24, drawn with strokes. */
export const launcherIcons = {
  bubble:
    'M20.5 11.6c0 4.1-3.8 7.4-8.5 7.4-1 0-2-.2-2.9-.45L4.5 20l1.3-3.5C4.4 15.2 3.5 13.5 3.5 11.6c0-4.1 3.8-7.4 8.5-7.4s8.5 3.3 8.5 7.4Z M8.5 10.5h7 M8.5 13.5H13',
  cross: 'M6.5 6.5l11 11 M17.5 6.5l-11 11',
} as const;

export interface Look {
  readonly position: WidgetAppearance['position'];
  readonly theme: WidgetAppearance['theme'];
  readonly accent: string;
  readonly locale: string;
  readonly title: string;
}
