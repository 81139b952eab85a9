import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answered, composer, createVisitors, messagesOf, say, snap } from '../support/page.ts';
import { startTestApp } from '../support/start-app.ts';

const visitors = createVisitors();
const expected = [/ERR_CONNECTION_REFUSED/, /ERR_CONNECTION_RESET/, /ERR_EMPTY_RESPONSE/, /Failed to fetch/];
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'personas-down-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test('while the service is down the page says so, and once it is back nothing typed was lost', async () => {
  const before = await startTestApp({}, { directory });
  const { address } = before;
  const page = await visitors.open(address, '/?persona=ninox-assistant', { expected });
  await say(page, 'Which teams can you see?');
  await answered(page);
  await before[Symbol.asyncDispose]();

  await say(page, 'And their databases?');
  await page.getByRole('alert').getByText('The service cannot be reached').waitFor();
  await snap(page, 'chat-down');
  visitors.use(await startTestApp({ PORT: new URL(address).port }, { directory }));
  await page.getByRole('button', { name: 'Try now' }).click();
  await page.getByRole('alert').getByText('The message did not reach the service', { exact: false }).waitFor();
  expect(await composer(page).inputValue()).toBe('And their databases?');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect.poll(() => messagesOf(page, 'Ninox assistant').count()).toBe(2);
  await answered(page);
  expect(await messagesOf(page, 'You').allInnerTexts()).toEqual(['Which teams can you see?', 'And their databases?']);
});

test('a list that cannot be loaded offers to try again', async () => {
  const before = await startTestApp({}, { directory });
  const { address } = before;
  const page = await visitors.open(address, '/personas', { expected });
  await page.getByRole('article').first().waitFor();
  // The code of the other pages is fetched ahead; without it a page cannot say anything.
  const loaded = () =>
    page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map(({ name }) => name)
        .join(),
    );
  for (const code of ['activity-page', 'conversation-page'])
    await expect.poll(loaded, { timeout: 10_000 }).toContain(code);
  await before[Symbol.asyncDispose]();
  await page.getByRole('link', { name: 'Activity' }).click();
  await page.getByRole('heading', { name: 'The record could not be loaded' }).waitFor();
  await snap(page, 'activity-down');
  visitors.use(await startTestApp({ PORT: new URL(address).port }, { directory }));
  await page.getByRole('button', { name: 'Try again' }).last().click();
  await page.getByRole('list', { name: 'Audit events' }).waitFor();
});
