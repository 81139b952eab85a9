import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sitePage, strictPolicy, widgetTag } from '../support/foreign-site.ts';
import { createVisitors, isTooWide, phone, snap, tabTo } from '../support/page.ts';
import { createGate } from '../support/scripted-app.ts';
import { type Shop, startShop } from '../support/widget-shop.ts';
import {
  box,
  chat,
  dialog,
  launcher,
  listen,
  openChat,
  openShopSite,
  personas,
  type ShopSite,
  said,
  tell,
  warnings,
} from './widget-page.ts';

const visitors = createVisitors();
let shop: Shop;
let site: ShopSite;
beforeAll(async () => {
  shop = await startShop();
  site = await openShopSite(shop);
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await shop[Symbol.asyncDispose]();
});

test('the launcher is small', async () => {
  const script = await readFile(new URL('../../dist/web/widget.js', import.meta.url));
  expect(gzipSync(script).byteLength).toBeLessThan(10_000);
});

test('a visitor chats on a page with a strict policy, by keyboard alone', async () => {
  shop.reply = (_message, step) =>
    step === 1 ? { calls: [{ name: 'ninox_list_teams', args: {} }] } : { text: 'We are **two** teams.' };
  const page = await site.visit(visitors);
  await launcher(page).waitFor();
  expect(page.frames()).toHaveLength(1);
  expect(await launcher(page).getAttribute('aria-expanded')).toBe('false');
  expect(await page.locator('[style]').count()).toBe(0);

  await tabTo(page, page.getByRole('button', { name: 'Basket' }));
  await tabInShadow(page);
  await page.keyboard.press('Enter');
  await box(page).waitFor();
  await page.waitForFunction(() => document.activeElement?.shadowRoot?.activeElement?.tagName === 'IFRAME');
  expect(await dialog(page).getAttribute('aria-label')).toBe('Marlow & Finch');
  expect(await launcher(page).getAttribute('aria-label')).toBe('Close chat');
  expect(await page.locator('personas-widget iframe').getAttribute('src')).toBe(
    `${shop.address}/widget/${site.widget.id}/frame`,
  );
  await chat(page).getByRole('heading', { level: 1, name: 'Marlow & Finch' }).waitFor();
  expect(await chat(page).getByRole('button', { name: 'Attach a text file' }).count()).toBe(0);
  await chat(page).getByText('Hello! What can we do for you?').waitFor();
  expect(await chat(page).getByRole('list', { name: 'Suggestions' }).getByRole('button').allInnerTexts()).toEqual([
    'What can you do?',
  ]);

  expect(await namelessButtons(page)).toBe(0);

  await page.keyboard.type('Who are you?');
  await page.keyboard.press('Enter');
  await said(page, 'Helper').getByText('We are two teams.').waitFor();
  expect(await said(page, 'You').allInnerTexts()).toEqual(['Who are you?']);
  await chat(page).getByText('List Ninox teams · done').waitFor();
  await chat(page).getByRole('status').filter({ hasText: 'New answer from Helper: We are two teams.' }).waitFor();
  await snap(page, 'widget');

  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'hidden' });
  expect(await focusedInWidget(page)).toBe('launcher');

  // What was seen is no news, and the conversation is there again.
  await page.reload();
  await launcher(page).waitFor();
  expect(await launcher(page).getAttribute('aria-label')).toBe('Open chat');
  await openChat(page);
  await said(page, 'Helper').getByText('We are two teams.').waitFor();
  await chat(page).getByRole('button', { name: 'New conversation' }).click();
  await chat(page).getByRole('button', { name: 'What can you do?' }).waitFor();
  expect(await said(page, 'You').count()).toBe(0);
});

