import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { doing, openRunWorld, type RunWorld, type ScriptedCall } from '../support/run-world.ts';

const remove: ScriptedCall = { tool: 'remove', input: { record: '7' } };
const decide = (step: number) => (step === 1 ? { text: 'Let me see.', calls: [remove] } : { text: 'Done.' });
const lookThenAnswer = (step: number) => (step === 1 ? { calls: [{ tool: 'look', input: {} }] } : { text: 'Done.' });
const never = new Promise<never>(() => undefined);

/** As if the process that has the run in hand were gone. */
async function lose({ db }: Pick<RunWorld, 'db'>, change: object = {}): Promise<void> {
  await db.query.update(db.tables.runs).set({ processId: `gone ${randomUUID()}`, ...change });
}
const interrupted = { status: 'interrupted', notice: expect.stringMatching(/service stopped.*again/) };

async function waitingAndDecided(world: RunWorld, status: 'approved' | 'denied' = 'approved'): Promise<string> {
  const { runId } = await world.say('Remove 7');
  const [approval] = await world.waitingFor();
  if (approval !== undefined) await world.decide(approval, status);
  return runId;
}

test('a run of a lost process ends as interrupted, with a message, its approvals withdrawn and its conversation free', async () => {
  await using world = await openRunWorld({ decide });
  world.scene.beforeVerdict = () => never;
  const started = await world.begin('Remove 7');
  const asked = () => world.scene.asked.length;
  while (asked() === 0) await new Promise(setImmediate);
  const survivor = await world.start();
  await survivor.sweep.sweep();
  expect(await world.statusOf(started.runId)).toBe('running');
  await lose(world);
  await Promise.all([survivor.sweep.sweep(), survivor.sweep.sweep()]);
  const { parts, metadata } = await world.answer();
  expect(metadata).toMatchObject(interrupted);
  // The call was stored before it was made, and has an end now.
  expect(parts).toMatchObject([{}, { text: 'Let me see.' }, { type: 'tool-remove', state: 'output-error' }]);
  expect(await world.conversation()).toMatchObject({ activeRunId: null, waitingSince: null });
  expect(await world.statusOf(started.runId)).toBe('interrupted');
});

test('a change whose intent was stored is left open in the answer, to be told once it is known', async () => {
  await using world = await openRunWorld({ decide });
  world.scene.beforeVerdict = async ({ callId }) => {
    world.scene.effects.add(callId);
    return never;
  };
  await world.begin('Remove 7');
  while (world.scene.effects.size === 0) await new Promise(setImmediate);
  const survivor = await world.start();
  await lose(world);
  await survivor.sweep.sweep();
  const { id: messageId, parts } = await world.answer();
  expect(parts[2]).toMatchObject({ state: 'input-available' });
  const [callId = ''] = world.scene.effects;
  const amendment = { organizationId: 'org', conversationId: 'c1', messageId, callId };
  const result = { ok: true, output: { gone: true }, durationMs: 5 } as const;
  expect(await world.amend.amendCall({ ...amendment, result, summary: { isEffect: true, reconciled: true } })).toBe(
    'amended',
  );
  const told = await world.answer();
  expect(told.parts[2]).toMatchObject({ state: 'output-available', output: { gone: true } });
  expect(told.metadata?.calls?.[callId]).toEqual({
    outcome: 'succeeded',
    durationMs: 5,
    isEffect: true,
    reconciled: true,
  });
  expect(await world.amend.amendCall({ ...amendment, callId: 'other', summary: {} })).toBe('gone');
});

test('a run that waits is left waiting by every sweep, and taken up once all is decided', async () => {
  await using world = await openRunWorld({ decide });
  const { runId } = await world.say('Remove 7');
  await world.runs.drain(0);
  const survivor = await world.start();
  await survivor.sweep.sweep();
  expect(await world.statusOf(runId)).toBe('waiting');
  const [approval] = await world.waitingFor();
  if (approval !== undefined) await world.decide(approval, 'approved');
  await survivor.sweep.sweep();
  await survivor.runs.drain(10_000);
  expect((await world.answer()).metadata).toMatchObject({ status: 'succeeded' });
  expect(world.scene.done).toHaveLength(1);
});

test('a run that was taken up and lost before anything was sent waits again, and the decision still counts', async () => {
  await using world = await openRunWorld({ decide });
  const runId = await waitingAndDecided(world);
  await world.store.claimRun({ organizationId: 'org', id: runId, processId: 'p' });
  await lose(world);
  const survivor = await world.start();
  await survivor.sweep.sweep();
  await survivor.runs.drain(10_000);
  expect((await world.answer()).metadata).toMatchObject({ status: 'succeeded' });
  expect(world.scene.done).toHaveLength(1);
});

