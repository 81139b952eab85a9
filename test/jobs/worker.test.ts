import { afterEach, expect, onTestFinished, test } from 'vitest';
import { createJobRunRepository } from '#db/repositories/job-runs.ts';
import { hasEnded, type JobWorld, type JobWorldOptions, openJobWorld } from '#test/support/job-world.ts';

let opened: JobWorld | null = null;
afterEach(async () => {
  await opened?.[Symbol.asyncDispose]();
  opened = null;
});

const says = (text: string) => () => ({ text });

async function open(options: Partial<JobWorldOptions> = {}): Promise<JobWorld> {
  opened = await openJobWorld({ decide: says('All tidy.'), ...options });
  return opened;
}

/** Lets the jobs' clock run fast. */
function hurry({ people }: JobWorld): void {
  const timer = setInterval(() => {
    people.ahead += 60_000;
  }, 20);
  onTestFinished(() => clearInterval(timer));
}

test('a run that is started by hand is worked to its end, and its answer is to be delivered', async () => {
  const world = await open();
  await world.jobs.start();
  const job = await world.insert({
    deliveries: [{ kind: 'inbox' }, { kind: 'slack', connectionId: 'c', channel: 'C01' }],
  });
  const run = await world.until(await world.begin(job), hasEnded);
  expect(run).toMatchObject({ status: 'succeeded', attempts: 1, problem: null, conversationId: run.id });
  const [answer, ...others] = await world.answersOf(run);
  expect(others).toEqual([]);
  expect(answer).toMatchObject({ id: run.runId, channel: 'job', place: job.id, actorKind: 'schedule', actorId: 'ann' });
  const [message] = await world.messagesOf(run);
  expect(message?.parts).toEqual([{ type: 'text', text: `Tidy up on ${run.createdAt.toISOString().slice(0, 10)}.` }]);
  expect((await world.deliveriesOf(run)).map(({ kind }) => kind).sort()).toEqual(['inbox', 'slack']);
  const waiting = await world.queued('delivery');
  const ids = (await world.deliveriesOf(run)).map(({ id }) => id).sort();
  expect(waiting.map(({ payload }) => (payload as { deliveryId: string }).deliveryId).sort()).toEqual(ids);
});

test('what an event brought is data in the prompt, and the run knows that it has read text from outside', async () => {
  const world = await open();
  await world.jobs.start();
  const job = await world.insert({
    trigger: { kind: 'webhook', auth: 'header', schema: null },
    prompt: 'Greet {{payload.name}}.',
  });
  const run = await world.until(await world.begin(job, { payload: { name: 'Eve' } }), hasEnded);
  const [message] = await world.messagesOf(run);
  expect(JSON.stringify(message?.parts)).toContain('«Eve»');
  expect((await world.answersOf(run))[0]?.outsideText).toContain('an event of the job “Tidy up”');
});

test.each([
  ['always', 'All tidy.', 1],
  ['success', 'All tidy.', 1],
  ['problem', 'All tidy.', 0],
  ['problem', '', 1],
  ['success', '', 0],
] as const)('delivered on “%s”, the answer “%s” goes to %d places', async (deliverWhen, text, places) => {
  const world = await open({ decide: says(text) });
  await world.jobs.start();
  const run = await world.until(await world.begin(await world.insert({ deliverWhen })), hasEnded);
  expect(run.status).toBe(text === '' ? 'failed' : 'succeeded');
  expect(await world.deliveriesOf(run)).toHaveLength(places);
});

test('an answer that a fault has cut is gone on with in the same conversation', async () => {
  let cuts = 2;
  const world = await open({
    decide: () => {
      cuts -= 1;
      if (cuts >= 0) throw new Error('the line is broken');
      return { text: 'Now it is done.' };
    },
  });
  await world.jobs.start();
  hurry(world);
  const run = await world.until(await world.begin(await world.insert({ retries: 2 })), hasEnded);
  expect(run).toMatchObject({ status: 'succeeded', attempts: 3 });
  const answers = await world.answersOf(run);
  expect(answers.map(({ status }) => status)).toEqual(['interrupted', 'interrupted', 'succeeded']);
  expect(new Set(answers.map(({ conversationId }) => conversationId))).toEqual(new Set([run.id]));
  expect(JSON.stringify((await world.messagesOf(run)).at(-2)?.parts)).toContain('do nothing twice');
});

