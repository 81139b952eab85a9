import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#db/open-database.ts';
import { createEffectRepository } from '#db/repositories/effects.ts';
import { createSnapshotRepository } from '#db/repositories/snapshots.ts';
import { newEffect } from '#test/support/new-effect.ts';
import { plainDataKeys } from '#test/support/plain-data-keys.ts';
import {
  type EffectEvent,
  type EffectState,
  effectEvents,
  effectStates,
  nextEffectState,
  statesBefore,
} from './effect.ts';
import type { EffectEnd, EffectStore } from './effect-store.ts';
import { createEffectStore } from './stored-effects.ts';

const events = fc.array(fc.constantFrom(...effectEvents), { maxLength: 12 });
const ends: readonly EffectState[] = ['succeeded', 'failed', 'reconciled'];

/** The events that could happen, in their order, and where they led. */
function live(asked: readonly EffectEvent[]) {
  let state: EffectState = 'intended';
  const happened: EffectEvent[] = [];
  for (const event of asked) {
    const next = nextEffectState(state, event);
    if (next === null) continue;
    state = next;
    happened.push(event);
  }
  return { state, happened };
}

describe('the life of a call', () => {
  it('never leaves an end', () => {
    for (const end of ends) for (const event of effectEvents) expect(nextEffectState(end, event)).toBeNull();
  });

  it('sends at most once, and nothing is sent that was lost before', () => {
    fc.assert(
      fc.property(events, (asked) => {
        const { happened } = live(asked);
        expect(happened.filter((event) => event === 'send').length).toBeLessThanOrEqual(1);
        if (happened.includes('send')) expect(happened[0]).toBe('send');
      }),
    );
  });

  it('an unknown outcome ends by being reconciled and by nothing else', () => {
    fc.assert(
      fc.property(events, (asked) => {
        const { state, happened } = live(asked);
        const lost = happened.indexOf('lose');
        const rest = lost === -1 ? [] : happened.slice(lost + 1);
        expect([[], ['reconcile']]).toContainEqual(rest);
        expect(state === 'reconciled').toBe(happened.includes('reconcile'));
        if (happened.includes('reconcile')) expect(lost).not.toBe(-1);
      }),
    );
  });

  it('knows before every event the states it may come from', () => {
    for (const event of effectEvents) {
      const before = statesBefore(event);
      for (const state of effectStates) expect(before.includes(state)).toBe(nextEffectState(state, event) !== null);
    }
  });
});

describe('two processes with one call', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'personas-effects-'));
  const handles: Database[] = [];
  const stores: EffectStore[] = [];
  let made = 0;

  beforeAll(async () => {
    for (const _ of [1, 2]) {
      const db = await openDatabase({ url: path.join(folder, 'effects.db') });
      handles.push(db);
      stores.push(
        createEffectStore({
          effects: createEffectRepository(db),
          snapshots: createSnapshotRepository(db),
          transaction: db.transaction,
          dataKeys: plainDataKeys,
        }),
      );
    }
  });
  afterAll(async () => {
    for (const db of handles) await db.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const storeOf = (process: number): EffectStore => {
    const store = stores[process];
    if (store === undefined) throw new Error('There is no such process.');
    return store;
  };

  async function begin(): Promise<string> {
    made += 1;
    const id = `call-${made}`;
    await storeOf(0).insert(
      await storeOf(0).seal(newEffect({ id: id }), { was: 'there' }),
      new Date(Date.now() + 60_000),
    );
    return id;
  }

  const endOf = {
    succeed: { state: 'succeeded', happened: true },
    fail: { state: 'failed', happened: false },
    lose: { state: 'outcome_unknown', happened: null },
    reconcile: { state: 'reconciled', happened: true },
  } as const satisfies Record<Exclude<EffectEvent, 'send'>, Pick<EffectEnd, 'state' | 'happened'>>;

  const ask = (id: string, process: number, event: EffectEvent): Promise<boolean> =>
    event === 'send'
      ? storeOf(process).markSent('org', id)
      : storeOf(process).end({ organizationId: 'org', id, ...endOf[event], code: null, nextTryAt: null });

  const steps = fc.array(fc.tuple(fc.nat({ max: 1 }), fc.constantFrom(...effectEvents)), {
    minLength: 1,
    maxLength: 8,
  });

  it('one after the other see one path, whoever asks', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (asked) => {
        const id = await begin();
        const happened: EffectEvent[] = [];
        for (const [process, event] of asked) if (await ask(id, process, event)) happened.push(event);
        const expected = live(asked.map(([, event]) => event));
        expect(happened).toEqual(expected.happened);
        expect((await storeOf(1).find('org', id))?.state).toBe(expected.state);
      }),
      { numRuns: 40 },
    );
  });

  it('all at once leave one path, and nobody is told twice that the same thing happened', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (asked) => {
        const id = await begin();
        const answers = await Promise.all(asked.map(([process, event]) => ask(id, process, event)));
        const happened = asked.map(([, event]) => event).filter((_, index) => answers[index]);
        expect(new Set(happened).size).toBe(happened.length);
        // Of these events there is one order in which they can happen, if there is any.
        const inOrder = live(effectEvents.filter((event) => happened.includes(event)));
        expect(inOrder.happened).toHaveLength(happened.length);
        expect((await storeOf(0).find('org', id))?.state).toBe(inOrder.state);
      }),
      { numRuns: 40 },
    );
  });
});
