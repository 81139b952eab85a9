import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleIds } from '#sandbox/ninox-data.ts';
import { createVisitors, snap } from '../support/page.ts';
import { type Shop, startShop } from '../support/widget-shop.ts';
import { box, chat, dialog, launcher, listen, openChat, openShopSite, personas, said, tell } from './widget-page.ts';

const visitors = createVisitors();
let shop: Shop;
beforeAll(async () => {
  shop = await startShop((message) => ({ text: `Noted: ${message}` }));
});
afterAll(() => shop[Symbol.asyncDispose]());

test('whoever the site names has their own thread, and nobody sees that of another', async () => {
  await using site = await openShopSite(shop);
  const sign = await shop.createSigner(site.widget.id);
  const page = await site.visit(visitors);
  await openChat(page);
  expect(await chat(page).getByRole('button', { name: 'Attach a text file' }).count()).toBe(0);
  await tell(page, 'I have no name.');
  await said(page, 'Helper').getByText('Noted: I have no name.').waitFor();

  expect(await framesAfter(page, 'identify', await sign('Ann'))).toBe(0);
  await box(page).waitFor();
  expect(await said(page, 'You').count()).toBe(0);
  await tell(page, 'I am Ann.');
  await said(page, 'Helper').getByText('Noted: I am Ann.').waitFor();
  const frame = await page.locator('personas-widget iframe').elementHandle();
  // A newer token of the same person changes nothing that is seen.
  await personas(page, 'identify', await sign('Ann'));
  expect(await frame?.evaluate((element) => element.isConnected)).toBe(true);

  expect(await framesAfter(page, 'identify', await sign('Bob'))).toBe(0);
  await box(page).waitFor();
  expect(await said(page, 'You').count()).toBe(0);

  // The way out leads to somebody new, not to who wrote here without a name before.
  const token = await storedToken(page);
  await tell(page, 'I am Bob.');
  await said(page, 'Helper').getByText('Noted: I am Bob.').waitFor();
  const left = page.waitForResponse((response) => response.url().endsWith('/api/widget/v1/logout'));
  expect(await framesAfter(page, 'logout')).toBe(0);
  expect((await left).status()).toBe(200);
  await box(page).waitFor();
  expect(await said(page, 'You').count()).toBe(0);
  expect(await storedToken(page)).not.toBe(token);
  await expect.poll(() => page.locator('personas-widget iframe').count()).toBe(1);

  // Whoever leaves on one page of the site has left on all of them.
  await tell(page, 'I am somebody else.');
  await said(page, 'Helper').getByText('Noted: I am somebody else.').waitFor();
  const other = await page.context().newPage();
  await other.goto(site.origin);
  await launcher(other).waitFor();
  const gone = page.waitForResponse((response) => response.url().endsWith('/api/widget/v1/logout'));
  await personas(other, 'logout');
  await gone;
  await box(page).waitFor();
  expect(await said(page, 'You').count()).toBe(0);
});

test('the chat listens to the page around it, the launcher to its chat, and neither to anybody else', async () => {
  await using site = await openShopSite(shop);
  const page = await site.visit(visitors, '/', { expected: [/404/] });
  await openChat(page);
  await tell(page, 'Are you mine?');
  await said(page, 'Helper').getByText('Noted: Are you mine?').waitFor();
  await page.evaluate(() => {
    const stranger = document.createElement('iframe');
    stranger.name = 'stranger';
    document.body.append(stranger);
    window.postMessage({ type: 'close' }, '*');
  });
  // To the chat, from a frame that is not around it; to the launcher, from one that is not its chat.
  await page.frame('stranger')?.evaluate((service) => {
    for (let index = 0; index < parent.length; index += 1) parent[index]?.postMessage({ type: 'log-out' }, service);
    parent.postMessage({ type: 'close' }, '*');
  }, shop.address);
  await tell(page, 'Still mine?');
  await said(page, 'Helper').getByText('Noted: Still mine?').waitFor();
  expect(await dialog(page).isVisible()).toBe(true);
  expect(await said(page, 'You').count()).toBe(2);

  // By itself it knows nobody, and shows nothing.
  await page.goto(`${shop.address}/widget/${site.widget.id}/frame`);
  expect(await page.locator('#root').innerHTML()).toBe('');
});

