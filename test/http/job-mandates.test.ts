import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobView } from '#channels/http/contract/jobs.ts';
import { makeKey } from '#test/support/api-key.ts';
import { createHttpClient, type HttpClient } from '#test/support/http-client.ts';
import { jobDefinition, jobsPath, makeJob } from '#test/support/jobs.ts';
import { join } from '#test/support/join.ts';
import { personaFile, startTestApp, type TestApp } from '#test/support/start-app.ts';

const tester = personaFile(['channels: [web, job]']);
const guarded = personaFile(['channels: [web, job]', 'approvers:', '  ninox_delete_record:', '    fourEyes: true']);

let app: TestApp & AsyncDisposable;
let mia: HttpClient;
let tom: HttpClient;
let tomId: string;
beforeAll(async () => {
  app = await startTestApp({}, { personas: { tester, guarded } });
  mia = createHttpClient(app.address, (await join(app, 'Mia')).cookie);
  const joined = await join(app, 'Tom');
  tomId = joined.id;
  tom = createHttpClient(app.address, joined.cookie);
}, 60_000);
afterAll(() => app?.[Symbol.asyncDispose]());

const pathOf = ({ id }: Pick<JobView, 'id'>) => `${jobsPath}/${id}`;
const soon = new Date(Date.now() + 7 * 24 * 3_600_000).toISOString();
const allowance = { tool: 'ninox_delete_record', count: 3, expiresAt: soon };
const preApproved = (allowances: readonly object[]) => ({ rule: 'pre_approved' as const, allowances: [...allowances] });
const mandate = preApproved([allowance]) as NonNullable<Parameters<typeof makeJob>[1]>['mandate'];

test('an owner gives a standing approval with the job, sees it, and takes it back', async () => {
  const job = await makeJob(mia, { mandate });
  expect(job.allowances).toMatchObject([
    { tool: 'ninox_delete_record', count: 3, used: 0, givenBy: { name: 'Mia' }, afterOutsideText: false },
  ]);
  expect(job.problems).toEqual([]);
  const withdrawn = await mia.send('PUT', `${pathOf(job)}/allowances`, { revision: 1, allowances: [] });
  expect(withdrawn).toMatchObject({ status: 200, body: { allowances: [], revision: 2 } });
  const late = await mia.send('PUT', `${pathOf(job)}/allowances`, { revision: 1, allowances: [allowance] });
  expect(late).toMatchObject({ status: 409, body: { code: 'JOB_CHANGED' } });
  const { items } = (await app.get('/api/v1/audit-events?limit=100')).body as { items: { action: string }[] };
  const actions = items.map(({ action }) => action);
  expect(actions).toEqual(expect.arrayContaining(['mandate.given', 'mandate.ended']));
});

test('one that is kept keeps what was used of it; a changed one is given anew', async () => {
  const job = await makeJob(mia, { mandate });
  const [given] = job.allowances;
  const further = { tool: 'ninox_delete_record', count: 1, expiresAt: soon, afterOutsideText: true };
  const body = { revision: 1, allowances: [allowance, further] };
  const { allowances } = (await mia.send('PUT', `${pathOf(job)}/allowances`, body)).body as JobView;
  expect(allowances).toHaveLength(2);
  expect(allowances[0]?.id).toBe(given?.id);
});

test.each([
  ['is over already', { ...allowance, expiresAt: '2020-01-01T00:00:00Z' }, /over already/],
  ['holds for longer than a year', { ...allowance, expiresAt: '2099-01-01T00:00:00Z' }, /a year at most/],
  ['is of a tool that is not there', { ...allowance, tool: 'no_such_tool' }, /no tool/],
  ['is of a tool nobody is asked about', { ...allowance, tool: 'ninox_list_teams' }, /only reads/],
])('no standing approval that %s', async (_name, wrong, message) => {
  const definition = jobDefinition({ mandate: preApproved([wrong]) as typeof mandate });
  const made = await mia.send('POST', jobsPath, { definition });
  expect(made).toMatchObject({ status: 400, body: { detail: expect.stringMatching(message) } });
});

test('no API key gives one, with whatever scopes', async () => {
  const key = await makeKey(app.address, app, ['jobs:own', 'jobs:manage', 'ninox:records:delete']);
  const made = await key.send('POST', jobsPath, { definition: jobDefinition({ mandate }) });
  expect(made).toMatchObject({ status: 403, body: { detail: expect.stringMatching(/sign in/) } });
  const job = await makeJob(key);
  const given = await key.send('PUT', `${pathOf(job)}/allowances`, { revision: 1, allowances: [allowance] });
  expect(given).toMatchObject({ status: 403 });
  expect(((await app.get(pathOf(job))).body as JobView).allowances).toEqual([]);
});

test('a change by a key ends what a person had approved: it would be of what the key makes of the job', async () => {
  const key = await makeKey(app.address, mia, ['jobs:own', 'ninox:records:delete']);
  const job = await makeJob(mia, { mandate });
  const definition = { ...job.definition, prompt: 'Delete everything.' };
  expect(await key.send('PATCH', pathOf(job), { revision: 1, definition })).toMatchObject({ status: 403 });
  const without = { ...definition, mandate: { rule: 'park', allowances: [] } };
  const changed = await key.send('PATCH', pathOf(job), { revision: 1, definition: without });
  expect(changed).toMatchObject({ status: 200, body: { allowances: [] } });
});

test('where four eyes are asked for, the job’s owner gives none, and somebody who may decide does', async () => {
  const definition = jobDefinition({ persona: 'guarded', mandate });
  const own = await mia.send('POST', jobsPath, { definition });
  expect(own).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/cannot approve .* in advance/) } });
  const job = await makeJob(mia, { persona: 'guarded', mandate: { rule: 'pre_approved' } });
  const body = { revision: 1, allowances: [allowance] };
  expect(await tom.send('PUT', `${pathOf(job)}/allowances`, body)).toMatchObject({ status: 404 });
  const given = await app.send('PUT', `${pathOf(job)}/allowances`, body);
  expect(given).toMatchObject({ status: 200, body: { allowances: [{ givenBy: { id: expect.any(String) } }] } });
  const prompt = { ...(given.body as JobView).definition, prompt: 'Something else.' };
  const changed = await mia.send('PATCH', pathOf(job), { revision: 2, definition: prompt });
  expect(changed, 'it was for what the job did before').toMatchObject({ status: 200, body: { allowances: [] } });
});

test('whoever gave it and may decide no more has approved nothing', async () => {
  const job = await makeJob(tom, { mandate });
  expect(job.problems).toEqual([]);
  await app.send('PATCH', `/api/v1/members/${tomId}`, { role: 'auditor' });
  const seen = (await app.get(pathOf(job))).body as JobView;
  expect(seen).toMatchObject({ status: 'paused', pausedReason: expect.stringMatching(/auditor/) });
  expect(seen.problems).toContainEqual(expect.stringMatching(/standing approval .* does not count any more/));
  await app.send('PATCH', `/api/v1/members/${tomId}`, { role: 'member' });
  expect(((await app.get(pathOf(job))).body as JobView).status, 'a person resumes it').toBe('paused');
});
