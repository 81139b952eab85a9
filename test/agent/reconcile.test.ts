import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewEffect } from '#agent/effects/effect-store.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { beginCall, type EffectWorld, finishRun, openEffectWorld, partOf, shownOf } from '../support/effect-world.ts';
import { newEffect } from '../support/new-effect.ts';
import { shelfConnection } from '../support/shelf.ts';

let opened: EffectWorld;
beforeEach(async () => {
  opened = await openEffectWorld();
});
afterEach(() => opened.close());

const stateOf = async (id: string) => {
  const found = await opened.first.store.find('org', id);
  return [found?.state, found?.happened, found?.code];
};
/** A call whose answer was lost at second 0. */
async function unknownCall(change: Partial<NewEffect> = {}): Promise<NewEffect> {
  const { first, world } = opened;
  const call = await beginCall(first, change);
  await first.store.markSent('org', call.id);
  const code = 'OUTCOME_UNKNOWN';
  const nextTryAt = world.clock();
  await first.store.end({
    organizationId: 'org',
    id: call.id,
    state: 'outcome_unknown',
    happened: null,
    code,
    nextTryAt,
  });
  await finishRun(first, partOf(call, { errorText: 'No answer came.' }));
  return call;
}
const passAt = async (seconds: number) => {
  opened.world.seconds = seconds;
  await opened.first.reconciler.pass();
};

test('a call of a lost process becomes unknown, is read back, recorded, and told in its conversation', async () => {
  const { first, second, world } = opened;
  const call = await beginCall(first);
  await first.store.markSent('org', call.id);
  world.shelf.items.delete('7');
  await second.reconciler.pass();
  expect(await stateOf(call.id)).toEqual(['sent', null, null]);

  world.alive = ['process-2'];
  await finishRun(first, { type: 'tool-shelf_remove_item', toolCallId: call.id, state: 'input-available', input: {} });
  await second.reconciler.pass();
  expect(await stateOf(call.id)).toEqual(['reconciled', true, null]);
  const [unknown, reconciled] = await first.rows();
  expect(unknown).toMatchObject({
    action: 'tool.outcome_unknown',
    code: 'PROCESS_LOST',
    callId: call.id,
    actorId: 'ann',
  });
  expect(reconciled).toMatchObject({ action: 'tool.reconciled', code: null, callId: call.id, actorId: 'ann' });
  const { part, summary } = await shownOf(first, call.id);
  expect(part).toMatchObject({
    state: 'output-available',
    output: { removed: '7', note: expect.stringContaining('found out afterwards') },
  });
  expect(summary).toMatchObject({ outcome: 'succeeded', reconciled: true, isEffect: true });
  expect((await first.store.snapshot('org', call.id))?.state).toBe('held');
  expect(world.shelf.asked).toEqual(['reconcile']);
  expect(await first.store.isAnyUnsettled()).toBe(false);
});

test('that nothing happened is believed only when a slow request can no longer arrive', async () => {
  const call = await unknownCall();
  const looks: number[] = [];
  for (let second = 0; second <= 200; second += 1) {
    const before = opened.world.shelf.asked.length;
    await passAt(second);
    if (opened.world.shelf.asked.length > before) looks.push(second);
  }
  // After 5, 15, 30 and 60 seconds more.
  expect(looks).toEqual([0, 5, 20, 50, 110]);
  expect(await stateOf(call.id)).toEqual(['reconciled', false, 'NOT_HAPPENED']);
  expect(await opened.first.rows()).toMatchObject([{ action: 'tool.reconciled', code: 'NOT_HAPPENED' }]);
  const { part, summary } = await shownOf(opened.first, call.id);
  expect(part).toMatchObject({ state: 'output-error', errorText: expect.stringContaining('found out afterwards') });
  expect(summary).toMatchObject({ outcome: 'failed', reconciled: true });
  expect((await opened.first.store.snapshot('org', call.id))?.state).toBe('erased');
});