test('the site’s server says who is there, and a token that is over is renewed before anybody notices', async () => {
  let asked = 0;
  let sign: (person: string, lasts?: number) => Promise<string> = async () => '';
  const tokens: string[] = [];
  const answers = {
    '/who': () => {
      asked += 1;
      const token = tokens.shift();
      return token === undefined ? { status: 401, body: {} } : { status: 200, body: { token } };
    },
  };
  await using site = await openShopSite(shop, { answers, data: { 'token-endpoint': '/who' } });
  sign = await shop.createSigner(site.widget.id);
  tokens.push(await sign('Ann', -60), await sign('Ann'));
  const page = await site.visit(visitors, '/', { expected: [/401/] });
  await launcher(page).waitFor();
  expect(asked).toBe(0);
  await openChat(page);
  await tell(page, 'Who am I?');
  await said(page, 'Helper').getByText('Noted: Who am I?').waitFor();
  expect(asked).toBe(2);
  await chat(page).getByRole('button', { name: 'More' }).click();
  await chat(page).getByRole('dialog', { name: 'More' }).getByText('Ann').waitFor();
  await page.keyboard.press('Escape');
  expect(await dialog(page).isVisible()).toBe(true);
});

test('where only named visitors are answered, the page is told that it has to name them', async () => {
  await using site = await openShopSite(shop, { changes: { identifiedOnly: true } });
  const sign = await shop.createSigner(site.widget.id);
  const page = await site.visit(visitors, '/', { expected: [/401/] });
  await launcher(page).waitFor();
  const needed = await listen(page, 'identity-needed');
  await launcher(page).click();
  await chat(page).getByRole('heading', { name: 'Please sign in' }).waitFor();
  expect(await needed()).toHaveLength(1);
  await snap(page, 'widget-sign-in');
  await personas(page, 'identify', await sign('Ann'));
  await box(page).waitFor();
});

test('a member who links their account decides and takes back in the chat', async () => {
  const { team, crm } = sampleIds.company;
  const call = {
    name: 'ninox_delete_record',
    args: { team_id: team, database_id: crm, table_id: 'A', record_id: '17' },
  };
  shop.reply = (message, step) => {
    if (message === 'Delete it' && step === 1) return { calls: [call] };
    return { text: message === 'Delete it' ? 'It is gone.' : `Noted: ${message}` };
  };
  await using site = await openShopSite(shop);
  const sign = await shop.createSigner(site.widget.id);
  const page = await site.visit(visitors, '/', { expected: [/400/] });
  await launcher(page).waitFor();
  await personas(page, 'identify', await sign('Olivia'));
  await openChat(page);
  await tell(page, 'I am a guest.');
  await said(page, 'Helper').getByText('Noted: I am a guest.').waitFor();

  await chat(page).getByRole('button', { name: 'More' }).click();
  await chat(page).getByRole('button', { name: 'Link my account' }).click();
  const form = chat(page).getByRole('form', { name: 'Link my account' });
  await form.getByRole('textbox', { name: 'Code' }).fill('WRONG');
  await form.getByRole('button', { name: 'Link', exact: true }).click();
  await form.getByRole('alert').waitFor();
  const { body } = await shop.app.send('POST', '/api/v1/outside-links/codes');
  await form.getByRole('textbox', { name: 'Code' }).fill((body as { code: string }).code);
  await form.getByRole('button', { name: 'Link', exact: true }).click();
  await chat(page).getByText('Helper · AI persona · Olivia').waitFor();
  expect(await said(page, 'You').count()).toBe(0);

  await tell(page, 'Delete it');
  const card = chat(page).getByRole('article', { name: /^Delete/ });
  await card.getByRole('cell', { name: 'TEST company, please delete' }).waitFor();
  await chat(page).getByText('Waits for a decision.', { exact: true }).first().waitFor();
  expect(await card.getByRole('button', { name: 'Change arguments…' }).count()).toBe(0);
  await snap(page, 'widget-approval');
  await card.getByRole('button', { name: 'Approve', exact: true }).click();
  await said(page, 'Helper').getByText('It is gone.').waitFor();
  await chat(page).getByRole('button', { name: 'Undo…' }).click();
  await chat(page)
    .getByRole('dialog', { name: 'Take it back?' })
    .getByRole('button', { name: 'Undo', exact: true })
    .click();
  await chat(page)
    .getByText(/^Restored as record/)
    .waitFor();
  await snap(page, 'widget-undo');
});

