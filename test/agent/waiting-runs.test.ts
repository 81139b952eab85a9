import { describe, expect, test } from 'vitest';
import type { LiveRun } from '#agent/live-run.ts';
import type { RunEvent } from '#agent/run-events.ts';
import type { StoredCallPart } from '#agent/stored-message.ts';
import { ann, doing, openRunWorld, type RunWorldOptions, type ScriptedCall } from '../support/run-world.ts';

const remove = (record: string): ScriptedCall => ({ tool: 'remove', input: { record } });
const look: ScriptedCall = { tool: 'look', input: {} };

/** One step with these calls, then an answer. */
const callsThen =
  (calls: readonly ScriptedCall[], text = 'Done.'): RunWorldOptions['decide'] =>
  (step) =>
    step === 1 ? { text: 'Let me see.', calls } : { text };

function eventsOf(run: LiveRun): RunEvent[] {
  const events: RunEvent[] = [];
  run.subscribe((event) => events.push(event));
  return events;
}
const callsIn = (parts: readonly object[]) => parts.filter((part): part is StoredCallPart => 'toolCallId' in part);
const toolResults = (prompt: readonly object[] | undefined) =>
  JSON.stringify(prompt?.filter((message) => 'role' in message && message.role === 'tool'));

describe('a call that has to be asked for', () => {
  test('makes the run wait, durably, with what else the step did', async () => {
    await using world = await openRunWorld({ decide: callsThen([look, remove('7')]) });
    const run = await world.say('Remove 7');
    const events = eventsOf(run);
    const [approval] = await world.waitingFor();
    expect(events.at(-1)).toMatchObject({ type: 'run-waiting', approvals: [approval?.id], usage: { inputTokens: 1 } });
    expect(await world.statusOf(run.runId)).toBe('waiting');
    expect(await world.conversation()).toMatchObject({ activeRunId: run.runId, waitingSince: expect.any(Date) });
    const { parts, metadata } = await world.answer();
    expect(callsIn(parts)).toMatchObject([
      { type: 'tool-look', state: 'output-available' },
      { type: 'tool-remove', state: 'approval-requested', approval: { id: approval?.id }, input: { record: '7' } },
    ]);
    expect(metadata).toMatchObject({ status: 'waiting', waitingFor: [approval?.id] });
    expect(approval?.question).toMatchObject({ kind: 'call', words: 'Let me see.' });
    expect(world.scene.done.map(({ tool }) => tool)).toEqual(['look']);
    expect(world.runs.active(ann, 'c1')).toBeNull();
    expect(await world.recorded()).toEqual(['approval.requested']);
  });

  test('takes no other message meanwhile, and says what to do', async () => {
    await using world = await openRunWorld({ decide: callsThen([remove('7')]) });
    await world.say('Remove 7');
    await expect(world.say('And?')).rejects.toMatchObject({
      code: 'CONVERSATION_BUSY',
      message: expect.stringMatching(/waits for a decision.*stop/),
    });
  });

  test('goes on once it is approved, from the beginning for its readers, and the model hears of it', async () => {
    await using world = await openRunWorld({ decide: callsThen([look, remove('7')]) });
    const { runId } = await world.say('Remove 7');
    const [approval] = await world.waitingFor();
    if (approval === undefined) throw new Error('Nothing waits.');
    expect(await world.runs.resume('org', runId)).toBe(false);
    await world.decide(approval, 'approved');
    expect(await world.runs.resume('org', runId)).toBe(true);
    const again = world.runs.active(ann, 'c1');
    if (again === null) throw new Error('The run is not live.');
    await again.done;
    const types = eventsOf(again).map(({ type }) => type);
    expect(types.slice(0, 5)).toEqual(['run-started', 'step-started', 'text-started', 'text-delta', 'text-ended']);
    expect(types.filter((type) => type === 'step-started')).toHaveLength(2);
    expect(types).not.toContain('call-waiting');
    expect(world.scene.done.map(({ tool }) => tool)).toEqual(['look', 'remove']);
    const { parts, metadata } = await world.answer();
    expect(parts.map(({ type }) => type)).toEqual([
      'step-start',
      'text',
      'tool-look',
      'tool-remove',
      'step-start',
      'text',
    ]);
    expect(callsIn(parts).map(({ state }) => state)).toEqual(['output-available', 'output-available']);
    expect(metadata).toMatchObject({ status: 'succeeded', usage: { inputTokens: 2, outputTokens: 2 } });
    expect(metadata?.waitingFor).toBeUndefined();
    const calls = Object.values(metadata?.calls ?? {});
    expect(calls).toEqual([
      { outcome: 'succeeded', durationMs: 3 },
      { outcome: 'succeeded', durationMs: 3, isEffect: true },
    ]);
    expect(toolResults(world.scene.prompts[1])).toContain('"did":"remove"');
    expect(await world.conversation()).toMatchObject({ activeRunId: null, waitingSince: null });
  });

  test('denied by somebody, is not sent, and the model is told who and why', async () => {
    await using world = await openRunWorld({ decide: callsThen([remove('7')], 'I leave it.') });
    const { runId } = await world.say('Remove 7');
    const [approval] = await world.waitingFor();
    if (approval !== undefined) await world.decide(approval, 'denied', { reason: 'It is still needed.' });
    await world.resume(runId);
    expect(world.scene.done).toEqual([]);
    const [part] = callsIn((await world.answer()).parts);
    expect(part).toMatchObject({
      state: 'output-error',
      errorText: expect.stringMatching(/^Olga denied this call: “It is still needed.”.*not sent/),
    });
    expect(toolResults(world.scene.prompts[1])).toContain('APPROVAL_DENIED');
    expect((await world.answer()).metadata).toMatchObject({ status: 'succeeded' });
  });

  test.each([
    ['expired', /Nobody decided in time/],
    ['void', /does not hold any more. The key was revoked/],
  ] as const)('that is %s is not sent either', async (status, words) => {
    await using world = await openRunWorld({ decide: callsThen([remove('7')]) });
    const { runId } = await world.say('Remove 7');
    const [approval] = await world.waitingFor();
    if (approval !== undefined) await world.approvals.end({ ...approval, status, reason: 'The key was revoked.' });
    await world.resume(runId);
    expect(world.scene.done).toEqual([]);
    expect(callsIn((await world.answer()).parts)).toMatchObject([{ errorText: expect.stringMatching(words) }]);
    expect(toolResults(world.scene.prompts[1])).toContain('APPROVAL_INVALID');
  });

  test('of which there are two waits for both, and each goes its own way', async () => {
    await using world = await openRunWorld({ decide: callsThen([remove('7'), remove('8')]) });
    const { runId } = await world.say('Remove both');
    const [first, second] = await world.waitingFor();
    if (first === undefined || second === undefined) throw new Error('Two should wait.');
    await world.decide(first, 'denied');
    expect(await world.resume(runId)).toBe(false);
    await world.decide(second, 'approved');
    expect(await world.resume(runId)).toBe(true);
    expect(world.scene.done).toMatchObject([{ input: { record: '8' } }]);
    expect(callsIn((await world.answer()).parts).map(({ state }) => state)).toEqual([
      'output-error',
      'output-available',
    ]);
  });

  test('is made with the arguments a person has changed, which the answer shows and the model is told', async () => {
    await using world = await openRunWorld({
      decide: (step) =>
        step === 1 ? { calls: [remove('7')] } : step === 2 ? { calls: [remove('9')] } : { text: 'Done.' },
    });
    const { runId } = await world.say('Remove 7');
    const [approval] = await world.waitingFor();
    if (approval === undefined) throw new Error('Nothing waits.');
    const changed = await world.changeArguments(approval, { record: '8' });
    expect(await world.resume(runId)).toBe(false);
    await world.decide(changed, 'approved');
    await world.resume(runId);
    expect(world.scene.done).toMatchObject([{ input: { record: '8' } }]);
    expect(callsIn((await world.answer()).parts)[0]).toMatchObject({
      input: { record: '8' },
      state: 'output-available',
    });
    expect(toolResults(world.scene.prompts[1])).toMatch(/person changed the arguments.*"record":"8"/);
    // The model's own call stays as it wrote it.
    expect(JSON.stringify(world.scene.prompts[1])).toContain('"input":{"record":"7"}');

    const [next] = await world.waitingFor();
    if (next !== undefined) await world.decide(next, 'approved');
    await world.resume(runId);
    expect(world.scene.done).toMatchObject([{ input: { record: '8' } }, { input: { record: '9' } }]);
    const told = toolResults(world.scene.prompts[2]);
    expect(told.match(/person changed the arguments/g)).toHaveLength(1);
  });

  test('may wait several times, for one thing after the other, and keeps what was done', async () => {
    await using world = await openRunWorld({ decide: callsThen([look, remove('7')]) });
    const { runId } = await world.say('Remove 7');
    const [first] = await world.waitingFor();
    if (first !== undefined) await world.decide(first, 'approved');
    let asked = '';
    world.scene.intercept = async () => {
      const [next] = (await world.approvals.ofRun('org', runId)).slice(-1);
      if (next?.id !== first?.id || first === undefined) return null;
      const { id: _id, ...same } = first;
      asked = 'second';
      await world.approvals.insert(await world.approvals.seal({ ...same, id: asked }));
      return { type: 'waiting', approvalId: asked };
    };
    await world.resume(runId);
    expect(await world.statusOf(runId)).toBe('waiting');
    expect((await world.answer()).metadata).toMatchObject({ waitingFor: ['second'] });
    const [second] = await world.waitingFor();
    if (second !== undefined) await world.decide(second, 'approved');
    await world.resume(runId);
    expect(world.scene.done.map(({ tool }) => tool)).toEqual(['look', 'remove']);
    expect((await world.answer()).metadata).toMatchObject({ status: 'succeeded' });
    expect(toolResults(world.scene.prompts[1])).toContain('"did":"look"');
  });
});

