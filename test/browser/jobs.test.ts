import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobListView, JobView } from '#channels/http/contract/jobs.ts';
import { jobPersona, makeJob } from '../support/jobs.ts';
import { createVisitors, isTooWide, phone, snap } from '../support/page.ts';
import { startTestApp, type TestApp } from '../support/start-app.ts';

const visitors = createVisitors();
let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  app = await startTestApp({}, { personas: { tester: jobPersona } });
});
afterAll(() => app?.[Symbol.asyncDispose]());

const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const read = async (id: string) => (await app.get(`/api/v1/jobs/${id}`)).body as JobView;
const idIn = (page: Page) => new URL(page.url()).pathname.split('/').at(-1) ?? '';

test('who has no job is led to the templates', async () => {
  const page = await visitors.open(app.address, '/jobs');
  await page.getByRole('heading', { name: 'There is no job yet' }).waitFor();
  const templates = page.getByRole('list', { name: 'Templates' });
  await templates.getByRole('link', { name: /^An empty job/ }).waitFor();
  expect(await templates.getByRole('link').count()).toBe(4);
  await snap(page, 'jobs-empty');
  await templates.getByRole('link', { name: /^Daily summary/ }).click();
  await page.getByRole('heading', { name: 'Daily summary', level: 1 }).waitFor();
});

test('a daily summary is set up from lists, tried, and saved', async () => {
  const page = await visitors.open(app.address, '/jobs/new/daily-summary');
  const choose = async (label: string) => {
    const box = page.getByRole('combobox', { name: label, exact: true });
    await box.locator('option').nth(1).waitFor({ state: 'attached' });
    await box.selectOption({ index: 1 });
  };
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('Choose: team.').waitFor();
  await choose('Team');
  await choose('Database');
  await page.getByRole('textbox', { name: 'At what time' }).or(page.getByLabel('At what time')).fill('07:30');
  const times = page.getByRole('list', { name: 'Next times' });
  await times.getByText('07:30', { exact: false }).first().waitFor();
  expect(await times.getByRole('listitem').count()).toBe(5);
  await snap(page, 'job-questions');
  await page.getByRole('button', { name: 'Continue' }).click();
  const name = page.getByRole('textbox', { name: 'Name' });
  await name.fill('Sales, yesterday');
  await page.getByRole('textbox', { name: 'When' }).fill('every weekday at 8');
  await times.getByText('08:00', { exact: false }).first().waitFor();
  await page.getByRole('button', { name: 'Try it' }).click();
  const trial = part(page, 'Test run');
  await trial.getByText('It would change nothing.').waitFor();
  await trial.getByText(/^(Succeeded|Failed)$/).waitFor();
  await snap(page, 'job-trial');
  await page.getByRole('checkbox', { name: 'Keep it paused for now' }).check();
  await page.getByRole('button', { name: 'Save the job' }).click();
  await page.getByRole('heading', { name: 'Sales, yesterday', level: 1 }).waitFor();
  expect(await read(idIn(page))).toMatchObject({
    status: 'paused',
    definition: { name: 'Sales, yesterday', trigger: { kind: 'schedule', when: 'every weekday at 8' } },
  });
});

