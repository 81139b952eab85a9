import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PersonaDetailView } from '#channels/http/contract/personas.ts';
import { sampleIds } from '#sandbox/ninox-data.ts';
import { chat } from '../support/chat.ts';
import { createHttpClient } from '../support/http-client.ts';
import { createVisitors, isTooWide, phone, snap, tabTo } from '../support/page.ts';
import { postJson, readCookie } from '../support/sign-in.ts';
import { startTestApp, type TestApp } from '../support/start-app.ts';

const visitors = createVisitors();
let app: TestApp & AsyncDisposable;
/** The session of somebody who may do little. */
let member: string;
let carefulId: string;
beforeAll(async () => {
  app = await startTestApp();
  await chat(app, 'Which databases does each team have?', { personaId: 'ninox-assistant' });
  const created = await app.send('POST', '/api/v1/personas', { definition: careful });
  carefulId = (created.body as PersonaDetailView).persona.id;
  const { company } = sampleIds;
  const question = `Delete record 12 in table B of database ${company.crm} in team ${company.team}.`;
  await chat(app, question, { personaId: carefulId });
  const definition = { name: 'Sales clerk', description: 'For sales.', instructions: 'Help.' };
  await app.send('POST', '/api/v1/personas', { definition });
  member = await joinAsMember(app);
});
afterAll(() => app[Symbol.asyncDispose]());

/** A persona that may delete, and only in one team. */
const careful = {
  name: 'Careful janitor',
  description: 'Deletes in the workshop.',
  instructions: 'Help.',
  scopes: ['ninox:teams:read', 'ninox:databases:read', 'ninox:records:delete'],
  limits: { teams: [sampleIds.workshop.team] },
};

async function joinAsMember(app: TestApp): Promise<string> {
  const { body } = await app.send('POST', '/api/v1/invitations', { email: 'mia@example.com', role: 'member' });
  const token = new URL((body as { link: string }).link).pathname.split('/').at(-1);
  const person = { name: 'Mia Member', password: 'yet another battery' };
  return readCookie(await postJson(`${app.address}/api/v1/invitation-links/${token}/sign-up`, person));
}

const rows = (page: Page) => page.getByRole('list', { name: 'Audit events' }).getByRole('listitem');
const event = (page: Page) => page.getByRole('region', { name: 'Event', exact: true });

test('every call is listed, and filters live in the address', async () => {
  const page = await visitors.open(app.address, '/activity');
  await rows(page).first().waitFor();
  const all = await rows(page).count();
  await page.getByLabel('Outcome').selectOption({ label: 'Denied' });
  await expect.poll(() => rows(page).count()).toBe(1);
  expect(await rows(page).textContent()).toMatch(/Careful janitor, for you[\s\S]*Delete a Ninox record[\s\S]*Denied/);
  expect(new URL(page.url()).search).toBe('?outcome=denied');
  await page.reload();
  await rows(page).first().waitFor();
  await expect.poll(() => rows(page).count()).toBe(1);
  await page.getByLabel('Persona', { exact: true }).selectOption({ label: 'Ninox assistant' });
  await page.getByRole('heading', { name: 'No event fits these filters' }).waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect.poll(() => rows(page).count()).toBe(all);
  await page.getByLabel('From').fill('2020-01-01');
  await page.getByLabel('To', { exact: true }).fill('2020-01-02');
  await page.getByRole('heading', { name: 'No event fits these filters' }).waitFor();
  expect(new URL(page.url()).search).toBe('?from=2020-01-01&to=2020-01-02');
});

test('a call is one row, and every step of it on request', async () => {
  const page = await visitors.open(app.address, '/activity');
  await rows(page).first().waitFor();
  const started = rows(page).filter({ hasText: 'Started' });
  expect(await started.count()).toBe(0);
  const calls = await rows(page).count();
  await page.getByRole('button', { name: 'Show every step' }).click();
  await expect.poll(() => rows(page).count()).toBeGreaterThan(calls);
  expect(new URL(page.url()).search).toBe('?rows=both');
  const intents = await started.count();
  const planned = await rows(page).filter({ hasText: 'Looked up' }).count();
  expect(await rows(page).count()).toBe(calls + intents + planned);
  const times = await rows(page)
    .locator('time')
    .evaluateAll((all) => all.map((time) => time.getAttribute('datetime') ?? ''));
  expect(times).toEqual(times.toSorted().toReversed());
  await page.getByRole('button', { name: 'Show the last step' }).click();
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
  await detail.getByText('You', { exact: false }).first().waitFor();
  await snap(page, 'activity-event');
  await detail.getByRole('link', { name: 'Open the conversation' }).click();
  await page.getByRole('article', { name: 'You' }).getByText('Which databases does each team have?').waitFor();
  await page.goBack();
  await detail.getByRole('link', { name: 'Close' }).click();
  await event(page).waitFor({ state: 'detached' });
});