test('a request that arrives late is seen', async () => {
  const call = await unknownCall();
  await passAt(5);
  opened.world.shelf.items.delete('7');
  await passAt(30);
  expect(await stateOf(call.id)).toEqual(['reconciled', true, null]);
});

test('what cannot be read is looked for again, for a day, and then told as unknown once', async () => {
  const call = await unknownCall();
  opened.world.shelf.scene.unreadable = new UpstreamError('UPSTREAM_UNAVAILABLE', 'The shelf is closed.');
  await passAt(0);
  await passAt(86_399);
  expect(await stateOf(call.id)).toEqual(['outcome_unknown', null, 'OUTCOME_UNKNOWN']);
  await passAt(86_800);
  expect(await stateOf(call.id)).toEqual(['outcome_unknown', null, 'OUTCOME_UNKNOWN']);
  const { part, summary } = await shownOf(opened.first, call.id);
  expect(part).toMatchObject({ errorText: expect.stringContaining('could not be found out') });
  expect(summary).toMatchObject({ outcome: 'outcome_unknown', code: 'OUTCOME_UNKNOWN' });
  const asked = opened.world.shelf.asked.length;
  await passAt(200_000);
  expect([opened.world.shelf.asked.length, await opened.first.store.isAnyUnsettled()]).toEqual([asked, false]);
});

describe('nothing is asked', () => {
  const outOfReach: [string, () => void][] = [
    ['of a revoked connection', () => (opened.world.connection = shelfConnection({ status: 'revoked' }))],
    ['without a connection', () => (opened.world.connection = null)],
    [
      'of a connection that does not hold the scope',
      () => (opened.world.connection = shelfConnection({ grant: { scopes: [], limits: {} } })),
    ],
    [
      'of a connection that is limited to something else',
      () =>
        (opened.world.connection = shelfConnection({
          grant: { scopes: ['ninox:records:delete'], limits: { teams: ['T2'] } },
        })),
    ],
  ];
  test.each(outOfReach)('%s, and it is tried again later', async (_name, arrange) => {
    const call = await unknownCall();
    opened.world.shelf.items.delete('7');
    arrange();
    await passAt(0);
    expect([opened.world.shelf.asked, await stateOf(call.id)]).toEqual([
      [],
      ['outcome_unknown', null, 'OUTCOME_UNKNOWN'],
    ]);
    opened.world.connection = shelfConnection();
    await passAt(5);
    expect(await stateOf(call.id)).toEqual(['reconciled', true, null]);
  });

  test('where the tool cannot be looked up: that is told at once', async () => {
    const call = await unknownCall({ tool: 'shelf_shake', arguments: {} });
    await passAt(0);
    expect(await stateOf(call.id)).toEqual(['outcome_unknown', null, 'OUTCOME_UNKNOWN']);
    const { part } = await shownOf(opened.first, call.id);
    expect(part).toMatchObject({ errorText: expect.stringContaining('Look in Shelf') });
  });
});

test('a conversation whose run is at work is told afterwards', async () => {
  const { first, world } = opened;
  const call = await beginCall(first);
  await first.store.markSent('org', call.id);
  await first.conversations.saveAnswer({
    organizationId: 'org',
    conversationId: 'c1',
    runId: 'r1',
    processId: 'process-1',
    outsideText: null,
    answer: { id: 'm1', role: 'assistant', parts: [partOf(call, { errorText: 'No answer came.' })], metadata: null },
    steps: 1,
    usage: { inputTokens: 1, outputTokens: 1 },
  });
  const end = { organizationId: 'org', id: call.id, state: 'outcome_unknown', happened: null, code: null } as const;
  await first.store.end({ ...end, nextTryAt: world.clock() });
  world.shelf.items.delete('7');
  await passAt(0);
  expect(await stateOf(call.id)).toEqual(['reconciled', true, null]);
  expect((await shownOf(first, call.id)).part).toMatchObject({ state: 'output-error' });
  await finishRun(first, partOf(call, { errorText: 'No answer came.' }));
  await passAt(5);
  expect((await shownOf(first, call.id)).part).toMatchObject({ state: 'output-available' });
});