describe('a decision', () => {
  test('that comes before the waiting is stored is not lost', async () => {
    await using world = await openRunWorld({ decide: callsThen([remove('7')]) });
    const early = await world.start({
      change: ({ store }) => ({
        store: {
          ...store,
          async suspendRun(suspension) {
            const [approval] = await world.approvals.ofRun('org', suspension.runId);
            if (approval !== undefined) await world.decide(approval, 'approved');
            expect(await world.runs.resume('org', suspension.runId)).toBe(false);
            return store.suspendRun(suspension);
          },
        },
      }),
    });
    await doing(early).say('Remove 7');
    await early.runs.active(ann, 'c1')?.done;
    // Where it is not live yet, it is just being taken up.
    await early.runs.drain(10_000);
    expect(world.scene.done).toMatchObject([{ input: { record: '7' } }]);
    expect((await world.answer()).metadata).toMatchObject({ status: 'succeeded' });
  });

  test('lets one of two processes go on, and one effect happen', async () => {
    await using world = await openRunWorld({ decide: callsThen([remove('7')]) });
    const { runId } = await world.say('Remove 7');
    const other = await world.start();
    const [approval] = await world.waitingFor();
    if (approval !== undefined) await world.decide(approval, 'approved');
    const attempts = Array.from({ length: 20 }, (_, place) =>
      (place % 2 === 0 ? world : other).runs.resume('org', runId),
    );
    expect((await Promise.all(attempts)).filter(Boolean)).toHaveLength(1);
    await Promise.all([world.runs.drain(10_000), other.runs.drain(10_000)]);
    expect(world.scene.done).toHaveLength(1);
    expect((await world.answer()).metadata).toMatchObject({ status: 'succeeded' });
  });

  test('is found by another process after a restart', async () => {
    await using world = await openRunWorld({ decide: callsThen([look, remove('7')]) });
    const { runId } = await world.say('Remove 7');
    await world.runs.drain(0);
    expect(await world.statusOf(runId)).toBe('waiting');
    const [approval] = await world.waitingFor();
    if (approval !== undefined) await world.decide(approval, 'denied');
    expect(await world.runs.resume('org', runId)).toBe(false);
    const restarted = await world.start();
    await restarted.sweep.sweep();
    await restarted.runs.drain(10_000);
    expect((await world.answer()).metadata).toMatchObject({ status: 'succeeded' });
    expect(world.scene.done.map(({ tool }) => tool)).toEqual(['look']);
  });

  test('of somebody else’s organization takes nothing up', async () => {
    await using world = await openRunWorld({ decide: callsThen([remove('7')]) });
    const { runId } = await world.say('Remove 7');
    expect(await world.runs.resume('other', runId)).toBe(false);
    expect(await world.statusOf(runId)).toBe('waiting');
  });
});

