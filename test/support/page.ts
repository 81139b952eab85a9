import { mkdir } from 'node:fs/promises';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterEach, beforeAll, expect } from 'vitest';
import { sharedBrowser } from './browser.ts';
import { cookieAt } from './sign-in.ts';

export interface VisitOptions extends BrowserContextOptions {
  /** Console errors that belong to the story, such as the browser's own line on a refused request. */
  readonly expected?: readonly RegExp[];
  /** Whose session the browser has; the owner's where nothing is said, nobody's for null. */
  readonly cookie?: string | null;
  /** Origins of other services that the story leads through. */
  readonly through?: readonly string[];
}

export interface Visitors {
  /** Opens a page of the service in a browser profile of its own, as a person on another machine would. */
  open(address: string, path?: string, options?: VisitOptions): Promise<Page>;
  /** Hands over what the pages talk to: it is closed after them, so that none of them sees it go. */
  use<T extends AsyncDisposable>(host: T): T;
}

export const phone: BrowserContextOptions = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

const slowestStep = 10_000;

/**
 * Browser profiles for a test file. After each test everything that was opened is closed, and the test fails if a page
 * logged an error, broke its content policy, threw, or asked for anything at another host.
 */
export function createVisitors(): Visitors {
  let browser: Browser;
  let contexts: BrowserContext[] = [];
  let hosts: AsyncDisposable[] = [];
  let faults: string[] = [];
  beforeAll(async () => {
    browser = await sharedBrowser();
  });
  afterEach(async () => {
    const found = faults;
    const open = contexts;
    const behind = hosts;
    [contexts, hosts, faults] = [[], [], []];
    await Promise.all(open.map((context) => context.close()));
    await Promise.all(behind.map((host) => host[Symbol.asyncDispose]()));
    expect(found, 'faults of the pages').toEqual([]);
  });
  return {
    use(host) {
      hosts.push(host);
      return host;
    },
    async open(address, path = '/', { expected = [], cookie = cookieAt(address), through = [], ...options } = {}) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        locale: 'en-GB',
        reducedMotion: 'reduce',
        ...options,
      });
      contexts.push(context);
      context.setDefaultTimeout(slowestStep);
      const origin = new URL(address).origin;
      await watch(context, { origins: [origin, ...through], report: (fault) => faults.push(fault), expected });
      if (cookie !== undefined && cookie !== null) await context.addCookies(readCookies(cookie, origin));
      const page = await context.newPage();
      const response = await page.goto(origin + path);
      if (response?.status() !== 200)
        throw new Error(`${path} answered ${response?.status()}: ${await response?.text()}`);
      return page;
    },
  };
}

/** A session as a browser keeps it. */
export function readCookies(cookie: string, url: string) {
  return cookie.split('; ').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return { name, value: value.join('='), url };
  });
}

interface Watch {
  /** What pages may ask: the service itself, and what the story leads through. */
  readonly origins: readonly string[];
  readonly report: (fault: string) => void;
  readonly expected: readonly RegExp[];
}

async function watch(context: BrowserContext, { origins, report, expected }: Watch): Promise<void> {
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`Content policy ${event.violatedDirective} broken by ${event.blockedURI}`);
    });
  });
  context.on('console', (message) => {
    const text = `${message.text()} (${message.location().url})`;
    if (message.type() === 'error' && !expected.some((pattern) => pattern.test(text))) report(`console: ${text}`);
  });
  context.on('weberror', (error) => report(`thrown: ${error.error().message}`));
  context.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (protocol.startsWith('http') && !origins.includes(asked)) report(`request to ${request.url()}`);
  });
}

/** Keeps what the page looks like for people to judge, where SCREENS is set: drawing them all takes half a minute. */
export async function snap(page: Page, name: string): Promise<void> {
  if (!process.env.SCREENS) return;
  await mkdir('test-results/screens', { recursive: true });
  await page.screenshot({ path: `test-results/screens/${name}.png`, animations: 'disabled' });
}

/** The box a message is written in. */
export const composer = (page: Page): Locator => page.getByRole('textbox', { name: /^Message to / });

export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
}

/** The messages of one side of the conversation: “You” or the persona's name. */
export const messagesOf = (page: Page, who: string): Locator =>
  page.getByRole('list', { name: 'Messages' }).getByRole('article', { name: who, exact: true });

/** The cards of the tool calls in what the persona wrote. */
export const toolCards = (page: Page): Locator => page.getByRole('list', { name: 'Messages' }).locator('summary');

/** Waits until the last answer is there to its end. */
export async function answered(page: Page): Promise<void> {
  await page.getByRole('status').filter({ hasText: 'Answer finished' }).waitFor({ state: 'attached' });
}

/** Presses Tab until the element has the focus, as someone without a mouse does. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never reaches ${target.toString()}.`);
}

/** Whether the page can be moved sideways, or is laid out wider than the screen. */
export async function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth || document.body.scrollWidth > clientWidth || window.innerWidth > screen.width;
  });
}
