import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EffectEnd, NewEffect } from '#agent/effects/effect-store.ts';
import { createEffectStore } from '#agent/effects/stored-effects.ts';
import type { Database } from '#db/open-database.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import { createEffectRepository } from '#db/repositories/effects.ts';
import { createSnapshotRepository } from '#db/repositories/snapshots.ts';
import { plainDataKeys } from '#test/support/plain-data-keys.ts';
import { newEffect } from '../support/new-effect.ts';
import type { CreatePlace, Place } from './place.ts';

const start = Date.parse('2026-11-24T12:00:00.123Z');
const at = (seconds: number) => new Date(start + seconds * 1000);

const effect = (id: string, change: Partial<NewEffect> = {}): NewEffect =>
  newEffect({ id, arguments: { item_id: '7', note: 'ä 😀 "quoted"' }, ...change });

export function effectSuite(createPlace: CreatePlace): void {
  let place: Place;
  let db: Database;
  let other: Database;
  let now = 0;

  beforeEach(async () => {
    now = 0;
    place = await createPlace();
    db = await place.open();
    other = await place.open();
  });
  afterEach(async () => {
    await db.close();
    await other.close();
    await place.remove();
  });

  const storeOn = (handle: Database) =>
    createEffectStore({
      effects: createEffectRepository(handle),
      snapshots: createSnapshotRepository(handle),
      transaction: handle.transaction,
      dataKeys: plainDataKeys,
      clock: () => at(now),
    });
  const store = () => storeOn(db);
  const alternately = (index: number) => storeOn(index % 2 === 0 ? db : other);

  async function insert(made: NewEffect, snapshot: unknown = null, expires = 3600): Promise<void> {
    await store().insert(await store().seal(made, snapshot), at(expires));
  }
  const end = (id: string, state: EffectEnd['state'], change: Partial<EffectEnd> = {}): EffectEnd => ({
    organizationId: 'org',
    id,
    state,
    happened: { succeeded: true, failed: false, outcome_unknown: null, reconciled: true }[state],
    code: null,
    nextTryAt: null,
    ...change,
  });
  async function unknown(id: string, nextTry: number): Promise<void> {
    await insert(effect(id));
    await store().end(end(id, 'outcome_unknown', { nextTryAt: at(nextTry) }));
  }
  const counted = { organizationId: 'org', personaId: 'p', tool: 'shelf_remove_item', runId: 'r1' };
  const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

  describe('effects', () => {
    test('come back as they went in, to their own organization, and once', async () => {
      await insert(effect('a', { approvalId: 'approval-1', rows: 3 }));
      expect(await store().find('org', 'a')).toEqual({
        ...effect('a', { approvalId: 'approval-1', rows: 3 }),
        state: 'intended',
        happened: null,
        code: null,
        intendedAt: at(0),
        sentAt: null,
        endedAt: null,
        reconciledAt: null,
        tries: 0,
      });
      expect(await store().find('other', 'a')).toBeNull();
      await expect(insert(effect('a'))).rejects.toThrow();
      await expect(insert(effect('a', { organizationId: 'other' }), { was: 1 })).rejects.toThrow();
      expect(await store().snapshot('other', 'a')).toBeNull();
    });

    test('go their way with the times of it', async () => {
      await insert(effect('a'));
      now = 1;
      expect(await store().markSent('other', 'a')).toBe(false);
      expect(await store().end(end('a', 'succeeded'))).toBe(false);
      expect(await store().markSent('org', 'a')).toBe(true);
      now = 2;
      expect(await store().end(end('a', 'outcome_unknown', { code: 'OUTCOME_UNKNOWN', nextTryAt: at(7) }))).toBe(true);
      expect(await store().end(end('a', 'failed'))).toBe(false);
      now = 3;
      expect(await store().end(end('a', 'reconciled'))).toBe(true);
      expect(await store().find('org', 'a')).toMatchObject({
        state: 'reconciled',
        happened: true,
        code: null,
        sentAt: at(1),
        endedAt: at(2),
        reconciledAt: at(3),
      });
    });

    test('of many who end or send one at once, in two processes, one does', async () => {
      await insert(effect('a'));
      const sent = await Promise.all(Array.from({ length: 20 }, (_, index) => alternately(index).markSent('org', 'a')));
      expect(sent.filter(Boolean)).toHaveLength(1);
      const states = ['succeeded', 'failed', 'outcome_unknown'] as const;
      const ended = await Promise.all(
        Array.from({ length: 21 }, (_, index) => alternately(index).end(end('a', states[index % 3] ?? 'failed'))),
      );
      expect(ended.filter(Boolean)).toHaveLength(1);
    });

    test('their arguments cannot be moved to another call', async () => {
      await insert(effect('a'));
      await insert(effect('b', { arguments: { item_id: '8' } }));
      await place.execute(
        "update effects set arguments = (select arguments from effects where id = 'a') where id = 'b'",
      );
      expect((await store().find('org', 'b'))?.arguments).toBeUndefined();
    });
  });

  describe('counts of effects', () => {
    test('are of records, by hour, day and run, without those that are known to have had no effect', async () => {
      now = -90_000;
      await insert(effect('yesterday', { rows: 100 }));
      now = -4000;
      await insert(effect('before', { rows: 20, runId: 'r0' }));
      now = -60;
      await insert(effect('open', { rows: 3 }));
      await insert(effect('failed', { rows: 1000 }));
      await store().end(end('failed', 'failed'));
      await unknown('unknown', 0);
      await unknown('not', 0);
      await store().end(end('not', 'reconciled', { happened: false }));
      await insert(effect('undo', { kind: 'undo', undoes: 'open', rows: 3 }));
      await insert(effect('foreign', { organizationId: 'other', rows: 7 }));
      await insert(effect('persona', { personaId: 'q', runId: 'r2', rows: 7 }));
      await insert(effect('tool', { tool: 'shelf_fill', rows: 7 }));
      expect(await store().counts(counted, at(0))).toEqual({ run: 104, hour: 4, day: 24 });
      expect(await store().counts({ ...counted, runId: 'none' }, at(100_000))).toEqual({ run: 0, hour: 0, day: 0 });
    });

    test('under the lock are exact, however many ask at once in two processes', async () => {
      const attempt = async (index: number) => {
        const [handle, own] = [index % 2 === 0 ? db : other, alternately(index)];
        const sealed = await own.seal(effect(`call-${index}`, { rows: 2 }), null);
        return handle.transaction(async () => {
          await own.lockCounts(counted);
          if ((await own.counts(counted, at(0))).hour + 2 > 10) return false;
          await own.insert(sealed, at(60));
          return true;
        });
      };
      const passed = await Promise.all(Array.from({ length: 24 }, (_, index) => attempt(index)));
      expect(passed.filter(Boolean)).toHaveLength(5);
      expect((await store().counts(counted, at(0))).hour).toBe(10);
    });
  });

  describe('unknown outcomes', () => {
    test('of lost processes, and of those that were open for too long, are found', async () => {
      await insert(effect('own', { processId: 'alive' }));
      await insert(effect('lost', { processId: 'gone' }));
      await insert(effect('sent', { processId: 'gone', organizationId: 'other' }));
      await store().markSent('other', 'sent');
      await insert(effect('over', { processId: 'gone' }));
      await store().end(end('over', 'failed'));
      expect(ids(await store().listLost(['alive', 'another'])).sort()).toEqual(['lost', 'sent']);
      expect(ids(await store().listLost([])).sort()).toEqual(['lost', 'own', 'sent']);
      now = 901;
      expect(ids(await store().listLost(['alive'])).sort()).toEqual(['lost', 'own', 'sent']);
    });

    test('are claimed when they are due, oldest first, by one process for a minute', async () => {
      await unknown('b', 5);
      await unknown('a', 4);
      await unknown('later', 100);
      await insert(effect('open'));
      expect(await store().claimUnknown(at(3), 10)).toEqual([]);
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, index) => alternately(index).claimUnknown(at(5), 2)),
      );
      expect(ids(claims.flat()).sort()).toEqual(['a', 'b']);
      expect(claims.flat().map(({ tries }) => tries)).toEqual([1, 1]);
      expect(await store().claimUnknown(at(64), 10)).toEqual([]);
      expect((await store().claimUnknown(at(65), 1)).map(({ id, tries }) => [id, tries])).toEqual([['a', 2]]);
    });

    test('are looked up again when it was said, or never', async () => {
      await unknown('a', 0);
      await store().claimUnknown(at(0), 1);
      await store().tryAgain('org', 'a', at(15));
      expect(await store().claimUnknown(at(14), 1)).toEqual([]);
      expect(await store().claimUnknown(at(15), 1)).toHaveLength(1);
      await store().tryAgain('org', 'a', null);
      expect(await store().claimUnknown(at(9999), 1)).toEqual([]);
      expect(ids(await store().listUntold(10))).toEqual(['a']);
    });

    test('are told once they are known, and once', async () => {
      expect(await store().isAnyUnsettled()).toBe(false);
      await unknown('a', 0);
      expect([await store().isAnyUnsettled(), await store().listUntold(10)]).toEqual([true, []]);
      await store().end(end('a', 'reconciled', { nextTryAt: at(0) }));
      expect(ids(await store().listUntold(10))).toEqual(['a']);
      await store().tryAgain('org', 'a', at(5));
      expect(await store().listUntold(10)).toEqual([]);
      now = 5;
      expect(ids(await store().listUntold(10))).toEqual(['a']);
      await store().markTold('org', 'a');
      await store().tryAgain('org', 'a', at(0));
      expect([await store().isAnyUnsettled(), await store().listUntold(10)]).toEqual([false, []]);
    });

    test('an undo is told; a call that its own run shows is not', async () => {
      for (const made of [effect('call'), effect('undo', { kind: 'undo', undoes: 'call' })]) {
        await insert(made);
        await store().markSent('org', made.id);
      }
      await store().end(end('call', 'succeeded'));
      expect(await store().isAnyUnsettled()).toBe(true);
      await store().end(end('undo', 'succeeded', { nextTryAt: at(0) }));
      expect(ids(await store().listUntold(10))).toEqual(['undo']);
      await store().markTold('org', 'undo');
      expect([await store().isAnyUnsettled(), await store().listUntold(10)]).toEqual([false, []]);
    });

    test('what a run left behind that was interrupted is told too', async () => {
      const message = { id: 'q1', role: 'user', parts: ['?'], metadata: null } as const;
      const run = { id: 'r1', messageId: 'm1', personaId: 'p', personaVersion: 'v', model: 'x' };
      const actor = { kind: 'user', id: 'ann', organizationId: 'org' };
      const conversation = { id: 'c1', personaId: 'p', channel: 'web', title: 't' };
      await createConversationRepository(db, () => at(0)).startRun({
        actor,
        conversation,
        message,
        run,
        processId: 'gone',
        outsideText: null,
      });
      await insert(effect('a'));
      await store().markSent('org', 'a');
      await store().end(end('a', 'succeeded'));
      expect(await store().listUntold(10)).toEqual([]);
      await db.query.update(db.tables.runs).set({ status: 'interrupted', endedAt: at(0) });
      expect(ids(await store().listUntold(10))).toEqual(['a']);
      now = 3 * 86_400;
      expect(await store().listUntold(10)).toEqual([]);
    });
  });

  describe('snapshots', () => {
    const content = { fields: { Name: 'Ärztin 😀' }, count: 2 };
    const stateOf = async (id = 'a') => (await store().snapshot('org', id))?.state;

    test('come back as they went in, to their own call alone', async () => {
      await insert(effect('a'), content);
      await insert(effect('b'), { other: true });
      await insert(effect('none'));
      expect(await store().snapshot('org', 'a')).toEqual({
        callId: 'a',
        organizationId: 'org',
        state: 'held',
        undoId: null,
        expiresAt: at(3600),
        content,
      });
      expect([await store().snapshot('org', 'none'), await store().snapshot('other', 'a')]).toEqual([null, null]);
      await place.execute(
        "update snapshots set body = (select body from snapshots where call_id = 'a') where call_id = 'b'",
      );
      expect((await store().snapshot('org', 'b'))?.content).toBeUndefined();
    });

    test('are taken by one undo of many, in two processes, before they expire', async () => {
      await insert(effect('a'), content, 10);
      const takes = await Promise.all(
        Array.from({ length: 20 }, (_, index) => alternately(index).takeSnapshot('org', 'a', `undo-${index}`)),
      );
      expect(takes.filter(Boolean)).toHaveLength(1);
      const undoId = `undo-${takes.indexOf(true)}`;
      expect(await store().snapshot('org', 'a')).toMatchObject({ state: 'restoring', undoId });
      await store().settleSnapshot('org', 'another', true);
      await store().settleSnapshot('org', undoId, false);
      expect(await store().snapshot('org', 'a')).toMatchObject({ state: 'held', undoId: null, content });
      now = 10;
      expect(await store().takeSnapshot('org', 'a', 'late')).toBe(false);
    });

    test('are kept no longer once they were restored, and never taken again', async () => {
      await insert(effect('a'), content);
      await store().takeSnapshot('org', 'a', 'undo-1');
      await store().settleSnapshot('org', 'undo-1', true);
      expect(await store().snapshot('org', 'a')).toMatchObject({ state: 'restored', content: undefined });
      await store().settleSnapshot('org', 'undo-1', false);
      expect([await store().takeSnapshot('org', 'a', 'undo-2'), await stateOf()]).toEqual([false, 'restored']);
    });

    test('of a call that had no effect are not kept; of one that had, found out later, they are', async () => {
      for (const id of ['failed', 'not', 'did']) await insert(effect(id), content);
      await store().end(end('failed', 'failed'));
      for (const id of ['not', 'did']) await store().end(end(id, 'outcome_unknown'));
      await store().end(end('not', 'reconciled', { happened: false }));
      await store().end(end('did', 'reconciled'));
      expect([await stateOf('failed'), await stateOf('not'), await stateOf('did')]).toEqual([
        'erased',
        'erased',
        'held',
      ]);
    });

    test('are erased when they have expired, those an undo has in hand two days later', async () => {
      await insert(effect('a'), content, 10);
      await insert(effect('b'), content, 11);
      await insert(effect('c'), content, 10);
      await store().takeSnapshot('org', 'c', 'undo-1');
      expect(await store().eraseExpired(at(10))).toBe(1);
      expect([await stateOf('a'), await stateOf('b'), await stateOf('c')]).toEqual(['erased', 'held', 'restoring']);
      expect((await store().snapshot('org', 'a'))?.content).toBeUndefined();
      expect(await store().eraseExpired(at(10 + 2 * 86_400))).toBe(2);
      expect([await stateOf('c'), await store().eraseExpired(at(10 + 2 * 86_400))]).toEqual(['erased', 0]);
    });
  });

  test('the undo of a call is the one that may have happened', async () => {
    await insert(effect('a'));
    expect(await store().undoOf('org', 'a')).toBeNull();
    await insert(effect('u1', { kind: 'undo', undoes: 'a' }));
    expect((await store().undoOf('org', 'a'))?.id).toBe('u1');
    await store().end(end('u1', 'failed'));
    expect(await store().undoOf('org', 'a')).toBeNull();
    now = 1;
    await insert(effect('u2', { kind: 'undo', undoes: 'a' }));
    await store().end(end('u2', 'outcome_unknown'));
    expect((await store().undoOf('org', 'a'))?.id).toBe('u2');
    await store().end(end('u2', 'reconciled', { happened: false }));
    expect([await store().undoOf('org', 'a'), await store().undoOf('other', 'a')]).toEqual([null, null]);
  });
}