test('one that is cut too often has failed, and says why', async () => {
  const world = await open({
    decide: () => {
      throw new Error('the line is broken');
    },
  });
  await world.jobs.start();
  hurry(world);
  const run = await world.until(await world.begin(await world.insert({ retries: 1 })), hasEnded);
  expect(run).toMatchObject({ status: 'failed', attempts: 2, problem: expect.stringContaining('broke off') });
  expect(await world.deliveriesOf(run)).toHaveLength(1);
});

const asks = (step: number) =>
  step === 1 ? { calls: [{ tool: 'remove', input: { id: 1 } }] } : { text: 'It is gone.' };

async function waitingRun(world: JobWorld) {
  const begun = await world.begin(await world.insert());
  const run = await world.until(begun, ({ status }) => status === 'waiting');
  const [pending] = await world.world.approvals.ofRun('org', run.runId ?? '');
  if (pending === undefined) throw new Error('Nobody was asked.');
  expect(world.world.scene.done).toEqual([]);
  return { run, pending };
}

test('a run that waits for a person leaves the worker, and ends once that is decided', async () => {
  // Looked at again so late that only the process itself can have told.
  const world = await open({ decide: asks, lookAgainMs: { waiting: 3_600_000, elsewhere: 50 } });
  await world.jobs.start();
  const { run, pending } = await waitingRun(world);
  await world.world.decide(pending, 'approved');
  expect(await world.world.runs.resume('org', run.runId ?? '')).toBe(true);
  expect(await world.until(run, hasEnded)).toMatchObject({ status: 'succeeded', attempts: 1, runId: run.runId });
  expect(world.world.scene.done).toHaveLength(1);
  expect(await world.deliveriesOf(run)).toHaveLength(1);
});

test('a run that waited while its process ended is found by the next one', async () => {
  const world = await open({ decide: asks });
  const first = await world.joinAnother();
  await first.jobs.start();
  const { run, pending } = await waitingRun(world);
  await first.jobs.close(1_000);
  await first.process.runs.drain(0);
  await world.world.decide(pending, 'denied');
  await world.world.runs.resume('org', run.runId ?? '');
  await world.jobs.start();
  expect(await world.until(run, hasEnded)).toMatchObject({ status: 'succeeded', attempts: 1, runId: run.runId });
  expect(world.world.scene.done).toEqual([]);
});

test('two processes work many runs, each once', async () => {
  const world = await open();
  const other = await world.joinAnother();
  const job = await world.insert({ overlap: 'allow' });
  const begun = await Promise.all(Array.from({ length: 30 }, () => world.begin(job)));
  await Promise.all([world.jobs.start(), other.jobs.start()]);
  for (const run of begun) {
    expect(await world.until(run, hasEnded)).toMatchObject({ status: 'succeeded', attempts: 1 });
    expect(await world.answersOf(run)).toHaveLength(1);
    expect(await world.deliveriesOf(run)).toHaveLength(1);
  }
});

test('an item that comes twice changes nothing', async () => {
  const world = await open();
  await world.jobs.start();
  const run = await world.until(await world.begin(await world.insert()), hasEnded);
  const item = { organizationId: 'org', topic: 'job-run', payload: { jobRunId: run.id } } as const;
  await world.jobs.queue.add(item);
  await world.until(await world.begin(await world.insert()), hasEnded);
  expect(await world.answersOf(run)).toHaveLength(1);
  expect(await world.deliveriesOf(run)).toHaveLength(1);
});

const mishaps: readonly (readonly [what: string, strike: (world: JobWorld) => void, reason: string])[] = [
  ['whose owner has left', ({ people }) => people.members.delete('ann'), 'has left the organization'],
  ['whose owner only looks on', ({ people }) => people.members.set('ann', 'auditor'), 'is auditor now'],
  [
    'whose persona is gone',
    ({ world: { scene } }) => {
      scene.persona = null;
    },
    'is not there any more',
  ],
  [
    'whose persona has left the channel',
    ({ world: { scene } }) => {
      if (scene.persona !== null) scene.persona = { ...scene.persona, channels: ['web'] };
    },
    'not among its channels',
  ],
];

test.each(mishaps)('a job %s does nothing, and is paused with the reason', async (_what, strike, reason) => {
  const world = await open();
  await world.jobs.start();
  const job = await world.insert();
  strike(world);
  const run = await world.until(await world.begin(job), hasEnded);
  expect(run).toMatchObject({ status: 'failed', problem: expect.stringContaining(reason), runId: null });
  expect(await world.answersOf(run)).toEqual([]);
  expect(await world.jobs.rows.find(job)).toMatchObject({
    status: 'paused',
    pausedReason: expect.stringContaining(reason),
  });
});

