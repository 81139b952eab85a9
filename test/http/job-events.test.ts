import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  HookEventListView,
  InboxListView,
  JobRunListView,
  JobRunView,
  JobTrialView,
  JobView,
} from '#channels/http/contract/jobs.ts';
import { eventually } from '#test/support/eventually.ts';
import { jobDefinition, jobPersona, jobsPath, makeJob } from '#test/support/jobs.ts';
import { startTestApp, type TestApp } from '#test/support/start-app.ts';

let app: TestApp & AsyncDisposable;
let job: JobView;
let secret: string;
beforeAll(async () => {
  app = await startTestApp({}, { personas: { tester: jobPersona } });
  const schema = { type: 'object', required: ['order'], properties: { order: { type: 'integer' } } };
  job = await makeJob(app, {
    trigger: { kind: 'webhook', auth: 'header', schema },
    conditions: [{ field: 'order', is: 'greater_than', value: 10 }],
    overlap: 'queue',
    prompt: 'What of this? {{payload}}',
  });
  ({ secret } = (await app.send('POST', `${jobsPath}/${job.id}/hook-secret`)).body as { secret: string });
}, 60_000);
afterAll(() => app?.[Symbol.asyncDispose]());

const path = () => `${jobsPath}/${job.id}`;
const events = async () => ((await app.get(`${path()}/events`)).body as HookEventListView).items;
const send = (body: unknown, with_: string = secret, id: string = randomUUID()) => {
  const url = `${app.address}/hooks/${job.hook?.url.split('/hooks/')[1] ?? ''}`;
  const headers = { 'content-type': 'application/json', 'x-personas-secret': with_, 'x-personas-id': id };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
};
const ended = (id: string) => {
  let seen: JobRunView | undefined;
  const look = async () => {
    seen = (await app.get(`${path()}/runs/${id}`)).body as JobRunView;
    return seen.endedAt === null ? null : seen;
  };
  return eventually(look, { why: () => JSON.stringify(seen) });
};

test('an event starts the job; its run, its transcript and its answer in the inbox are found', async () => {
  expect((await send({ order: 12 })).status).toBe(202);
  const { items } = (await app.get(`${path()}/runs`)).body as JobRunListView;
  const run = await ended(items[0]?.id ?? '');
  expect(run).toMatchObject({ cause: 'event', status: 'succeeded', payload: { order: 12 }, startedBy: null });
  const conversation = await app.get(`/api/v1/conversations/${run.conversationId}`);
  expect(conversation).toMatchObject({ status: 200 });
  expect(JSON.stringify(conversation.body)).toContain('12');
  const entry = await eventually(
    async () => {
      const inbox = (await app.get('/api/v1/inbox?unread=true')).body as InboxListView;
      return inbox.items.find(({ jobRunId }) => jobRunId === run.id) ?? null;
    },
    { why: () => 'no answer in the inbox' },
  );
  expect(entry).toMatchObject({ kind: 'answer', jobId: job.id, readAt: null });
  const { deliveries } = (await app.get(`${path()}/runs/${run.id}`)).body as JobRunView;
  expect(deliveries).toMatchObject([{ kind: 'inbox', to: 'Inbox', status: 'sent' }]);
  const again = await app.send('POST', `${path()}/deliveries/${deliveries[0]?.id}/replay`);
  expect(again, 'it has arrived').toMatchObject({ status: 409 });
  expect(await app.send('POST', `/api/v1/inbox/${entry.id}/read`)).toMatchObject({ status: 200 });
  const unread = (await app.get('/api/v1/inbox?unread=true')).body as InboxListView;
  expect(unread.items.map(({ id }) => id)).not.toContain(entry.id);
  await app.send('POST', '/api/v1/inbox/read-all');
  expect((await app.get('/api/v1/inbox')).body).toMatchObject({ unread: 0 });
});

test('events that start nothing are shown with why, and can be replayed whatever the conditions say', async () => {
  expect((await send({ order: 3 })).status).toBe(202);
  expect((await send({ order: 'many' })).status).toBe(422);
  expect((await send({ order: 99 }, 'not-the-secret')).status).toBe(401);
  const [forged, unfit, filtered] = await events();
  expect(forged).toMatchObject({ outcome: 'refused', body: null, jobRunId: null });
  expect(unfit).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('order') });
  expect(filtered).toMatchObject({ outcome: 'filtered', jobRunId: null });
  const replay = (id = '') => app.send('POST', `${path()}/events/${id}/replay`);
  expect(await replay(forged?.id), 'nobody has proved where it came from').toMatchObject({ status: 409 });
  expect(await replay(unfit?.id)).toMatchObject({ status: 422, body: { code: 'PAYLOAD_INVALID' } });
  const started = await replay(filtered?.id);
  expect(started).toMatchObject({ status: 201, body: { cause: 'replay', payload: { order: 3 } } });
  const run = await ended((started.body as JobRunView).id);
  const once = await app.send('POST', `${path()}/runs/${run.id}/replay`);
  expect(once).toMatchObject({ status: 201, body: { cause: 'replay', payload: { order: 3 } } });
  await ended((once.body as JobRunView).id);
  const { revision } = (await app.get(path())).body as JobView;
  await app.send('PATCH', path(), { revision, status: 'paused' });
  expect(await replay(filtered?.id)).toMatchObject({ status: 409 });
  await app.send('PATCH', path(), { revision: revision + 1, status: 'active' });
});

test('a payload that does not fit is refused by hand as well', async () => {
  const wrong = await app.send('POST', `${path()}/runs`, { payload: { order: 'many' } });
  expect(wrong).toMatchObject({ status: 422, body: { code: 'PAYLOAD_INVALID' } });
});

test('a trial of a definition that is not saved reads, plans, and is in no history', async () => {
  const definition = jobDefinition({ prompt: 'Which teams are there?' });
  const started = await app.send('POST', '/api/v1/job-trials', { definition });
  expect(started).toMatchObject({ status: 201, body: { run: { trial: true, cause: 'trial' }, answer: null } });
  const { run } = started.body as JobTrialView;
  const trial = await eventually(
    async () => {
      const seen = (await app.get(`/api/v1/job-trials/${run.id}`)).body as JobTrialView;
      return seen.run.endedAt === null ? null : seen;
    },
    { why: () => 'the trial does not end' },
  );
  expect(trial).toMatchObject({ run: { status: 'succeeded' }, answer: expect.any(String), wouldChange: [] });
  expect(await app.get(`/api/v1/job-trials/none`)).toMatchObject({ status: 404 });
  const refused = await app.send('POST', '/api/v1/job-trials', { definition: { ...definition, persona: 'nobody' } });
  expect(refused).toMatchObject({ status: 400 });
});

test('a test message reaches the inbox, and nothing of this service sends to the service itself', async () => {
  const sent = await app.send('POST', '/api/v1/delivery-tests', { delivery: { kind: 'inbox' } });
  expect(sent.body).toEqual({ sent: true, problem: null });
  const own = { kind: 'webhook', url: `${app.address}/hooks/${job.hook?.url.split('/hooks/')[1]}` };
  const looped = await app.send('POST', '/api/v1/delivery-tests', { delivery: own });
  expect(looped.body).toEqual({
    sent: false,
    problem: expect.stringMatching(/is this service’s own|this service itself/),
  });
});