test('a job is written from scratch: what is missing stands at its field, and it can be run at once', async () => {
  const page = await visitors.open(app.address, '/jobs/new/blank', { expected: [/status of 400/] });
  const create = page.getByRole('button', { name: 'Create the job' });
  await create.click();
  await page.getByText('Give the job a name.').waitFor();
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  expect(await name.evaluate((box) => box === document.activeElement), 'led to the fault').toBe(true);
  await name.fill('Look at the teams');
  await page.getByRole('combobox', { name: 'Persona' }).selectOption('tester');
  await page.getByRole('textbox', { name: 'When' }).fill('evry weekday at 8');
  await page.getByRole('textbox', { name: 'Prompt' }).fill('List the teams. Today is ');
  await page.getByRole('button', { name: '{{date}}' }).click();
  await create.click();
  await page.getByText('Not saved: 1 setting to correct.').waitFor();
  await page.getByRole('textbox', { name: 'When' }).fill('every weekday at 8');
  await create.click();
  await page.getByRole('heading', { name: 'Look at the teams', level: 1 }).waitFor();
  expect(await part(page, 'When it starts').getByRole('listitem').count()).toBe(5);
  expect((await read(idIn(page))).definition.prompt).toBe('List the teams. Today is {{date}}');
  await page.getByRole('button', { name: 'Run Look at the teams now' }).click();
  const runs = part(page, 'Runs');
  await runs.getByText('Succeeded').first().waitFor({ timeout: 20_000 });
  await runs.getByText('Inbox delivered').first().waitFor({ timeout: 20_000 });
  await snap(page, 'job-page');
  await runs.getByRole('link', { name: 'Transcript' }).click();
  await page.waitForURL(/\/c\//);
  await page.goto(`${app.address}/inbox`);
  const entry = page.getByRole('list', { name: 'Entries' }).getByText(/Look at the teams/);
  await entry.first().click();
  await page.getByRole('link', { name: 'See the job' }).waitFor();
  await page.getByRole('link', { name: 'Unread', exact: true }).waitFor();
  await snap(page, 'inbox');
});

test('what somebody else has saved meanwhile is told, and nothing that was written is lost', async () => {
  const job = await makeJob(app, { name: 'Shared' });
  const page = await visitors.open(app.address, `/jobs/${job.id}/edit`, { expected: [/status of 409/] });
  const prompt = page.getByRole('textbox', { name: 'Prompt' });
  await prompt.fill('Mine.');
  const { definition, revision } = await read(job.id);
  await app.send('PATCH', `/api/v1/jobs/${job.id}`, { revision, definition: { ...definition, name: 'Theirs' } });
  await page.getByRole('button', { name: 'Save changes' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('heading', { name: 'This job was changed meanwhile' }).waitFor();
  await dialog.getByRole('listitem').filter({ hasText: 'Prompt' }).waitFor();
  await dialog.getByRole('button', { name: 'Go on editing' }).click();
  expect(await prompt.inputValue()).toBe('Mine.');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await dialog.getByRole('button', { name: 'Overwrite with mine' }).click();
  await page.getByRole('heading', { name: 'Shared', level: 1 }).waitFor();
  expect((await read(job.id)).definition.prompt).toBe('Mine.');
});

test('a hook gets its secret and the script for Ninox once, and shows what came in', async () => {
  const job = await makeJob(app, { name: 'On an order', trigger: { kind: 'webhook' }, prompt: 'Look: {{payload}}' });
  const page = await visitors.open(app.address, `/jobs/${job.id}`);
  const events = part(page, 'Events');
  await events.getByText('None has come in yet.').waitFor();
  await events.getByRole('button', { name: /secret/i }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /secret/i })
    .last()
    .click();
  const url = await events.getByRole('textbox', { name: 'Address' }).inputValue();
  const secret = await events.getByRole('textbox', { name: 'Secret' }).inputValue();
  expect(await events.getByRole('figure', { name: 'Script for Ninox' }).textContent()).toContain(secret);
  const sent = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-personas-secret': secret },
    body: JSON.stringify({ order: 17 }),
  });
  expect(sent.status).toBe(202);
  await page.reload();
  await events.getByText('Accepted').waitFor();
  expect(await page.content(), 'shown once').not.toContain(secret);
  await snap(page, 'job-hook');
});

test('a job is paused, resumed, duplicated and deleted from the list', async () => {
  const job = await makeJob(app, { name: 'Turned off and on' });
  const page = await visitors.open(app.address, '/jobs');
  await page.getByRole('button', { name: 'Pause Turned off and on' }).click();
  await page.getByRole('button', { name: 'Resume Turned off and on' }).waitFor();
  expect((await read(job.id)).status).toBe('paused');
  await page.getByRole('button', { name: 'Resume Turned off and on' }).click();
  await page.getByRole('button', { name: 'Pause Turned off and on' }).waitFor();
  const more = () => page.getByRole('button', { name: 'More for Turned off and on', exact: true });
  await more().click();
  await page.getByRole('button', { name: 'Duplicate' }).click();
  await page.waitForURL(/\/edit$/);
  await page.goto(`${app.address}/jobs`);
  await more().click();
  await page.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('button', { name: 'Delete the job' }).click();
  await more().waitFor({ state: 'detached' });
  const { items } = (await app.get('/api/v1/jobs')).body as JobListView;
  expect(items.map(({ id }) => id)).not.toContain(job.id);
});

test('nothing is wider than a phone', async () => {
  const job = await makeJob(app, { name: 'On a phone', trigger: { kind: 'schedule', when: 'every day at 7' } });
  for (const path of [
    '/jobs',
    '/jobs/new',
    '/jobs/new/cross-tool-sync',
    '/jobs/new/blank',
    `/jobs/${job.id}`,
    '/inbox',
  ]) {
    const page = await visitors.open(app.address, path, phone);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await isTooWide(page), path).toBe(false);
    await snap(page, `phone${path.replaceAll('/', '-').replace(job.id, 'job')}`);
  }
});
