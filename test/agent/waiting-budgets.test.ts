import { describe, expect, test } from 'vitest';
import type { Approval } from '#agent/approvals/approval.ts';
import { ann, doing, openRunWorld, type RunWorld, type ScriptedCall } from '../support/run-world.ts';

const look: ScriptedCall = { tool: 'look', input: {} };
const mayRemove: ScriptedCall = { tool: 'mayRemove', input: { record: '7' } };

async function onlyOne(world: RunWorld): Promise<Approval> {
  const [approval, ...others] = await world.waitingFor();
  if (approval === undefined || others.length > 0) throw new Error('One approval should wait.');
  return approval;
}
const textOf = (parts: readonly object[]) => parts.map((part) => ('text' in part ? part.text : '')).join('|');

describe('a budget of the whole run', () => {
  const looksOn = (steps: number) => (step: number) =>
    step <= steps ? { text: `Step ${step}.`, calls: [look] } : { text: 'Done.' };

  test('that is reached makes the run wait with what it has done, and it goes on with more', async () => {
    await using world = await openRunWorld({ persona: ['budget: { steps: 2 }'], decide: looksOn(3) });
    const { runId } = await world.say('Look');
    const approval = await onlyOne(world);
    expect(approval).toMatchObject({ callId: null, connectionId: null, requesterId: 'ann', managersOnly: false });
    expect(approval.question).toMatchObject({
      kind: 'budget',
      budget: 'steps',
      tool: null,
      limit: 2,
      used: 2,
      more: 2,
    });
    expect(approval.expiresAt.getTime() - approval.createdAt.getTime()).toBeCloseTo(86_400_000, -4);
    expect(await world.recorded()).toEqual(['approval.requested']);
    expect(textOf((await world.answer()).parts)).toContain('Step 2.');
    await world.decide(approval, 'approved', { more: 1 });
    await world.resume(runId);
    const next = await onlyOne(world);
    expect(next.question).toMatchObject({ limit: 3, used: 3, more: 2 });
    await world.decide(next, 'approved');
    await world.resume(runId);
    expect((await world.answer()).metadata).toMatchObject({ status: 'succeeded', usage: { inputTokens: 4 } });
    expect(world.scene.done).toHaveLength(3);
    expect((await world.approvals.ofRun('org', runId)).map(({ status }) => status)).toEqual(['used', 'used']);
  });

  test.each(['denied', 'expired'] as const)(
    'that is %s ends the run with one last step without tools',
    async (status) => {
      await using world = await openRunWorld({
        persona: ['budget: { steps: 2 }'],
        decide: (step) => (step <= 2 ? { calls: [look] } : { text: 'So far I know this.', calls: [look] }),
      });
      const { runId } = await world.say('Look');
      const approval = await onlyOne(world);
      if (status === 'denied') await world.decide(approval, status);
      else await world.approvals.end({ ...approval, status, reason: null });
      await world.resume(runId);
      const { parts, metadata } = await world.answer();
      expect(metadata).toMatchObject({
        status: 'budget_exceeded',
        code: 'BUDGET_EXCEEDED',
        notice: expect.stringContaining('(2 steps)'),
      });
      expect(textOf(parts)).toContain('So far I know this.');
      expect(world.scene.toolChoices).toEqual(['auto', 'auto', 'none']);
      expect(world.scene.done).toHaveLength(2);
    },
  );

  test('of calls grants what was used beyond it too, so that nobody is asked again at once', async () => {
    await using world = await openRunWorld({
      persona: ['budget: { calls: 2 }'],
      decide: (step) => (step === 1 ? { calls: [look, look, look, look, look] } : { text: 'Done.' }),
    });
    const { runId } = await world.say('Look');
    const approval = await onlyOne(world);
    expect(approval.question).toMatchObject({ budget: 'calls', limit: 2, used: 5, more: 2 });
    await world.decide(approval, 'approved');
    await world.resume(runId);
    expect((await world.answer()).metadata).toMatchObject({ status: 'succeeded' });
  });

  test('of tokens counts what goes in and comes out', async () => {
    await using world = await openRunWorld({ persona: ['budget: { tokens: 4 }'], decide: looksOn(5) });
    await world.say('Look');
    expect((await onlyOne(world)).question).toMatchObject({ budget: 'tokens', limit: 4, used: 4, more: 4 });
  });

  test('of seconds drops the step it cuts and keeps the others; then it has new time', async () => {
    let held: Promise<unknown> | null = new Promise(() => undefined);
    await using world = await openRunWorld({
      persona: ['budget: { seconds: 1 }'],
      decide: (step) => {
        if (step === 1) return { text: 'Step 1.', calls: [look] };
        return held === null ? { text: 'Whole.' } : { text: 'Half a sen', held };
      },
    });
    const { runId } = await world.say('Look');
    const approval = await onlyOne(world);
    expect(approval.question).toMatchObject({ budget: 'seconds', limit: 1, more: 1 });
    expect(textOf((await world.answer()).parts)).toMatch(/^\|Step 1\.\|$/);
    held = null;
    await world.decide(approval, 'approved');
    await world.resume(runId);
    const { parts, metadata } = await world.answer();
    expect(metadata).toMatchObject({ status: 'succeeded' });
    expect(textOf(parts)).toBe('|Step 1.|||Whole.');
    expect(world.scene.done).toHaveLength(1);
  });

  test('that cannot be asked about ends the run as before', async () => {
    await using world = await openRunWorld({ decide: looksOn(60) });
    const mute = await world.start({ change: () => ({ ask: () => Promise.reject(new Error('the disk is full')) }) });
    await doing(mute).say('Look');
    expect((await world.answer()).metadata).toMatchObject({ status: 'budget_exceeded' });
  });

  test('is asked about while a stop withdraws the question', async () => {
    await using world = await openRunWorld({ persona: ['budget: { steps: 1 }'], decide: looksOn(3) });
    const { runId } = await world.say('Look');
    expect(await world.runs.stopWaiting(ann, 'c1')).toBe(true);
    expect((await world.approvals.ofRun('org', runId)).map(({ status }) => status)).toEqual(['withdrawn']);
    expect((await world.answer()).metadata).toMatchObject({ status: 'stopped' });
  });
});

