import { type Locale, locales } from '../protocol.ts';

export interface LauncherWords {
  readonly open: string;
  readonly close: string;
  readonly unread: (count: number) => string;
  readonly loading: string;
  readonly failed: string;
  readonly retry: string;
}

const english: LauncherWords = {
  open: 'Open chat',
  close: 'Close chat',
  unread: (count) => (count === 1 ? '1 new answer' : `${count} new answers`),
  loading: 'The chat is loading …',
  failed: 'The chat could not be loaded.',
  retry: 'Try again',
};

const german: LauncherWords = {
  open: 'Chat öffnen',
  close: 'Chat schließen',
  unread: (count) => (count === 1 ? '1 neue Antwort' : `${count} neue Antworten`),
  loading: 'Der Chat wird geladen …',
  failed: 'Der Chat konnte nicht geladen werden.',
  retry: 'Erneut versuchen',
};

export const launcherWords: Readonly<Record<Locale, LauncherWords>> = { en: english, de: german };

/** The first of these languages there are words for: `de-AT` is German. English where there are none. */
export function chooseLocale(...wanted: readonly (string | null | undefined)[]): Locale {
  for (const language of wanted) {
    const found = locales.find((locale) => locale === language?.toLowerCase().split(/[-_]/)[0]);
    if (found !== undefined) return found;
  }
  return 'en';
}
