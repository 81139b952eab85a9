import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InboxListView, JobView } from '#channels/http/contract/jobs.ts';
import { createHttpClient, type HttpClient } from '#test/support/http-client.ts';
import { jobPersona, jobsPath, makeJob } from '#test/support/jobs.ts';
import { join } from '#test/support/join.ts';
import { startTestApp, type TestApp } from '#test/support/start-app.ts';

let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  app = await startTestApp({}, { personas: { tester: jobPersona } });
}, 60_000);
afterAll(() => app?.[Symbol.asyncDispose]());

const seen = async ({ id }: Pick<JobView, 'id'>, who: HttpClient = app) =>
  (await who.get(`${jobsPath}/${id}`)).body as JobView;
const every = { kind: 'schedule', when: 'every hour', timeZone: 'UTC' } as const;

test('who leaves has their jobs paused, and who manages jobs is told', async () => {
  const mia = await join(app, 'Mia');
  const client = createHttpClient(app.address, mia.cookie);
  const job = await makeJob(client, { name: 'Mia’s', trigger: every });
  const others = await makeJob(app, { trigger: every });
  expect(await app.send('DELETE', `/api/v1/members/${mia.id}`)).toMatchObject({ status: 200 });
  const after = await seen(job);
  expect(after).toMatchObject({
    status: 'paused',
    pausedReason: expect.stringMatching(/left the organization/),
    next: [],
    owner: { id: mia.id, name: 'Mia' },
  });
  expect(after.problems).toContainEqual(expect.stringMatching(/does not belong to the organization any more/));
  const resumed = await app.send('PATCH', `${jobsPath}/${job.id}`, { revision: after.revision, status: 'active' });
  expect(resumed, 'nobody resumes it as somebody who has left').toMatchObject({ status: 400 });
  expect(await app.send('POST', `${jobsPath}/${job.id}/runs`)).toMatchObject({ status: 409 });
  expect(await seen(others)).toMatchObject({ status: 'active' });
  const { items } = (await app.get('/api/v1/inbox')).body as InboxListView;
  expect(items).toContainEqual(
    expect.objectContaining({ kind: 'notice', jobId: job.id, title: expect.stringMatching(/Mia’s.*paused/) }),
  );
});

test('a connection that is revoked pauses the jobs whose personas have no other', async () => {
  const job = await makeJob(app);
  const { items } = (await app.get('/api/v1/connections')).body as { items: { id: string; integration: string }[] };
  const ninox = items.filter(({ integration }) => integration === 'ninox');
  const spare = await app.send('POST', '/api/v1/connections', {
    integration: 'ninox',
    place: 'stand-in',
    label: 'Spare',
    ownership: 'organization',
    scopes: ['ninox:teams:read'],
  });
  for (const { id } of ninox) await app.send('POST', `/api/v1/connections/${id}/revoke`);
  expect(await seen(job), 'another one is there').toMatchObject({ status: 'active' });
  await app.send('POST', `/api/v1/connections/${(spare.body as { id: string }).id}/revoke`);
  const after = await seen(job);
  expect(after).toMatchObject({ status: 'paused', pausedReason: expect.stringMatching(/“Spare”.*was revoked/) });
  const events = (await app.get('/api/v1/audit-events?limit=100')).body as { items: { action: string }[] };
  expect(events.items.map(({ action }) => action)).toContain('job.paused');
});