test('what an interrupted run has done and not shown is told; what it has shown stays as it is', async () => {
  const { first, world } = opened;
  const [shown, hidden] = [await beginCall(first), newEffect()];
  await first.store.insert(await first.store.seal(hidden, null), world.clock());
  for (const { id } of [shown, hidden]) {
    await first.store.markSent('org', id);
    await first.store.end({
      organizationId: 'org',
      id,
      state: 'succeeded',
      happened: true,
      code: null,
      nextTryAt: null,
    });
  }
  await finishRun(first, partOf(shown, { output: { removed: 'as it was' } }));
  const [answer] = (await first.conversations.messages('org', 'c1')).filter(({ id }) => id === 'm1');
  if (answer === undefined) throw new Error('There is no answer.');
  const open = { type: 'tool-shelf_remove_item', toolCallId: hidden.id, state: 'input-available', input: {} } as const;
  await first.conversations.changeMessage({ organizationId: 'org', conversationId: 'c1', id: 'm1' }, () => ({
    ...answer,
    parts: [...answer.parts, open],
  }));
  await first.db.query.update(first.db.tables.runs).set({ status: 'interrupted', endedAt: world.clock() });
  await first.reconciler.pass();
  expect((await shownOf(first, shown.id)).part).toMatchObject({ output: { removed: 'as it was' } });
  expect((await shownOf(first, hidden.id)).part).toMatchObject({ output: { removed: '7' } });
  expect(await first.store.listUntold(10)).toEqual([]);
});

test('several processes look an effect up once, and of many passes one tells it', async () => {
  const { first, second, world } = opened;
  const call = await unknownCall();
  world.shelf.items.delete('7');
  await Promise.all([1, 2, 3].flatMap(() => [first.reconciler.pass(), second.reconciler.pass()]));
  expect(world.shelf.asked).toEqual(['reconcile']);
  expect(await first.actions()).toEqual(['tool.reconciled']);
  expect(await stateOf(call.id)).toEqual(['reconciled', true, null]);
});

test('one that cannot be settled holds up no other', async () => {
  const { first, world } = opened;
  await unknownCall();
  await first.db.query.update(first.db.tables.effects).set({ arguments: 'not to be read' });
  const other = newEffect();
  await first.store.insert(await first.store.seal(other, null), world.clock());
  const end = { organizationId: 'org', id: other.id, state: 'outcome_unknown', happened: null, code: null } as const;
  await first.store.end({ ...end, nextTryAt: world.clock() });
  world.shelf.items.delete('7');
  await first.reconciler.pass();
  expect(await stateOf(other.id)).toEqual(['reconciled', true, null]);
});

test('storage that fails is no end of the reconciler', async () => {
  const { second } = opened;
  await unknownCall();
  await second.db.close();
  await expect(second.reconciler.pass()).resolves.toBeUndefined();
  second.reconciler.start();
  await expect(second.reconciler.stop()).resolves.toBeUndefined();
});

test('once started it passes at once, then only while something is left or now and then, and not once stopped', async () => {
  const { first, world } = opened;
  const settled = async () => {
    // One look asks the database; a pass it begins is the one that `pass` joins.
    for (let turn = 0; turn < 20; turn += 1) await first.store.isAnyUnsettled();
  };
  first.reconciler.start();
  first.reconciler.start();
  await settled();
  expect([world.looks.size, world.timesAsked]).toEqual([1, 1]);
  const [look] = world.looks;
  for (let times = 0; times < 11; times += 1) look?.();
  await settled();
  expect(world.timesAsked).toBe(1);
  look?.();
  await settled();
  expect(world.timesAsked).toBe(2);
  await beginCall(first);
  look?.();
  await settled();
  expect(world.timesAsked).toBe(3);
  await first.reconciler.stop();
  expect(world.looks.size).toBe(0);
});
