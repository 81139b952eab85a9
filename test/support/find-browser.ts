import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

export interface BrowserPlaces {
  /** What CHROMIUM_PATH says; used alone when it is set. */
  readonly chosen: string | undefined;
  readonly usual: readonly string[];
}

/** Where a Chromium can be on this machine. */
export function browserPlaces(): BrowserPlaces {
  const system = [
    // Without the windows that nobody sees here, pages are there in half the time.
    '/usr/bin/chromium-headless-shell',
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/google-chrome',
  ];
  const macOs = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ];
  const windows = [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  ];
  return {
    chosen: process.env.CHROMIUM_PATH || undefined,
    usual: [...system, ...macOs, ...windows, chromium.executablePath()],
  };
}

export type FoundBrowser = { readonly path: string } | { readonly path: null; readonly reason: string };

export function findBrowser({ chosen, usual }: BrowserPlaces): FoundBrowser {
  if (chosen !== undefined) {
    return existsSync(chosen)
      ? { path: chosen }
      : { path: null, reason: `CHROMIUM_PATH is ${chosen}, where there is no file` };
  }
  const path = usual.find((place) => place !== '' && existsSync(place));
  return path === undefined ? { path: null, reason: 'no Chromium or Chrome was found in the usual places' } : { path };
}
