import { type Browser, chromium } from 'playwright-core';
import { type BrowserPlaces, browserPlaces, findBrowser } from './find-browser.ts';

/** The sandbox needs rights that containers do not give; the pages under test are our own. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-gpu-compositing',
  '--disable-software-rasterizer',
  '--disable-background-networking',
];

/** Starts a Chromium without a window. The caller closes it. */
export async function launchBrowser(places: BrowserPlaces = browserPlaces()): Promise<Browser> {
  const found = findBrowser(places);
  if (found.path === null) {
    throw new Error(
      `The browser tests cannot run: ${found.reason}. Set CHROMIUM_PATH to a Chromium or Chrome; “npm test” also tries to install one.`,
    );
  }
  return chromium.launch({ executablePath: found.path, headless: true, args });
}