test('files go along where the widget takes them, and are seen by name here and whole in the console', async () => {
  shop.reply = (message) => ({ text: message.includes('> 1;Chair') ? 'One chair.' : `Noted: ${message}` });
  await using site = await openShopSite(shop, { changes: { attachments: true } });
  const sign = await shop.createSigner(site.widget.id);
  const page = await site.visit(visitors, '/', { expected: [/400/] });
  await launcher(page).waitFor();
  await personas(page, 'identify', await sign('Olga'));
  await openChat(page);
  const { body } = await shop.app.send('POST', '/api/v1/outside-links/codes');
  await chat(page).getByRole('button', { name: 'More' }).click();
  await chat(page).getByRole('button', { name: 'Link my account' }).click();
  const form = chat(page).getByRole('form', { name: 'Link my account' });
  await form.getByRole('textbox', { name: 'Code' }).fill((body as { code: string }).code);
  await form.getByRole('button', { name: 'Link', exact: true }).click();
  await chat(page)
    .getByText(/^Helper · AI persona · /)
    .waitFor();

  const attach = chat(page).getByRole('button', { name: 'Attach a text file' });
  const choose = async (...files: readonly [name: string, text: string][]) => {
    const chooser = page.waitForEvent('filechooser');
    await attach.focus();
    await page.keyboard.press('Enter');
    const chosen = files.map(([name, text]) => ({ name, mimeType: '', buffer: Buffer.from(text) }));
    await (await chooser).setFiles(chosen);
  };
  const attached = chat(page).getByRole('list', { name: 'Attached files' });
  await choose(
    ['photo.png', 'x'],
    ['long.txt', 'x'.repeat(20_001)],
    ['orders.csv', 'id;what\n1;Chair'],
    ['a.md', '# A'],
  );
  await attached.getByText('orders.csv').waitFor();
  expect(await attached.getByRole('listitem').allInnerTexts()).toEqual(['orders.csv', 'a.md']);
  const alert = chat(page).getByRole('alert');
  expect(await alert.textContent()).toMatch(/“photo\.png” cannot be sent: only text.*“long\.txt” is too long/);
  await choose(['b.json', '{}'], ['c.txt', 'c']);
  await alert.getByText('“c.txt” was left out', { exact: false }).waitFor();
  await snap(page, 'widget-attach');
  for (const name of ['a.md', 'b.json'])
    await chat(page)
      .getByRole('button', { name: `Remove ${name}` })
      .click();
  expect(await alert.count()).toBe(0);
  expect(await box(page).evaluate((field) => field === document.activeElement)).toBe(true);

  // What is not taken comes back with its files.
  await shop.changeWidget(site.widget.id, { attachments: false });
  await tell(page, 'What was ordered?');
  await alert.getByText('takes no files', { exact: false }).waitFor();
  expect([await box(page).inputValue(), await said(page, 'You').count()]).toEqual(['What was ordered?', 0]);
  await shop.changeWidget(site.widget.id, { attachments: true });
  await box(page).press('Enter');
  await said(page, 'Helper').getByText('One chair.').waitFor();
  expect(await said(page, 'You').textContent()).toBe('What was ordered?orders.csv');
  await snap(page, 'widget-attached');
  await page.reload();
  await personas(page, 'identify', await sign('Olga'));
  await openChat(page);
  await said(page, 'Helper').getByText('One chair.').waitFor();
  expect(await attached.getByRole('listitem').allInnerTexts()).toEqual(['orders.csv']);

  const { body: list } = await shop.app.get('/api/v1/conversations');
  const [newest] = (list as { items: { id: string }[] }).items;
  const pages = await visitors.open(shop.address, `/c/${newest?.id}`);
  await pages.getByRole('article', { name: 'You' }).getByText('orders.csv').click();
  await pages.getByText('1;Chair').waitFor();
  await snap(pages, 'attached-in-console');
});

/** Calls the API and counts, before anything else can happen, the chats that could be seen. */
function framesAfter(page: Page, ...call: readonly string[]): Promise<number> {
  return page.evaluate(
    (given) => {
      (window as unknown as { personas: (...of: unknown[]) => void }).personas(...given);
      const frames = document.querySelector('personas-widget')?.shadowRoot?.querySelectorAll('iframe') ?? [];
      return [...frames].filter((frame) => frame.getClientRects().length > 0).length;
    },
    [...call],
  );
}

function storedToken(page: Page): Promise<string | null> {
  return page.evaluate(() => {
    const [key = ''] = Object.keys(localStorage).filter((name) => name.startsWith('personas-widget:'));
    return (JSON.parse(localStorage.getItem(key) ?? '{}') as { token?: string }).token ?? null;
  });
}
