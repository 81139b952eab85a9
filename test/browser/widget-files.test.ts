import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVisitors, snap } from '../support/page.ts';
import { type Shop, startShop } from '../support/widget-shop.ts';
import { box, chat, openChat, openShopSite, said, tell } from './widget-page.ts';

const visitors = createVisitors();
let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop[Symbol.asyncDispose]());

test('where a widget takes files, text files go along with a message, and nothing else does', async () => {
  const heard: string[] = [];
  shop.reply = (message) => {
    heard.push(message);
    return { text: 'Read.' };
  };
  await using site = await openShopSite(shop, { changes: { attachments: true } });
  const page = await site.visit(visitors);
  await openChat(page);
  await chat(page).getByRole('button', { name: 'Attach a text file' }).waitFor();
  await chat(page)
    .locator('input[type=file]')
    .setInputFiles([
      { name: 'orders.csv', mimeType: 'text/csv', buffer: Buffer.from('frame,size\nRoad,54') },
      { name: 'notes.md', mimeType: 'text/markdown', buffer: Buffer.from('# Not this one') },
      { name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from([137, 80, 78, 71]) },
    ]);
  expect(await chat(page).getByRole('alert').textContent()).toContain('“photo.png” cannot be sent');
  const attached = chat(page).getByRole('list', { name: 'Attached files' }).first();
  expect(await attached.getByRole('listitem').allInnerTexts()).toEqual(['orders.csv', 'notes.md']);
  await attached.getByRole('button', { name: /notes\.md/ }).click();
  await snap(page, 'widget-files');
  await tell(page, 'What did I order?');
  await said(page, 'Helper').getByText('Read.').waitFor();
  expect(heard[0]).toContain('What did I order?');
  expect(heard[0]).toContain('Road,54');
  expect(heard[0]).not.toContain('Not this one');
  expect(await said(page, 'You').textContent()).toContain('orders.csv');
  expect(await said(page, 'You').textContent()).not.toContain('Road,54');
  await page.reload();
  await openChat(page);
  await said(page, 'You').getByText('orders.csv').waitFor();
});

test('a widget takes no files unless it was said', async () => {
  await using site = await openShopSite(shop);
  const page = await site.visit(visitors);
  await openChat(page);
  await box(page).waitFor();
  expect(await chat(page).getByRole('button', { name: 'Attach a text file' }).count()).toBe(0);
});