test('answers that nobody has seen are counted, also on the next page', async () => {
  const gate = createGate();
  shop.reply = async () => {
    await gate.until;
    return { text: 'It is ready.' };
  };
  const page = await site.visit(visitors);
  await launcher(page).waitFor();
  const unread = await listen(page, 'unread');
  const messages = await listen(page, 'message');
  await openChat(page);
  await tell(page, 'Is it ready?');
  await chat(page).getByRole('button', { name: 'Stop' }).waitFor();
  await chat(page).getByRole('button', { name: 'Close chat' }).click();
  gate.open();
  await page.getByRole('button', { name: 'Open chat, 1 new answer' }).waitFor();
  expect(await unread()).toEqual([{ count: 1 }]);
  expect(await messages()).toMatchObject([{ from: 'visitor' }, { from: 'persona' }]);

  await page.reload();
  await page.getByRole('button', { name: 'Open chat, 1 new answer' }).waitFor();
  await snap(page, 'widget-unread');
  await openChat(page);
  await said(page, 'Helper').getByText('It is ready.').waitFor();
  await launcher(page).click();
  expect(await launcher(page).getAttribute('aria-label')).toBe('Open chat');
  await page.reload();
  await launcher(page).waitFor();
  expect(await launcher(page).getAttribute('aria-label')).toBe('Open chat');
});

test('an answer is stopped, and one being written goes on after a reload', async () => {
  const gate = createGate();
  shop.reply = async (message) => {
    await gate.until;
    return { text: `Said of ${message}` };
  };
  const page = await site.visit(visitors);
  await openChat(page);
  await tell(page, 'this');
  await chat(page).getByRole('button', { name: 'Stop' }).click();
  await chat(page).getByText('Stopped. Send a new message to go on.').first().waitFor();
  await tell(page, 'that');
  await chat(page).getByRole('button', { name: 'Stop' }).waitFor();
  await page.reload();
  await openChat(page);
  await chat(page).getByRole('button', { name: 'Stop' }).waitFor();
  gate.open();
  await said(page, 'Helper').getByText('Said of that').waitFor();
});

test('a single-page app mounts it, takes it away without a trace, and mounts it again', async () => {
  const { widget } = site;
  const app = `
    const service = ${JSON.stringify(shop.address)};
    window.personas = window.personas || function () { (personas.q = personas.q || []).push(arguments) };
    window.mount = () => {
      const script = document.createElement('script');
      script.src = service + '/widget.js';
      script.dataset.widget = ${JSON.stringify(widget.id)};
      document.body.append(script);
    };
    window.heard = [];
    personas('on', 'ready', () => heard.push('ready'));
    personas('logout');
    personas('open');`;
  await using spa = await shop.openSite({
    pages: { '/': sitePage('<script src="/app.js"></script>'), '/app.js': app },
  });
  await shop.changeWidget(widget.id, { origins: [site.origin, spa.origin] });
  const page = await visitors.open(spa.origin, '/', { cookie: null, through: [shop.address] });
  const before = await traces(page);
  await page.evaluate('mount()');
  // What was called before the script was there is done once it is.
  await box(page).waitFor();
  expect(await page.evaluate('heard')).toEqual(['ready']);
  expect((await traces(page)).listeners).toBeGreaterThan(3);
  await personas(page, 'close');
  expect(await focusedInWidget(page)).toBe('launcher');
  await personas(page, 'destroy');
  expect(await page.locator('personas-widget').count()).toBe(0);
  expect(await traces(page)).toEqual(before);

  await page.evaluate('mount()');
  await launcher(page).waitFor();
  await personas(page, 'destroy');
  await personas(page, 'boot', { position: 'left', locale: 'de' });
  await page.getByRole('button', { name: 'Chat öffnen' }).waitFor();
  await personas(page, 'toggle');
  await chat(page).getByRole('textbox', { name: 'Nachricht an Helper' }).waitFor();
  const at = await dialog(page).boundingBox();
  expect(at?.x).toBe(20);
  await personas(page, 'update', { position: 'right', accent: '#facc15', theme: 'dark' });
  expect((await dialog(page).boundingBox())?.x).toBeGreaterThan(800);
  const send = chat(page).getByRole('button', { name: 'Senden' });
  await chat(page).getByRole('textbox').fill('Hallo');
  await expect.poll(() => colorsOf(send)).toEqual({ background: 'rgb(250, 204, 21)', color: 'rgb(0, 0, 0)' });
  expect(await page.locator('personas-widget').count()).toBe(1);
  await snap(page, 'widget-dark-german');
  await personas(page, 'destroy');
  expect(await traces(page)).toEqual(before);
});

