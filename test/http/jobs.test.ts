import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobListView, JobRunListView, JobRunView, JobView } from '#channels/http/contract/jobs.ts';
import { makeKey } from '#test/support/api-key.ts';
import { createHttpClient, type HttpClient } from '#test/support/http-client.ts';
import { jobDefinition, jobPersona, jobsPath, makeJob } from '#test/support/jobs.ts';
import { join } from '#test/support/join.ts';
import { startTestApp, type TestApp } from '#test/support/start-app.ts';

let app: TestApp & AsyncDisposable;
let mia: HttpClient;
let tom: HttpClient;
let auditor: HttpClient;
let miaId: string;
beforeAll(async () => {
  app = await startTestApp({}, { personas: { tester: jobPersona } });
  const joined = await join(app, 'Mia');
  miaId = joined.id;
  mia = createHttpClient(app.address, joined.cookie);
  tom = createHttpClient(app.address, (await join(app, 'Tom')).cookie);
  auditor = createHttpClient(app.address, (await join(app, 'Ida', 'auditor')).cookie);
}, 60_000);
afterAll(() => app?.[Symbol.asyncDispose]());

const pathOf = ({ id }: Pick<JobView, 'id'>) => `${jobsPath}/${id}`;
const schedule = { kind: 'schedule', when: 'every weekday at 8', timeZone: 'Europe/Berlin' } as const;

describe('making and reading', () => {
  test('a job acts as whoever made it, and is shown with its next five instants', async () => {
    const job = await makeJob(mia, { trigger: schedule });
    expect(job).toMatchObject({
      owner: { id: miaId, name: 'Mia' },
      status: 'active',
      revision: 1,
      file: null,
      manageable: true,
      changeable: true,
      hook: null,
      problems: [],
      lastRun: null,
    });
    expect(job.next).toHaveLength(5);
    expect(job.scheduleWords).toContain('Europe/Berlin');
    expect(await mia.get(pathOf(job))).toEqual({ status: 200, body: job });
  });

  test.each([
    ['a schedule nobody understands', { trigger: { ...schedule, when: 'every blue moon' } }, /trigger\.when/],
    ['a persona that is not there', { persona: 'nobody' }, /persona/],
    ['a placeholder that is not known', { prompt: 'See {{payload.x' }, /prompt/],
    ['conditions without an event', { conditions: [{ field: 'a', is: 'is_empty' as const }] }, /conditions/],
    ['a model that is not there', { model: 'demo/none-such' }, /model/],
  ])('%s is refused, with the setting', async (_name, more, message) => {
    const { status, body } = await mia.send('POST', jobsPath, { definition: jobDefinition(more) });
    expect({ status, body }).toMatchObject({ status: 400, body: { detail: expect.stringMatching(message) } });
  });

  test('a list has one’s own, newest change first, page by page; owners and admins see everybody’s', async () => {
    const [first, second] = [await makeJob(tom, { name: 'First' }), await makeJob(tom, { name: 'Second' })];
    const page = (await tom.get(`${jobsPath}?limit=1`)).body as JobListView;
    expect(page.items.map(({ id }) => id)).toEqual([second.id]);
    const next = (await tom.get(`${jobsPath}?limit=1&cursor=${page.nextCursor}`)).body as JobListView;
    expect(next).toMatchObject({ items: [{ id: first.id }], nextCursor: null });
    expect(next.fileProblems).toBeUndefined();
    const all = (await app.get(`${jobsPath}?limit=100`)).body as JobListView;
    expect(all.items.map(({ id }) => id)).toEqual(expect.arrayContaining([first.id, second.id]));
    expect(all.fileProblems).toEqual([]);
    const theirs = all.items.find(({ id }) => id === first.id);
    expect(theirs).toMatchObject({ manageable: true, changeable: false });
  });

  test('what is somebody else’s is answered as if it were not there', async () => {
    const job = await makeJob(mia);
    const asked = [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/runs'],
      ['GET', '/runs'],
      ['GET', '/file'],
      ['POST', '/duplicate'],
      ['GET', '/events'],
      ['POST', '/hook-secret'],
      ['POST', '/outbound-secret'],
    ] as const;
    const answers: Record<string, unknown> = {};
    for (const [method, where] of asked) {
      const { status } = await tom.send(method, pathOf(job) + where, method === 'PATCH' ? { revision: 1 } : {});
      if (status !== 404) answers[`${method} ${where}`] = status;
    }
    expect(answers).toEqual({});
    expect(await auditor.get(jobsPath)).toMatchObject({ status: 403 });
  });
});