describe('a budget of effects', () => {
  const decide = (step: number) => (step === 1 ? { calls: [mayRemove, look] } : { text: 'Done.' });

  test('that is raised is used once, counts for the run, and the call is made', async () => {
    await using world = await openRunWorld({ decide });
    const { runId } = await world.say('Remove');
    await world.decide(await onlyOne(world), 'approved', { more: 1 });
    await world.resume(runId);
    expect(world.scene.done.map(({ tool }) => tool)).toEqual(['look', 'mayRemove']);
    expect(world.scene.ledgers.at(-1)?.allowance.effects).toEqual({ 'effects_day mayRemove': 1 });
    expect(world.scene.asked.at(-1)?.resumedWith?.question.kind).toBe('budget');
    expect(world.scene.ledgers.at(-1)?.calls).toBe(2);
    expect((await world.approvals.ofRun('org', runId)).map(({ status }) => status)).toEqual(['used']);
  });

  test('that is not raised refuses the call, and the run goes on', async () => {
    await using world = await openRunWorld({ decide });
    const { runId } = await world.say('Remove');
    await world.decide(await onlyOne(world), 'denied', { reason: 'Enough for today.' });
    await world.resume(runId);
    const { parts, metadata } = await world.answer();
    expect(metadata).toMatchObject({ status: 'succeeded' });
    expect(Object.values(metadata?.calls ?? {}).map(({ code }) => code)).toContain('BUDGET_EXCEEDED');
    expect(JSON.stringify(parts)).toMatch(/Olga did not raise the limit of 2 for “Remove”: “Enough for today.”/);
    expect(world.scene.done.map(({ tool }) => tool)).toEqual(['look']);
  });
});