test.each([
  [
    'an approval was used',
    async (world: RunWorld, runId: string) => {
      const [approval] = await world.approvals.ofRun('org', runId);
      if (approval !== undefined) await world.approvals.use(approval);
    },
  ],
  [
    'an intent was stored',
    async (world: RunWorld, runId: string) => {
      const [approval] = await world.approvals.ofRun('org', runId);
      world.scene.effects.add(approval?.callId ?? '');
    },
  ],
])('a run that was taken up and lost after %s is not taken up again', async (_name, send) => {
  await using world = await openRunWorld({ decide });
  const runId = await waitingAndDecided(world);
  await world.store.claimRun({ organizationId: 'org', id: runId, processId: 'p' });
  await send(world, runId);
  await lose(world);
  const survivor = await world.start();
  await survivor.sweep.sweep();
  await survivor.runs.drain(10_000);
  expect((await world.answer()).metadata).toMatchObject(interrupted);
  expect(world.scene.done).toEqual([]);
  expect(await world.statusOf(runId)).toBe('interrupted');
});

test('a run that loses one process after the other is ended', async () => {
  await using world = await openRunWorld({ decide });
  const runId = await waitingAndDecided(world);
  const survivor = await world.start({
    change: () => ({ approvals: { ofRun: async () => [], use: async () => false } }),
  });
  for (let losses = 0; losses < 3; losses += 1) {
    expect(await world.statusOf(runId)).toBe('waiting');
    await world.store.claimRun({ organizationId: 'org', id: runId, processId: 'p' });
    await lose(world);
    await survivor.runs.drain(0);
    await survivor.sweep.sweep();
  }
  expect(await world.statusOf(runId)).toBe('interrupted');
  expect((await world.approvals.ofRun('org', runId)).map(({ status }) => status)).toEqual(['withdrawn']);
});

test('a process that was taken for gone cannot write of its run any more, and its readers are told', async () => {
  const gate = Promise.withResolvers<void>();
  await using world = await openRunWorld({ decide: () => ({ text: 'Hello', held: gate.promise }) });
  const run = await world.begin('Hi');
  const survivor = await world.start();
  await lose(world);
  await survivor.sweep.sweep();
  gate.resolve();
  await run.done;
  let last: unknown = null;
  run.subscribe((event) => {
    last = event;
  });
  expect(last).toMatchObject({ type: 'run-finished', status: 'interrupted', fault: { code: 'SERVICE_STOPPED' } });
  expect((await world.answer()).metadata).toMatchObject(interrupted);
});

test('a run whose taking up failed is tried again by the next sweep of the same process', async () => {
  await using world = await openRunWorld({ decide });
  let failures = 1;
  const shaky = await world.start({
    change: ({ personas }) => ({
      personas: {
        ...personas,
        find(organizationId, id) {
          failures -= 1;
          return failures === 0 ? Promise.reject(new Error('the disk is busy')) : personas.find(organizationId, id);
        },
      },
    }),
  });
  failures = 0;
  const { runId } = await doing(shaky).say('Remove 7');
  const [approval] = await world.waitingFor();
  if (approval !== undefined) await world.decide(approval, 'approved');
  failures = 1;
  expect(await shaky.runs.resume('org', runId)).toBe(false);
  expect(await world.statusOf(runId)).toBe('running');
  await world.sweep.sweep();
  expect(await world.statusOf(runId)).toBe('running');
  await shaky.sweep.sweep();
  await shaky.runs.drain(10_000);
  expect(await world.statusOf(runId)).toBe('succeeded');
  expect(shaky.runs.dropped()).toEqual([]);
});

test('a process that was taken for gone makes no further step', async () => {
  await using world = await openRunWorld({ decide: () => ({ calls: [{ tool: 'look', input: {} }] }) });
  world.scene.beforeVerdict = async () => {
    await lose(world);
    await survivor.sweep.sweep();
  };
  const survivor = await world.start();
  await world.say('Look');
  expect(world.scene.prompts).toHaveLength(1);
  expect((await world.answer()).metadata).toMatchObject(interrupted);
});

test('a budget that a lost process had raised and used is not asked for again', async () => {
  await using world = await openRunWorld({ persona: ['budget: { steps: 1 }'], decide: lookThenAnswer });
  const { runId } = await world.say('Look');
  const [approval] = await world.waitingFor();
  if (approval === undefined) throw new Error('Nothing waits.');
  await world.decide(approval, 'approved');
  await world.store.claimRun({ organizationId: 'org', id: runId, processId: 'p' });
  await world.approvals.use(approval);
  await lose(world);
  const survivor = await world.start();
  await survivor.sweep.sweep();
  await survivor.runs.drain(10_000);
  expect((await world.answer()).metadata).toMatchObject({ status: 'succeeded' });
  expect(world.scene.toolChoices).toEqual(['auto', 'auto']);
});