describe('changing', () => {
  test('a change needs the revision that was seen', async () => {
    const job = await makeJob(mia);
    const definition = { ...job.definition, name: 'Evening look' };
    const changed = await mia.send('PATCH', pathOf(job), { revision: 1, definition });
    expect(changed).toMatchObject({ status: 200, body: { revision: 2, definition: { name: 'Evening look' } } });
    const late = await mia.send('PATCH', pathOf(job), { revision: 1, definition });
    expect(late).toMatchObject({ status: 409, body: { code: 'JOB_CHANGED' } });
  });

  test('a job is paused and resumed; while it is paused nothing is planned and nothing starts', async () => {
    const job = await makeJob(mia, { trigger: schedule });
    const paused = await mia.send('PATCH', pathOf(job), { revision: 1, status: 'paused' });
    expect(paused.body).toMatchObject({ status: 'paused', pausedReason: null, next: [] });
    expect(await mia.send('POST', `${pathOf(job)}/runs`)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    const resumed = await mia.send('PATCH', pathOf(job), { revision: 2, status: 'active' });
    expect((resumed.body as JobView).next).toHaveLength(5);
  });

  test('who manages jobs pauses and deletes everybody’s, but does not change what one does as another', async () => {
    const job = await makeJob(mia);
    const definition = { ...job.definition, prompt: 'Do something else.' };
    const changed = await app.send('PATCH', pathOf(job), { revision: 1, definition });
    expect(changed).toMatchObject({ status: 403, body: { detail: expect.stringMatching(/acts for somebody else/) } });
    const started = await app.send('POST', `${pathOf(job)}/runs`, { payload: { mine: true } });
    expect(started).toMatchObject({ status: 403 });
    expect(await app.send('POST', `${pathOf(job)}/hook-secret`)).toMatchObject({ status: 403 });
    expect(await app.send('PATCH', pathOf(job), { revision: 1, status: 'paused' })).toMatchObject({ status: 200 });
    expect(await app.send('DELETE', pathOf(job))).toEqual({ status: 200, body: { done: true } });
    expect(await mia.get(pathOf(job))).toMatchObject({ status: 404 });
  });

  test('a copy belongs to whoever makes it, and is paused', async () => {
    const job = await makeJob(mia, { trigger: schedule });
    const copy = await app.send('POST', `${pathOf(job)}/duplicate`);
    expect(copy).toMatchObject({
      status: 201,
      body: { status: 'paused', changeable: true, definition: { name: 'Morning look (copy)', trigger: schedule } },
    });
    expect((copy.body as JobView).owner.id).not.toBe(miaId);
  });

  test('what is exported can be imported, and says the same', async () => {
    const job = await makeJob(mia, { trigger: schedule, description: 'Looks around.', retries: 1 });
    const file = (await mia.get(`${pathOf(job)}/file`)).body as { fileName: string; text: string };
    expect(file.fileName).toBe('morning-look.md');
    const made = await tom.send('POST', '/api/v1/job-imports', { text: file.text });
    expect(made).toMatchObject({ status: 201, body: { status: 'paused', owner: { name: 'Tom' } } });
    expect((made.body as JobView).definition).toEqual(job.definition);
    const broken = await tom.send('POST', '/api/v1/job-imports', { text: file.text.replace('schedule', 'sundial') });
    expect(broken).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/^Line \d+: .*schedule/) } });
  });
});