test('on a phone it fills the screen above the keyboard, and the page behind stays where it was', async () => {
  const page = await site.visit(visitors, '/', phone);
  await launcher(page).waitFor();
  await page.evaluate(() => window.scrollTo(0, 300));
  await launcher(page).tap();
  await box(page).waitFor();
  expect(await dialog(page).boundingBox()).toEqual({ x: 0, y: 0, width: 360, height: 740 });
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).overflow)).toBe('hidden');
  expect(await page.locator('personas-widget dialog:modal').count()).toBe(1);
  await snap(page, 'widget-phone');

  // A keyboard takes half of what is seen, and moves it.
  await page.evaluate(() => {
    const viewport = window.visualViewport;
    if (viewport === null) throw new Error('There is no visual viewport.');
    Object.defineProperties(viewport, { height: { value: 380 }, offsetTop: { value: 40 } });
    viewport.dispatchEvent(new Event('resize'));
  });
  expect(await dialog(page).boundingBox()).toEqual({ x: 0, y: 40, width: 360, height: 380 });
  await expect.poll(async () => bottomOf(await box(page).boundingBox())).toBeLessThanOrEqual(420);
  expect(await isTooWide(page)).toBe(false);

  await chat(page).getByRole('button', { name: 'Close chat' }).tap();
  await dialog(page).waitFor({ state: 'hidden' });
  expect(await page.evaluate(() => [getComputedStyle(document.documentElement).overflow, window.scrollY])).toEqual([
    'visible',
    300,
  ]);
  expect(await page.evaluate(() => document.adoptedStyleSheets.length)).toBe(0);
});

test('where nothing can be stored, it works as long as the page is there', async () => {
  const page = await site.visit(visitors);
  await page.context().addInitScript(() => {
    const refuse = {
      get() {
        throw new DOMException('Storage is refused.', 'SecurityError');
      },
    };
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) {
      Object.defineProperty(window, name, refuse);
    }
    Object.defineProperty(document, 'cookie', refuse);
  });
  await page.reload();
  shop.reply = () => ({ text: 'All the same.' });
  await openChat(page);
  await tell(page, 'Is anybody there?');
  await said(page, 'Helper').getByText('All the same.').waitFor();
});

test('refusals are told to whoever builds the page, and show nothing', async () => {
  const tag = widgetTag({ service: shop.address, widget: site.widget.id });
  const page = sitePage(tag);
  const policy = (path: string) => {
    const whole = strictPolicy(shop.address);
    if (path === '/no-connect') return whole.replace(/connect-src [^;]+; /, '');
    return path === '/no-frame' ? whole.replace(/frame-src [^;]+; /, '') : whole;
  };
  await using other = await shop.openSite({ pages: { '/': page, '/no-connect': page, '/no-frame': page }, policy });
  const expected = [/403/, /Content Security Policy|Content policy/, /Failed to fetch|net::ERR/];
  const visitor = await visitors.open(other.origin, '/', { cookie: null, through: [shop.address], expected });
  const told = warnings(visitor);
  await visitor.reload();
  await expect
    .poll(() => told)
    .toEqual([expect.stringContaining(`add ${other.origin} to the addresses of this widget`)]);
  expect(await visitor.locator('personas-widget').count()).toBe(0);

  await shop.changeWidget(site.widget.id, { origins: [site.origin, other.origin], isOn: false });
  await visitor.reload();
  await expect.poll(() => told.at(-1)).toContain('because it is switched off');
  expect(await visitor.locator('personas-widget').count()).toBe(0);

  await shop.changeWidget(site.widget.id, { isOn: true });
  await visitor.goto(`${other.origin}/no-connect`);
  await expect.poll(() => told.at(-1)).toContain(`Add this to it: connect-src ${shop.address}`);
  await visitor.goto(`${other.origin}/no-frame`);
  await launcher(visitor).click();
  await expect.poll(() => told.at(-1)).toContain(`Add this to it: frame-src ${shop.address}`);
});

