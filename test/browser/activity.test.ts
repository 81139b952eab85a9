import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chat } from '../support/chat.ts';
import { createVisitors, snap } from '../support/page.ts';
import { startTestApp, type TestApp } from '../support/start-app.ts';

const visitors = createVisitors();
let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  app = await startTestApp();
  await chat(app, 'Which databases does each team have?', { personaId: 'ninox-assistant' });
  await chat(app, 'Delete record 12 in table B of the CRM database.', { personaId: 'record-janitor' });
});
afterAll(() => app[Symbol.asyncDispose]());

const rows = (page: Page) => page.getByRole('list', { name: 'Audit events' }).getByRole('listitem');
const event = (page: Page) => page.getByRole('region', { name: 'Event', exact: true });

test('every call is listed, and filters live in the address', async () => {
  const page = await visitors.open(app.address, '/activity');
  await rows(page).first().waitFor();
  const all = await rows(page).count();
  await page.getByLabel('Outcome').selectOption({ label: 'Denied' });
  await expect.poll(() => rows(page).count()).toBe(1);
  expect(await rows(page).textContent()).toMatch(/Record janitor[\s\S]*Delete a Ninox record[\s\S]*Denied/);
  expect(new URL(page.url()).search).toBe('?outcome=denied');
  await page.reload();
  await expect.poll(() => rows(page).count()).toBe(1);
  await page.getByLabel('Persona').selectOption({ label: 'Ninox assistant' });
  await page.getByRole('heading', { name: 'No event fits these filters' }).waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect.poll(() => rows(page).count()).toBe(all);
  await page.getByLabel('From').fill('2020-01-01');
  await page.getByLabel('To', { exact: true }).fill('2020-01-02');
  await page.getByRole('heading', { name: 'No event fits these filters' }).waitFor();
  expect(new URL(page.url()).search).toBe('?from=2020-01-01&to=2020-01-02');
});

test('a call is one row, and both of its rows on request', async () => {
  const page = await visitors.open(app.address, '/activity');
  await rows(page).first().waitFor();
  const started = rows(page).filter({ hasText: 'Started' });
  expect(await started.count()).toBe(0);
  const calls = await rows(page).count();
  await page.getByRole('button', { name: 'Show both' }).click();
  await expect.poll(() => rows(page).count()).toBeGreaterThan(calls);
  expect(new URL(page.url()).search).toBe('?rows=both');
  const intents = await started.count();
  expect(await rows(page).count()).toBe(calls + intents);
  const times = await rows(page)
    .locator('time')
    .evaluateAll((all) => all.map((time) => time.getAttribute('datetime') ?? ''));
  expect(times).toEqual(times.toSorted().toReversed());
  await page.getByRole('button', { name: 'Show one' }).click();
  await expect.poll(() => rows(page).count()).toBe(calls);
  await page.getByLabel('Outcome').selectOption({ label: 'Started' });
  await expect.poll(() => rows(page).count()).toBe(intents);
});

test('one event shows its prompt, arguments and response, and leads to its conversation', async () => {
  const page = await visitors.open(
    app.address,
    '/activity?outcome=succeeded&persona=ninox-assistant&tool=ninox_get_databases',
  );
  await rows(page).first().getByRole('link').click();
  const detail = event(page);
  expect(await detail.getByRole('figure', { name: 'Prompt' }).textContent()).toContain(
    'Which databases does each team have?',
  );
  expect(await detail.getByRole('figure', { name: 'Arguments' }).textContent()).toContain('team_id');
  expect(await detail.getByRole('figure', { name: 'Response' }).textContent()).toContain('databases');
  expect(new URL(page.url()).search).toBe('?outcome=succeeded&persona=ninox-assistant&tool=ninox_get_databases');
  await detail.getByText('You (this machine)', { exact: true }).waitFor();
  await snap(page, 'activity-event');
  await detail.getByRole('link', { name: 'Open the conversation' }).click();
  await page.getByRole('article', { name: 'You' }).getByText('Which databases does each team have?').waitFor();
  await page.goBack();
  await detail.getByRole('link', { name: 'Close' }).click();
  await event(page).waitFor({ state: 'detached' });
});

test('a denial says what it means, and that nothing was changed', async () => {
  const page = await visitors.open(app.address, '/activity?outcome=denied');
  await rows(page).first().getByRole('link').click();
  await event(page).getByText("This needs a person's approval", { exact: false }).waitFor();
  expect(await event(page).getByRole('figure', { name: 'Arguments' }).textContent()).toContain('"record_id": "12"');
  expect(await event(page).getByRole('figure', { name: 'Prompt' }).textContent()).toContain('Delete record 12');
});

test('the audit is proved on request', async () => {
  const page = await visitors.open(app.address, '/activity');
  await page.getByRole('button', { name: 'Audit intact' }).click();
  const about = page.getByRole('dialog', { name: 'About the audit' });
  expect(await about.textContent()).toMatch(/All \d+ events are as they were written[\s\S]*[0-9a-f]{64}/);
  await page.keyboard.press('Escape');
  await about.waitFor({ state: 'hidden' });
  await snap(page, 'activity');
});

test('an event that is not there is said to be so', async () => {
  const page = await visitors.open(app.address, '/activity/nowhere', { expected: [/404/] });
  await page.getByText('There is no such event').waitFor();
});