describe('a stop', () => {
  test('of a run that waits withdraws its approvals and sends nothing, from any process', async () => {
    await using world = await openRunWorld({ decide: callsThen([look, remove('7'), remove('8')]) });
    const { runId } = await world.say('Remove both');
    const [first] = await world.waitingFor();
    if (first !== undefined) await world.decide(first, 'approved');
    const other = await world.start();
    expect(await other.runs.stopWaiting({ ...ann, id: 'bob' }, 'c1')).toBe(false);
    expect(await other.runs.stopWaiting(ann, 'c1')).toBe(true);
    expect(await other.runs.stopWaiting(ann, 'c1')).toBe(false);
    expect((await world.approvals.ofRun('org', runId)).map(({ status }) => status)).toEqual(['withdrawn', 'withdrawn']);
    expect((await world.recorded()).filter((action) => action === 'approval.withdrawn')).toHaveLength(2);
    const { parts, metadata } = await world.answer();
    expect(metadata).toMatchObject({ status: 'stopped', code: 'STOPPED' });
    expect(callsIn(parts).map(({ state }) => state)).toEqual(['output-available', 'output-error', 'output-error']);
    expect(Object.values(metadata?.calls ?? {}).map(({ code }) => code)).toEqual([
      undefined,
      'RUN_STOPPED',
      'RUN_STOPPED',
    ]);
    expect(await world.conversation()).toMatchObject({ activeRunId: null, waitingSince: null });
    expect(world.scene.done.map(({ tool }) => tool)).toEqual(['look']);
    expect(await world.resume(runId)).toBe(false);
  });

  test('and a decision at once: either it was stopped and nothing sent, or it went on', async () => {
    await using world = await openRunWorld({ decide: () => ({ calls: [remove('7')] }) });
    const other = await world.start();
    for (let round = 0; round < 10; round += 1) {
      world.scene.done.length = 0;
      const { runId } = await world.say('Remove 7');
      const [approval] = await world.waitingFor();
      if (approval !== undefined) await world.decide(approval, 'approved');
      const [resumed, stopped] = await Promise.all([world.resume(runId), other.runs.stopWaiting(ann, 'c1')]);
      expect([resumed, stopped].filter(Boolean)).toHaveLength(1);
      expect(world.scene.done).toHaveLength(stopped ? 0 : 1);
      if (!stopped) await other.runs.stopWaiting(ann, 'c1');
      expect(await world.conversation()).toMatchObject({ activeRunId: null });
    }
  });

  test('that comes while the waiting is being stored ends the run', async () => {
    await using world = await openRunWorld({ decide: callsThen([remove('7')]) });
    const process = await world.start({
      change: ({ store }) => ({
        store: {
          ...store,
          async suspendRun(suspension) {
            process.runs.active(ann, 'c1')?.stop('stopped');
            return store.suspendRun(suspension);
          },
        },
      }),
    });
    const run = await doing(process).say('Remove 7');
    expect(eventsOf(run).at(-1)).toMatchObject({ type: 'run-finished', status: 'stopped' });
    expect((await world.answer()).metadata).toMatchObject({ status: 'stopped' });
    expect((await world.approvals.ofRun('org', run.runId)).map(({ status }) => status)).toEqual(['withdrawn']);
  });

  /** Stops the run in the middle of a step, once one of its calls waits. */
  async function stopOnceAsked(reason: 'stopped' | 'service_stopped') {
    const world = await openRunWorld({ decide: callsThen([remove('7'), look]) });
    const asked = async () => world.approvals.ofRun('org', (await world.conversation())?.activeRunId ?? '');
    world.scene.beforeVerdict = async ({ tool }) => {
      if (tool !== 'look') return;
      while ((await asked()).length === 0);
      world.runs.active(ann, 'c1')?.stop(reason);
    };
    const { runId } = await world.say('Remove 7');
    return { world, runId };
  }

  test('while calls of the same step are made leaves no approval open', async () => {
    const { world, runId } = await stopOnceAsked('stopped');
    await using _world = world;
    expect((await world.answer()).metadata).toMatchObject({ status: 'stopped' });
    expect((await world.approvals.ofRun('org', runId)).map(({ status }) => status)).toEqual(['withdrawn']);
    expect(callsIn((await world.answer()).parts).map(({ state }) => state)).toEqual(['output-error', 'output-error']);
  });

  test('of the service leaves a run waiting that has asked', async () => {
    const { world, runId } = await stopOnceAsked('service_stopped');
    await using _world = world;
    expect(await world.statusOf(runId)).toBe('waiting');
    expect((await world.approvals.ofRun('org', runId)).map(({ status }) => status)).toEqual(['pending']);
  });
});

