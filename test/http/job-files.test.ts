import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobListView, JobView } from '#channels/http/contract/jobs.ts';
import { eventually } from '#test/support/eventually.ts';
import { jobPersona, jobsPath } from '#test/support/jobs.ts';
import { startTestApp, type TestApp } from '#test/support/start-app.ts';

let directory: string;
let folder: string;
let app: TestApp & AsyncDisposable;

const front = (lines: readonly string[]) =>
  ['---', 'name: Nightly', 'persona: tester', ...lines, '---', '', 'List the teams.', ''].join('\n');
const nightly = (more: readonly string[] = []) =>
  front(['owner: OWNER', 'trigger:', '  kind: schedule', '  when: every day at 2', '  timeZone: UTC', ...more]);
const put = (name: string, text: string) => writeFile(path.join(folder, name), text.replace('OWNER', owner));

let owner = '';
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'job-files-'));
  folder = path.join(directory, 'personas', 'jobs');
  const options = { directory, personas: { tester: jobPersona } };
  const first = await startTestApp({}, options);
  const { user } = (await first.get('/api/v1/session')).body as { user: { email: string } };
  owner = user.email;
  await first[Symbol.asyncDispose]();
  await mkdir(folder);
  await put('nightly.md', nightly());
  await put('broken.md', front(['owner: nobody@example.com', 'trigger:', '  kind: manual']));
  app = await startTestApp({}, options);
}, 60_000);
afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const nightlyPath = `${jobsPath}/nightly`;
const seen = async () => (await app.get(nightlyPath)).body as JobView;
/** The file is read again soon, and nobody knows when. */
const until = <T>(ask: () => Promise<T>, is: (answer: T) => boolean) => {
  let last: T;
  const look = async () => {
    last = await ask();
    return is(last) ? last : null;
  };
  return eventually(look, { why: () => JSON.stringify(last) });
};
const problems = async () => ((await app.get(jobsPath)).body as JobListView).fileProblems ?? [];

test('a job in a file is there at the start, acts as its owner, and is changed in its file alone', async () => {
  const job = await seen();
  expect(job).toMatchObject({
    definition: { name: 'Nightly' },
    file: path.join('personas', 'jobs', 'nightly.md'),
    status: 'active',
    manageable: true,
    changeable: false,
    problems: [],
  });
  expect(job.next).toHaveLength(5);
  const definition = { ...job.definition, name: 'Other' };
  const changed = await app.send('PATCH', nightlyPath, { revision: job.revision, definition });
  expect(changed).toMatchObject({ status: 409, body: { detail: expect.stringMatching(/nightly\.md/) } });
  expect(await app.send('DELETE', nightlyPath)).toMatchObject({ status: 409 });
  expect(await app.send('POST', `${nightlyPath}/duplicate`)).toMatchObject({
    status: 201,
    body: { file: null, changeable: true, status: 'paused' },
  });
});

test('a broken file is told with its line, to who manages jobs', async () => {
  expect(await problems()).toEqual([
    {
      file: path.join('personas', 'jobs', 'broken.md'),
      line: 4,
      message: expect.stringContaining('nobody@example.com'),
    },
  ]);
});

test('a person pauses it, and it stays so when its file changes; standing approvals are given on the page', async () => {
  const { revision } = await seen();
  const paused = await app.send('PATCH', nightlyPath, { revision, status: 'paused' });
  expect(paused).toMatchObject({ status: 200 });
  await put('nightly.md', nightly(['description: Looks around at night.']));
  const changed = await until(seen, ({ definition }) => definition.description !== '');
  expect(changed).toMatchObject({ status: 'paused', pausedReason: null });
  const resumed = (await app.send('PATCH', nightlyPath, { revision: changed.revision, status: 'active' }))
    .body as JobView;
  expect(resumed.status).toBe('active');
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const allowances = [{ tool: 'ninox_delete_record', count: 1, expiresAt }];
  const body = { revision: resumed.revision, allowances };
  expect(await app.send('PUT', `${nightlyPath}/allowances`, body)).toMatchObject({ status: 200 });
  await put('nightly.md', nightly(['description: Looks around.', 'mandate:', '  rule: pre_approved']));
  const kept = await until(seen, ({ definition }) => definition.mandate.rule === 'pre_approved');
  expect(kept.allowances, 'it does what it did').toHaveLength(1);
  await put('nightly.md', nightly(['mandate:', '  rule: pre_approved']).replace('List the teams.', 'Delete all.'));
  const other = await until(seen, ({ definition }) => definition.prompt === 'Delete all.');
  expect(other.allowances, 'they were for what it did before').toEqual([]);
});

test('a job whose file is gone is paused, and goes on once it is back', async () => {
  await rm(path.join(folder, 'nightly.md'));
  const gone = await until(seen, ({ status }) => status === 'paused');
  expect(gone.pausedReason).toMatch(/file .*nightly\.md is gone/);
  await put('nightly.md', nightly());
  expect(await until(seen, ({ status }) => status === 'active')).toMatchObject({ pausedReason: null });
});

test('a file that gives standing approvals is refused', async () => {
  await put('broken.md', nightly(['mandate:', '  allowances: []']));
  const found = await until(problems, ([problem]) => problem?.message.includes('Standing approvals') === true);
  expect(found).toHaveLength(1);
});