describe('runs', () => {
  test('a run that is started by hand is found in the history', async () => {
    const job = await makeJob(mia, { overlap: 'allow' });
    const started = await mia.send('POST', `${pathOf(job)}/runs`);
    expect(started).toMatchObject({ status: 201, body: { cause: 'manual', trial: false, startedBy: { id: miaId } } });
    const run = started.body as JobRunView;
    await mia.send('POST', `${pathOf(job)}/runs`);
    const page = (await mia.get(`${pathOf(job)}/runs?limit=1`)).body as JobRunListView;
    const rest = (await mia.get(`${pathOf(job)}/runs?limit=1&cursor=${page.nextCursor}`)).body as JobRunListView;
    expect(page.items).toHaveLength(1);
    expect(rest).toMatchObject({ items: [{ id: run.id }], nextCursor: null });
    expect(await mia.get(`${pathOf(job)}/runs/${run.id}`)).toMatchObject({ status: 200, body: { id: run.id } });
    const other = await makeJob(mia);
    expect(await mia.get(`${pathOf(other)}/runs/${run.id}`)).toMatchObject({ status: 404 });
    expect(await mia.send('POST', `${pathOf(other)}/runs/${run.id}/replay`)).toMatchObject({ status: 404 });
    expect(await mia.send('POST', `${pathOf(job)}/deliveries/none/replay`)).toMatchObject({ status: 404 });
  });
});

describe('hooks', () => {
  const hooked = { trigger: { kind: 'webhook', auth: 'header' } } as const;

  test('a secret is shown once, with the script for Ninox; a new one has the old one count a day longer', async () => {
    const job = await makeJob(mia, hooked);
    expect(job.hook).toMatchObject({ url: expect.stringContaining(`/hooks/`), overlapUntil: null });
    expect(job.problems).toEqual([expect.stringMatching(/no secret yet/)]);
    const made = await mia.send('POST', `${pathOf(job)}/hook-secret`);
    const { secret, url, ninoxScript } = made.body as { secret: string; url: string; ninoxScript: string };
    expect(made.status).toBe(201);
    expect(secret, 'as it is, not crossed out').toMatch(/^[\w-]{20,}$/);
    expect(url).toBe(job.hook?.url);
    expect(ninoxScript).toContain(secret);
    expect(ninoxScript).toContain(url);
    const after = await mia.get(pathOf(job));
    expect(JSON.stringify(after.body)).not.toContain(secret);
    expect(after.body).toMatchObject({ problems: [], revision: 1 });
    const again = await mia.send('POST', `${pathOf(job)}/hook-secret`);
    expect((again.body as { secret: string }).secret).not.toBe(secret);
    const { hook } = (await mia.get(pathOf(job))).body as JobView;
    expect(Date.parse(hook?.overlapUntil ?? '')).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  });

  test('one that is signed has no script; a job without a hook has no secret', async () => {
    const signed = await makeJob(mia, { trigger: { kind: 'webhook', auth: 'signature' } });
    const made = await mia.send('POST', `${pathOf(signed)}/hook-secret`);
    expect(made.body).toMatchObject({ secret: expect.stringMatching(/^whsec_/), ninoxScript: null });
    const plain = await makeJob(mia);
    expect(await mia.send('POST', `${pathOf(plain)}/hook-secret`)).toMatchObject({ status: 409 });
    expect(await mia.get(`${pathOf(plain)}/events`)).toEqual({ status: 200, body: { items: [], nextCursor: null } });
    expect(await mia.send('POST', `${pathOf(plain)}/events/none/replay`)).toMatchObject({ status: 404 });
    const outbound = await mia.send('POST', `${pathOf(plain)}/outbound-secret`);
    expect(outbound).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^whsec_/) } });
  });
});

