import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InboxListView, JobRunView, JobTrialView, JobView } from '#channels/http/contract/jobs.ts';
import { sampleIds } from '#sandbox/ninox-data.ts';
import { eventually } from '../support/eventually.ts';
import { jobsPath, makeJob, type WrittenJob } from '../support/jobs.ts';
import type { ModelRequest, ScriptedTurn } from '../support/openai-script.ts';
import { type ScriptedApp, startScriptedApp } from '../support/scripted-app.ts';

/*
 * The templates as they are set up, on the whole service: its queue, its worker, the guard, the Ninox stand-in, and a model
 * whose answers a script gives over real HTTP.
 */

const { company, south } = sampleIds;
const persona = [
  '---',
  'name: Tester',
  'description: For tests.',
  'scopes: [ninox:teams:read, ninox:databases:read, ninox:records:read, ninox:records:write]',
  'channels: [web, job]',
  'budget: { steps: 30, calls: 60, seconds: 120 }',
  '---',
  'You are a test persona.',
  '',
].join('\n');

let scripted: ScriptedApp;
let answerOf: (request: ModelRequest) => ScriptedTurn;
beforeAll(async () => {
  scripted = await startScriptedApp((request) => answerOf(request), { personas: { tester: persona } });
}, 60_000);
afterAll(() => scripted?.[Symbol.asyncDispose]());

const app = () => scripted.app;

async function fill(template: string, answers: object): Promise<WrittenJob> {
  const path = `/api/v1/job-templates/${template}/fill`;
  const { status, body } = await app().send('POST', path, { answers });
  expect({ status, body }).toMatchObject({ status: 200 });
  return (body as { definition: WrittenJob }).definition;
}

async function tryOut(definition: WrittenJob): Promise<JobTrialView> {
  const started = await app().send('POST', '/api/v1/job-trials', { definition });
  expect(started).toMatchObject({ status: 201 });
  const { run } = started.body as JobTrialView;
  let seen: JobTrialView | undefined;
  return eventually(
    async () => {
      seen = (await app().get(`/api/v1/job-trials/${run.id}`)).body as JobTrialView;
      return seen.run.endedAt === null ? null : seen;
    },
    { why: () => JSON.stringify(seen) },
  );
}

async function run(job: JobView): Promise<{ readonly run: JobRunView; readonly answer: string }> {
  const started = await app().send('POST', `${jobsPath}/${job.id}/runs`, {});
  const { id } = started.body as JobRunView;
  let seen: JobRunView | undefined;
  const ended = await eventually(
    async () => {
      seen = (await app().get(`${jobsPath}/${job.id}/runs/${id}`)).body as JobRunView;
      return seen.endedAt === null ? null : seen;
    },
    { why: () => JSON.stringify(seen) },
  );
  const entry = await eventually(
    async () => {
      const { items } = (await app().get('/api/v1/inbox')).body as InboxListView;
      return items.find(({ jobRunId }) => jobRunId === id) ?? null;
    },
    { why: () => 'no answer in the inbox' },
  );
  return { run: ended, answer: entry.body };
}

describe('cross-tool sync', () => {
  /** The first company is known in the target already, the second is new, the third is left out. */
  const names = ['Familie Ahlenbrand', 'Tassenbrook Tea Rooms'];
  const target = { team: south.team, database: south.customers, table: 'A' };

  function transform({ userText }: ModelRequest): ScriptedTurn {
    const { items } = JSON.parse(userText) as { items: readonly { fields: Record<string, unknown> }[] };
    const records = items.map((_, index) =>
      names[index] === undefined
        ? { skip: 'not wanted' }
        : { fields: { Name: names[index], 'E-Mail': `${index}@example.com` } },
    );
    return { text: JSON.stringify({ records }) };
  }

  test('a trial shows what it would do and does nothing; the job does it once, and not again', async () => {
    answerOf = transform;
    const source = { team_id: company.team, database_id: company.crm, table_id: 'A' };
    const filled = await fill('cross-tool-sync', {
      persona: 'tester',
      arguments: source,
      ...target,
      key: 'Name',
      transform: 'The name stays as it is.',
      most: 3,
      start: 'manual',
    });
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const limits = { tables: [`${target.database}/${target.table}`] };
    const allowances = ['ninox_create_records', 'ninox_update_record'].map((tool) => ({
      tool,
      limits,
      count: 5,
      expiresAt,
    }));
    const definition: WrittenJob = { ...filled, mandate: { rule: 'pre_approved', allowances } };

    for (let time = 0; time < 2; time += 1) {
      const trial = await tryOut(definition);
      expect(trial).toMatchObject({ run: { status: 'succeeded' } });
      expect(trial.answer).toContain('nothing was changed');
      expect(trial.answer).toMatch(/\| 1 \| 1 \| 1 \| 0 \|/);
    }
    const job = await makeJob(app(), definition);
    const first = await run(job);
    expect(first.run).toMatchObject({ status: 'succeeded', cause: 'manual' });
    expect(first.answer).toMatch(/\| 1 \| 1 \| 1 \| 0 \|/);
    expect(first.answer).toContain('Tassenbrook Tea Rooms');
    const second = await run(job);
    expect(second.answer).toMatch(/\| 0 \| 0 \| 3 \| 0 \|/);
    const { allowances: left } = (await app().get(`${jobsPath}/${job.id}`)).body as JobView;
    expect(left.map(({ used }) => used)).toEqual([1, 1]);
  }, 60_000);
});

describe('daily summary', () => {
  test('reads what changed and puts what the model wrote into the inbox; nothing is changed whatever the model wants', async () => {
    answerOf = ({ step, toolResults }) => {
      const place = { team_id: company.team, database_id: company.crm };
      const changes = { name: 'ninox_list_changes', args: { ...place, table_id: 'A', since: 0 } };
      const write = {
        name: 'ninox_update_record',
        args: { ...place, table_id: 'A', record_id: 1, fields: { Name: 'Mine' } },
      };
      if (step === 0) return { calls: [{ name: 'ninox_get_schema', args: place }, write] };
      if (step === 1) return { calls: [changes] };
      return {
        text: `Summed up after ${toolResults.length} answers: ${toolResults.map(({ output }) => output.slice(0, 200)).join(' | ')}`,
      };
    };
    const definition = await fill('daily-summary', {
      persona: 'tester',
      team: company.team,
      database: company.crm,
      tables: ['A'],
      time: '08:00',
      timeZone: 'Europe/Berlin',
      deliveries: [{ kind: 'inbox' }],
    });
    const job = await makeJob(app(), definition);
    expect(job.next.length).toBe(5);
    const { run: ended, answer } = await run(job);
    expect(ended).toMatchObject({ status: 'succeeded' });
    expect(answer).toContain('Summed up after 3 answers');
    expect(answer).toContain('Companies');
    expect(answer).toContain('told not to wait for anybody');
  }, 60_000);
});