test('what goes wrong is said in plain words where it went wrong', async () => {
  shop.reply = () => ({ text: 'Once.' });
  await using strict = await openShopSite(shop);
  const { limits, id } = strict.widget;
  const page = await strict.visit(visitors, '/', { expected: [/429/, /ERR_INTERNET_DISCONNECTED/, /403/] });
  await openChat(page);
  await shop.changeWidget(id, { limits: { ...limits, visitorPerMinute: 1 } });
  await tell(page, 'Once');
  await said(page, 'Helper').getByText('Once.').waitFor();
  await tell(page, 'Twice');
  await chat(page).getByRole('alert').waitFor();
  expect(await box(page).inputValue()).toBe('Twice');
  expect(await said(page, 'You').allInnerTexts()).toEqual(['Once']);
  await chat(page).getByRole('button', { name: 'Dismiss' }).click();

  await page.context().setOffline(true);
  await box(page).press('Enter');
  await chat(page).getByText('You are offline, or the chat cannot be reached').waitFor();
  await page.context().setOffline(false);
  await chat(page).getByText('The message did not arrive. It is back in the box below.').waitFor();
  expect(await box(page).inputValue()).toBe('Twice');

  await shop.changeWidget(id, { isOn: false });
  await box(page).press('Enter');
  await chat(page).getByText('It takes no messages at the moment.').waitFor();
  await shop.changeWidget(id, { isOn: true, limits });
  await page.reload();
  await openChat(page);
  await box(page).fill('x'.repeat(2_001));
  await chat(page).getByText('1 characters too many.', { exact: false }).waitFor();
});

test('the console shows what it is going to look like', async () => {
  const page = await visitors.open(shop.address, '/');
  const opened = page.waitForEvent('popup');
  const appearance = { ...site.widget.appearance, title: 'Preview', greeting: 'Good day!', accent: '#facc15' };
  await page.evaluate((shown) => {
    let preview: Window | null = null;
    window.addEventListener('message', ({ data, source, origin }) => {
      if (data?.type === 'preview-ready' && source === preview) {
        preview?.postMessage({ type: 'preview', appearance: shown, personaName: 'Helper' }, origin);
      }
    });
    preview = window.open('/widget/preview');
  }, appearance);
  const preview = await opened;
  await preview.getByRole('heading', { level: 1, name: 'Preview' }).waitFor();
  await preview.getByText('Good day!').waitFor();
  await preview.getByText('Your order A-1042 left our warehouse').waitFor();
  const bubble = preview.getByText('When will my order arrive?');
  expect(await colorsOf(bubble)).toEqual({ background: 'rgb(250, 204, 21)', color: 'rgb(0, 0, 0)' });
});

/** How many buttons of the chat a screen reader could only call “button”. */
function namelessButtons(page: Page): Promise<number> {
  return chat(page)
    .getByRole('button')
    .evaluateAll((buttons) => buttons.filter((button) => !button.ariaLabel && button.textContent.trim() === '').length);
}

/** The class of what has the focus in the widget. */
function focusedInWidget(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.className);
}

/** Presses Tab until the launcher has the focus. */
async function tabInShadow(page: Page): Promise<void> {
  for (let presses = 0; presses < 5; presses += 1) {
    await page.keyboard.press('Tab');
    if ((await focusedInWidget(page)) === 'launcher') return;
  }
  throw new Error('Tab never reaches the launcher.');
}

/** Everything a script can leave behind on a page: listeners, elements, style sheets. */
async function traces(page: Page) {
  const session = await page.context().newCDPSession(page);
  // The test's own tools listen as well.
  const ours = new Set<string>();
  session.on('Debugger.scriptParsed', ({ scriptId, url }) => url.endsWith('/widget.js') && ours.add(scriptId));
  await session.send('Debugger.enable');
  const count = async (expression: string) => {
    const { result } = await session.send('Runtime.evaluate', { expression });
    if (result.objectId === undefined) throw new Error(`${expression} is no object.`);
    const { listeners } = await session.send('DOMDebugger.getEventListeners', { objectId: result.objectId });
    return listeners.filter(({ scriptId }) => ours.has(scriptId)).length;
  };
  const listeners = (await count('window')) + (await count('document')) + (await count('window.visualViewport'));
  await session.detach();
  const sheets = await page.evaluate(
    () => document.adoptedStyleSheets.length + document.querySelectorAll('style').length,
  );
  const elements = await page.locator('body *:not(script)').count();
  return { listeners, sheets, elements };
}

function colorsOf(element: Locator) {
  return element.evaluate((button) => {
    const { backgroundColor, color } = getComputedStyle(button);
    return { background: backgroundColor, color };
  });
}

function bottomOf(rectangle: { readonly y: number; readonly height: number } | null): number {
  return rectangle === null ? Number.POSITIVE_INFINITY : rectangle.y + rectangle.height;
}