test('it acts with the rights of the moment, narrowed to what its maker’s key had', async () => {
  const world = await open({
    decide: (step) => (step === 1 ? { calls: [{ tool: 'look', input: {} }] } : { text: 'Seen.' }),
  });
  await world.jobs.start();
  const actors: unknown[] = [];
  world.world.scene.beforeVerdict = async (_request, { identity }) => void actors.push(identity.actor);
  const job = await world.insert({}, { keyScopes: ['ninox:teams:read'] });
  world.people.members.set('ann', 'admin');
  await world.until(await world.begin(job), hasEnded);
  expect(actors).toEqual([
    {
      kind: 'schedule',
      id: 'ann',
      name: 'ann',
      organizationId: 'org',
      role: 'admin',
      keyScopes: ['ninox:teams:read'],
      apiKey: null,
    },
  ]);
});

test('a job that was paused or deleted meanwhile is not begun, unless somebody has started it by hand', async () => {
  const world = await open();
  const job = await world.insert({ overlap: 'allow' });
  const due = await world.begin(job, { cause: 'event' });
  const wanted = await world.begin(job);
  await world.jobs.rows.change(job, job.revision, { status: 'paused' });
  const gone = await world.insert();
  const lost = await world.begin(gone);
  await world.jobs.rows.remove(gone);
  await world.jobs.start();
  expect(await world.until(due, hasEnded)).toMatchObject({
    status: 'stopped',
    problem: expect.stringContaining('paused'),
  });
  expect(await world.until(lost, hasEnded)).toMatchObject({
    status: 'stopped',
    problem: expect.stringContaining('deleted'),
  });
  expect(await world.until(wanted, hasEnded)).toMatchObject({ status: 'succeeded' });
});

test('a trial is told what would be changed, delivers nothing, and counts for nothing', async () => {
  const world = await open({ decide: asks });
  const { scene } = world.world;
  const seen: unknown[] = [];
  scene.beforeVerdict = async (_request, { identity: { trial, actor } }) =>
    void seen.push({ trial, scopes: actor.keyScopes });
  const output = { trial: true, wouldDo: 'Delete 1 record from Customers' };
  scene.intercept = async () => ({ type: 'answered', result: { ok: true, output, durationMs: 0 } });
  await world.jobs.start();
  const { definition } = await world.insert();
  const ann = { kind: 'key', id: 'ann', name: 'Ann', organizationId: 'org', role: 'member' } as const;
  const actor = { ...ann, keyScopes: ['ninox:teams:read'], apiKey: { id: 'k', name: 'Key' } };
  const run = await world.jobs.trials.start(actor, { definition, payload: null });
  await world.until(run, hasEnded);
  expect(await world.jobs.trials.find(actor, run.id)).toMatchObject({
    run: { status: 'succeeded', trial: true },
    answer: 'It is gone.',
    wouldChange: [{ tool: 'remove', summary: 'Delete 1 record from Customers' }],
  });
  expect(seen).toEqual([{ trial: true, scopes: ['ninox:teams:read'] }]);
  expect(await world.jobs.trials.find({ ...actor, id: 'ben' }, run.id)).toBeNull();
  expect(await world.deliveriesOf(run)).toEqual([]);
});

test('what cannot be worked is dead after all its attempts, and says why', async () => {
  const world = await open();
  const { jobs } = await world.joinAnother();
  jobs.people.find = () => Promise.reject(new Error('the members cannot be read'));
  hurry(world);
  await jobs.start();
  const run = await world.until(await world.begin(await world.insert()), hasEnded);
  expect(run).toMatchObject({ status: 'dead', problem: expect.stringContaining('the members cannot be read') });
  expect(await jobs.queue.dead('org')).toMatchObject([{ topic: 'job-run', payload: { jobRunId: run.id } }]);
  expect(await world.deliveriesOf(run)).toHaveLength(1);
});

test('a run that was given up by a process which was lost right then ends all the same', async () => {
  const world = await open();
  const { db } = world.world;
  const run = await world.begin(await world.insert());
  await createJobRunRepository(db).begin(run, 1, new Date());
  const { queueItems } = db.tables;
  await db.query.update(queueItems).set({ status: 'dead', attempts: 6, problem: 'it is down', endedAt: new Date() });
  world.people.ahead = 600_000;
  await world.jobs.start();
  expect(await world.until(run, hasEnded)).toMatchObject({
    status: 'dead',
    problem: expect.stringContaining('it is down'),
  });
  // The job is not held up by it.
  expect(await world.begin({ ...(await world.insert()), id: run.jobId })).toMatchObject({ status: 'queued' });
});