describe('helpers', () => {
  test('a schedule is told in words while it is typed', async () => {
    const known = await mia.send('POST', '/api/v1/schedule-previews', { when: 'jeden Werktag um 8', timeZone: 'UTC' });
    expect(known.body).toMatchObject({ problem: null, cron: '0 8 * * 1-5', words: expect.any(String) });
    expect((known.body as { next: string[] }).next).toHaveLength(5);
    const unknown = await mia.send('POST', '/api/v1/schedule-previews', { when: 'never', timeZone: 'UTC' });
    expect(unknown).toMatchObject({ status: 200, body: { problem: expect.any(String), cron: null, next: [] } });
    const zone = await mia.send('POST', '/api/v1/schedule-previews', { when: 'every day at 8', timeZone: 'Mars/Base' });
    expect(zone).toMatchObject({ status: 200, body: { problem: expect.stringContaining('Mars/Base') } });
  });

  test('a schema is drawn from a sample', async () => {
    const drawn = await mia.send('POST', '/api/v1/schema-drafts', { sample: { order: { id: 7 } } });
    expect(drawn).toMatchObject({
      status: 200,
      body: { schema: { type: 'object', properties: { order: { properties: { id: { type: 'integer' } } } } } },
    });
  });

  test('a template’s answers become a job that can be saved', async () => {
    const { items } = (await mia.get('/api/v1/job-templates')).body as { items: { id: string }[] };
    expect(items.map(({ id }) => id)).toEqual(['trigger-on-event', 'daily-summary', 'cross-tool-sync']);
    const answers = { persona: 'tester', task: 'Say hello.', team: 'teamteam1', database: 'database1', writes: 'no' };
    const filled = await mia.send('POST', '/api/v1/job-templates/trigger-on-event/fill', { answers });
    expect(filled).toMatchObject({ status: 200, body: { newPersona: null, definition: { persona: 'tester' } } });
    const { definition } = filled.body as { definition: object };
    expect(await mia.send('POST', jobsPath, { definition })).toMatchObject({ status: 201 });
    const without = await mia.send('POST', '/api/v1/job-templates/trigger-on-event/fill', { answers: {} });
    expect(without).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/task|team/) } });
    expect(await mia.send('POST', '/api/v1/job-templates/none/fill', { answers })).toMatchObject({ status: 400 });
  });

  test('what was given up is for who manages jobs', async () => {
    expect(await app.get('/api/v1/dead-items')).toEqual({ status: 200, body: { items: [], nextCursor: null } });
    expect(await mia.get('/api/v1/dead-items')).toMatchObject({ status: 403 });
    expect(await app.send('POST', '/api/v1/dead-items/none/replay')).toMatchObject({ status: 404 });
    expect(await mia.send('POST', '/api/v1/dead-items/none/replay')).toMatchObject({ status: 403 });
  });
});

describe('API keys', () => {
  test('a job that a key makes does no more than the key may; saving it in person lifts that', async () => {
    const key = await makeKey(app.address, mia, ['jobs:own', 'ninox:teams:read']);
    const job = await makeJob(key);
    expect(job.problems).toEqual([expect.stringMatching(/does no more than that key may/)]);
    const definition = { ...job.definition, description: 'Seen by Mia.' };
    const saved = await mia.send('PATCH', pathOf(job), { revision: job.revision, definition });
    expect(saved.body).toMatchObject({ problems: [] });
    const byKey = await key.send('PATCH', pathOf(job), { revision: 2, definition: job.definition });
    expect((byKey.body as JobView).problems).toHaveLength(1);
  });

  test('a key without the permission has no jobs', async () => {
    const key = await makeKey(app.address, mia, ['chat']);
    expect(await key.get(jobsPath)).toMatchObject({ status: 403 });
    expect(await key.send('POST', jobsPath, { definition: jobDefinition() })).toMatchObject({ status: 403 });
  });
});
