import { type Browser, chromium } from 'playwright-core';
import { type BrowserPlaces, browserPlaces, findBrowser } from './find-browser.ts';

/**
 * Parts of the browser’s own window, which nobody sees here: the list under its address bar alone is two pages in a
 * process of their own for each profile, and took longer than the pages under test. The others are what Playwright turns
 * off, because the browser heeds only the last list it is given.
 */
const withoutFeatures = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'AimEnabled',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
];

/** The sandbox needs rights that containers do not give; the pages under test are our own. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-gpu-compositing',
  '--disable-software-rasterizer',
  '--disable-background-networking',
  `--disable-features=${withoutFeatures.join(',')}`,
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

let shared: Promise<Browser> | undefined;

/** The one browser of this worker, whatever test file asks; it ends with the worker. Profiles keep its users apart. */
export async function sharedBrowser(): Promise<Browser> {
  const browser = await shared?.catch(() => undefined);
  if (browser?.isConnected()) return browser;
  shared = launchBrowser();
  return shared;
}