test('a denial says what it means, once', async () => {
  const page = await visitors.open(app.address, '/activity?outcome=denied');
  await rows(page).first().getByRole('link').click();
  await event(page).getByText('Outside its limits', { exact: true }).waitFor();
  await event(page).getByRole('list', { name: 'Step by step' }).getByText('Not sent: outside its limits').waitFor();
  expect((await event(page).textContent())?.match(/outside/g)).toHaveLength(1);
  expect(await event(page).getByRole('figure', { name: 'Error' }).count()).toBe(0);
  expect(await event(page).getByRole('figure', { name: 'Arguments' }).textContent()).toContain('"record_id": "12"');
  expect(await event(page).getByRole('figure', { name: 'Prompt' }).textContent()).toContain('Delete record 12');
});

test('what people did is said in plain words, with what it was about', async () => {
  const page = await visitors.open(app.address, '/activity?outcome=persona.created');
  await rows(page).first().waitFor();
  await expect.poll(() => rows(page).count()).toBe(2);
  expect(await rows(page).first().textContent()).toMatch(/You[\s\S]*Persona created: Sales clerk[\s\S]*Done/);
  await rows(page).first().getByRole('link').click();
  await event(page).getByText('You created the persona Sales clerk.', { exact: true }).waitFor();
  expect(await event(page).getByRole('link', { name: 'Open the conversation' }).count()).toBe(0);
  await snap(page, 'activity-direct');
});

test('people, connections and times narrow the list', async () => {
  const page = await visitors.open(app.address, '/activity');
  await rows(page).first().waitFor();
  await page.getByLabel('Person', { exact: true }).selectOption({ label: 'Mia Member' });
  await expect
    .poll(async () => (await rows(page).allTextContents()).every((text) => text.includes('Mia Member')))
    .toBe(true);
  expect(await rows(page).count()).toBeGreaterThan(0);
  await page.getByLabel('Connection', { exact: true }).selectOption({ index: 1 });
  await page.getByRole('heading', { name: 'No event fits these filters' }).waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  const today = page.getByRole('button', { name: 'Today', exact: true });
  await tabTo(page, today);
  await page.keyboard.press('Enter');
  expect(await today.getAttribute('aria-pressed')).toBe('true');
  expect(new URL(page.url()).search).toMatch(/^\?from=(\d{4}-\d\d-\d\d)&to=\1$/);
  await rows(page).first().waitFor();
});

test.each(['csv', 'jsonl'] as const)('what fits is saved as a file: %s', async (format) => {
  const page = await visitors.open(app.address, `/activity?persona=${carefulId}`);
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export activity' });
  await dialog.getByRole('radio', { name: format === 'csv' ? /Table/ : /JSON Lines/ }).check();
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save as a file' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(new RegExp(`^activity-[\\d-]{10}\\.${format}$`));
  const text = await readFile(await file.path(), 'utf8');
  expect(text).toContain('Delete record 12');
  expect(text).not.toContain('ninox-assistant');
  await dialog.getByText(/^\d+ events saved as activity-/).waitFor();
  await snap(page, `activity-export-${format}`);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByRole('button', { name: 'Refresh' }).click();
  await rows(page).filter({ hasText: 'Activity exported' }).first().waitFor();
});

test('an export that breaks off is said to have failed, and saves nothing', async () => {
  const page = await visitors.open(app.address, '/activity', { expected: [/ERR_FAILED/] });
  await page.route('**/api/v1/audit-exports', (route) => route.abort());
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export activity' });
  await dialog.getByRole('button', { name: 'Save as a file' }).click();
  await dialog.getByText(/^Nothing was saved\./).waitFor();
  await dialog.getByRole('button', { name: 'Try again' }).waitFor();
});

test('a member sees what is their own, and is told so', async () => {
  const page = await visitors.open(app.address, '/activity', { cookie: member, ...phone });
  await page.getByText('Your own activity:', { exact: false }).waitFor();
  await rows(page).first().waitFor();
  expect((await rows(page).allTextContents()).every((text) => text.includes('You'))).toBe(true);
  expect(await page.getByRole('button', { name: 'Export' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByLabel('Persona', { exact: true }).waitFor();
  expect(await page.getByLabel('Person', { exact: true }).count()).toBe(0);
  expect(await isTooWide(page)).toBe(false);
  await snap(page, 'activity-phone-member');
  const all = (await app.get('/api/v1/audit-events?personaId=record-janitor')).body as { items: { id: string }[] };
  const ofOlivia = await createHttpClient(app.address, member).get(`/api/v1/audit-events/${all.items[0]?.id}`);
  expect(ofOlivia.status).toBe(404);
});

test('the activity stands in the dark and on a phone', async () => {
  const page = await visitors.open(app.address, '/activity', { ...phone, colorScheme: 'dark' });
  await rows(page).first().waitFor();
  expect(await isTooWide(page)).toBe(false);
  await snap(page, 'activity-phone-dark');
  await rows(page).first().getByRole('link').click();
  await event(page).waitFor();
  expect(await isTooWide(page)).toBe(false);
  await snap(page, 'activity-event-phone-dark');
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
