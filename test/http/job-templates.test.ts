import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FilledTemplateView, JobTemplateListView, JobView } from '#channels/http/contract/jobs.ts';
import { createHttpClient } from '#test/support/http-client.ts';
import { jobPersona, jobsPath } from '#test/support/jobs.ts';
import { join } from '#test/support/join.ts';
import { startTestApp, type TestApp } from '#test/support/start-app.ts';

let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  app = await startTestApp({}, { personas: { tester: jobPersona } });
}, 60_000);
afterAll(() => app?.[Symbol.asyncDispose]());

/** Each its own database, for a persona that one of them has made may fit another one as well. */
const place = (database: string) => ({ team: 'teamteam1', database });
const answersOf = {
  'trigger-on-event': {
    ...place('database1'),
    task: 'Find the customer and add a note.',
    sample: { order: { id: 7 } },
  },
  'daily-summary': { ...place('database2'), tables: ['A', 'B'], time: '07:30', timeZone: 'Europe/Berlin' },
  'cross-tool-sync': {
    ...place('database3'),
    table: 'A',
    key: 'Number',
    arguments: { team_id: 'teamteam1', database_id: 'database1', table_id: 'A' },
    transform: '“Name” is first and last name.',
  },
} as const;
type TemplateId = keyof typeof answersOf;
const ids = Object.keys(answersOf) as TemplateId[];

const fill = (id: TemplateId, answers: object, who: Pick<TestApp, 'send'> = app) =>
  who.send('POST', `/api/v1/job-templates/${id}/fill`, { answers });

describe.each(ids)('%s', (id) => {
  test('asks for no more than it needs, and what it asks for has a kind the page knows', async () => {
    const { items } = (await app.get('/api/v1/job-templates')).body as JobTemplateListView;
    const questions = items.find((template) => template.id === id)?.questions ?? [];
    const required = questions.filter(({ required: is, initial }) => is && initial === null).map((one) => one.id);
    expect(Object.keys(answersOf[id])).toEqual(expect.arrayContaining(required));
    const known = questions.map((one) => one.id);
    for (const { askedWhen } of questions) if (askedWhen !== null) expect(known).toContain(askedWhen.question);
    const initial = Object.fromEntries(
      questions.filter((one) => one.initial !== null).map((one) => [one.id, one.initial]),
    );
    expect(await fill(id, { ...initial, ...answersOf[id] }), 'what it starts with is an answer').toMatchObject({
      status: 200,
    });
  });

  test('becomes a persona and a job that are stored as they are', async () => {
    const { newPersona, definition } = (await fill(id, answersOf[id])).body as FilledTemplateView;
    expect(newPersona).not.toBeNull();
    const made = await app.send('POST', '/api/v1/personas', { definition: newPersona });
    expect(made).toMatchObject({ status: 201 });
    const { persona } = made.body as { persona: { id: string } };
    const job = await app.send('POST', jobsPath, { definition: { ...definition, persona: persona.id } });
    expect(job, JSON.stringify(job.body)).toMatchObject({ status: 201 });
    const expected = definition.trigger.kind === 'webhook' ? [expect.stringMatching(/no secret yet/)] : [];
    expect((job.body as JobView).problems).toEqual(expected);
  });

  test('finds the persona that fits, once there is one', async () => {
    const { newPersona, definition, notes } = (await fill(id, answersOf[id])).body as FilledTemplateView;
    expect(newPersona).toBeNull();
    expect(definition.persona).not.toBe('new-persona');
    expect(notes[0]).toMatch(/is chosen/);
  });
});

test('a persona that was chosen is taken, with what it lacks', async () => {
  const { definition, notes } = (await fill('daily-summary', { ...answersOf['daily-summary'], persona: 'tester' }))
    .body as FilledTemplateView;
  expect(definition.persona).toBe('tester');
  expect(definition.trigger).toMatchObject({ when: '30 7 * * 1-5', timeZone: 'Europe/Berlin' });
  expect(notes.join(' ')).toMatch(/lacks ninox:records:read/);
  expect(await fill('daily-summary', { ...answersOf['daily-summary'], persona: 'nobody' })).toMatchObject({
    status: 400,
    body: { detail: expect.stringMatching(/^persona/) },
  });
});

test('whoever makes no personas is told whom to ask', async () => {
  const mia = createHttpClient(app.address, (await join(app, 'Mia')).cookie);
  const elsewhere = { ...answersOf['cross-tool-sync'], database: 'database2', persona: null };
  const { body } = await fill('cross-tool-sync', elsewhere, mia);
  const { newPersona, notes } = body as FilledTemplateView;
  if (newPersona !== null) expect(notes[0]).toMatch(/Ask an owner or admin/);
});

test.each([
  ['trigger-on-event', { ...answersOf['trigger-on-event'], task: ' ' }, /task/],
  ['daily-summary', { ...answersOf['daily-summary'], time: 'noon' }, /time/],
  ['cross-tool-sync', { ...place('database3'), table: 'A', transform: 'x' }, /key: is not answered/],
] as const)('%s names the question that is not answered', async (id, answers, message) => {
  expect(await fill(id, answers)).toMatchObject({ status: 400, body: { detail: expect.stringMatching(message) } });
});