describe('a run that waits and cannot go on', () => {
  test('as its model is gone ends with plain words, and nothing of it runs', async () => {
    await using world = await openRunWorld({ decide: callsThen([remove('7')]) });
    const { runId } = await world.say('Remove 7');
    const [approval] = await world.waitingFor();
    if (approval !== undefined) await world.decide(approval, 'approved');
    world.scene.models = [];
    expect(await world.resume(runId)).toBe(true);
    const { parts, metadata } = await world.answer();
    expect(metadata).toMatchObject({
      status: 'failed',
      code: 'MODEL_UNAVAILABLE',
      notice: expect.stringMatching(/“test\/test”.*not configured any more/),
    });
    expect(callsIn(parts)).toMatchObject([{ state: 'output-error' }]);
    expect((await world.approvals.ofRun('org', runId)).map(({ status }) => status)).toEqual(['withdrawn']);
    expect(world.scene.done).toEqual([]);
    expect(await world.conversation()).toMatchObject({ activeRunId: null });
  });

  test('as its persona was archived ends so too', async () => {
    await using world = await openRunWorld({ decide: callsThen([remove('7')]) });
    const { runId } = await world.say('Remove 7');
    const [approval] = await world.waitingFor();
    if (approval !== undefined) await world.decide(approval, 'approved');
    world.scene.persona = null;
    await world.resume(runId);
    expect((await world.answer()).metadata).toMatchObject({ status: 'failed', code: 'PERSONA_UNAVAILABLE' });
    expect(world.scene.done).toEqual([]);
  });
});
