import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Failpoint } from '#test/support/failpoints.ts';
import { hasEnded, openJobWorld } from '#test/support/job-world.ts';

/*
 * The process that works a job's run is killed at one point after another; another one on the same file goes on.
 */

const entry = fileURLToPath(new URL('./job-process.ts', import.meta.url));

/** Resolves once it is gone. `failpoint` null: it is killed while the model is asked. */
async function workAndDie(folder: string, failpoint: Failpoint | null): Promise<void> {
  const env = { ...process.env, FOLDER: folder, FAILPOINT: JSON.stringify(failpoint) };
  const child = fork(entry, { env, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  if (failpoint === null) child.on('message', () => void child.kill('SIGKILL'));
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
}

const at = (pattern: string, when: Failpoint['when']): Failpoint => ({ pattern, when, nth: 1 });
const begun = 'update "job_runs" set .*"working"';
const asked = 'insert into "runs"';
const answered = 'update "runs" set .*"succeeded"';
const ended = 'update "job_runs" set .*\\["succeeded"';

/** What the agent’s runs for it ended as. */
const points: readonly (readonly [name: string, failpoint: Failpoint | null, answers: readonly string[]])[] = [
  ['before the attempt is stored', at(begun, 'before'), ['succeeded']],
  ['after the attempt is stored, before the agent is asked', at(begun, 'after'), ['succeeded']],
  ['before the agent’s run is stored', at(asked, 'before'), ['succeeded']],
  ['after the agent’s run is stored', at(asked, 'after'), ['interrupted', 'succeeded']],
  ['while the model is asked', null, ['interrupted', 'succeeded']],
  ['before the agent’s end is stored', at(answered, 'before'), ['interrupted', 'succeeded']],
  ['after the agent’s end is stored', at(answered, 'after'), ['succeeded']],
  ['before the end and its deliveries are stored', at(ended, 'before'), ['succeeded']],
  ['after the end and its deliveries are stored', at(ended, 'after'), ['succeeded']],
];

test.concurrent.each(points)('killed %s, a run is gone on with and done once', async (_name, failpoint, answers) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'worker-crash-'));
  try {
    const self = { id: 'survivor', host: 'crash', pid: process.pid };
    await using world = await openJobWorld({ folder, self, decide: () => ({ text: 'All tidy.' }) });
    const run = await world.begin(await world.insert());
    await workAndDie(folder, failpoint);
    await world.world.sweep.sweep();
    await world.jobs.start();
    const after = await world.until(run, hasEnded);
    expect(after).toMatchObject({ status: 'succeeded', attempts: answers.length });
    expect((await world.answersOf(run)).map(({ status }) => status)).toEqual(answers);
    expect(await world.deliveriesOf(run)).toHaveLength(1);
    expect(await world.queued('delivery')).toHaveLength(1);
    // What had ended is looked at once more where the killed one had not said so.
    await world.emptied('job-run');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
