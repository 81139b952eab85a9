import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCallOnce } from '#channels/chat/call-once.ts';
import type { Database } from '#db/open-database.ts';
import { createCompletionThreadRepository } from '#db/repositories/completion-threads.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import { createIdempotencyKeyRepository } from '#db/repositories/idempotency-keys.ts';
import { createRunRepository } from '#db/repositories/runs.ts';
import type { CreatePlace, Place } from './place.ts';

const start = Date.parse('2026-11-24T12:00:00.123Z');
const at = (seconds: number) => new Date(start + seconds * 1000);
const day = 86_400;

export function apiCallSuite(createPlace: CreatePlace): void {
  let place: Place;
  let db: Database;
  let other: Database;
  let now = 0;
  const clock = () => at(now);

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
  const alternately = (index: number) => (index % 2 === 0 ? db : other);

  describe('idempotency keys', () => {
    const keys = (handle: Database = db) => createIdempotencyKeyRepository(handle, clock);
    const where = { organizationId: 'org', actorId: 'ann', keyHash: 'k' };
    const row = (messageId: string) => ({ ...where, requestHash: 'r', conversationId: 'c', messageId });

    test('are kept by one of many callers in two processes', async () => {
      const kept = await Promise.all(
        Array.from({ length: 30 }, (_, index) => keys(alternately(index)).keep(row(`m${index}`), at(-day))),
      );
      expect(kept.filter(Boolean)).toHaveLength(1);
      const messageId = `m${kept.indexOf(true)}`;
      expect(await keys().find(where, at(-day))).toEqual({ ...row(messageId), createdAt: at(0) });
    });

    test('are one actor’s own, in one organization', async () => {
      await keys().keep(row('m'), at(-day));
      for (const foreign of [{ actorId: 'ben' }, { organizationId: 'other' }, { keyHash: 'x' }]) {
        expect(await keys().find({ ...where, ...foreign }, at(-day))).toBeNull();
        expect(await keys().keep({ ...row('n'), ...foreign }, at(-day))).toBe(true);
      }
      expect((await keys().find(where, at(-day)))?.messageId).toBe('m');
    });

    test('are over after their time, for one caller to keep anew, and are forgotten', async () => {
      await keys().keep(row('old'), at(-day));
      now = 10;
      expect(await keys().find(where, at(0))).toMatchObject({ messageId: 'old' });
      expect(await keys().find(where, at(1))).toBeNull();
      const kept = await Promise.all(
        Array.from({ length: 20 }, (_, index) => keys(alternately(index)).keep(row(`m${index}`), at(1))),
      );
      expect(kept.filter(Boolean)).toHaveLength(1);
      await keys().replace(row('newest'));
      expect(await keys().find(where, at(1))).toMatchObject({ messageId: 'newest', createdAt: at(10) });
      await keys().forgetBefore(at(10));
      expect(await keys().find(where, at(1))).not.toBeNull();
      await keys().forgetBefore(at(11));
      expect(await keys().find(where, at(1))).toBeNull();
    });

    test('give all callers of one request the same ids, and refuse another request for 24 hours', async () => {
      const actor = { organizationId: 'org', id: 'ann' } as never;
      const once = (handle: Database) => createCallOnce({ keys: keys(handle), scope: 'x', clock });
      const call = { actor, key: 'k', asked: ['Hello'] };
      const ids = await Promise.all(
        Array.from({ length: 20 }, (_, index) => once(alternately(index)).keep(call, `c${index}`)),
      );
      expect(new Set(ids.map(({ messageId }) => messageId)).size).toBe(1);
      expect(await once(other).find(call)).toEqual(ids[0]);
      expect(await createCallOnce({ keys: keys(), scope: 'y', clock }).find(call)).toBeNull();
      const changed = { ...call, asked: ['Goodbye'] };
      await expect(once(db).find(changed)).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
      await expect(once(db).keep(changed, 'c')).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
      const renewed = await once(db).renew(call, 'new');
      expect(await once(other).find(call)).toEqual(renewed);
      now = day + 1;
      expect(await once(db).find(changed)).toBeNull();
      expect(await once(db).keep(changed, 'c')).toMatchObject({ conversationId: 'c' });
    });
  });

  describe('histories', () => {
    const threads = (handle: Database = db) => createCompletionThreadRepository(handle, clock);
    const ann = { organizationId: 'org', actorId: 'ann' };

    test('lead one of many callers, in two processes, to their conversation, by whichever of its histories', async () => {
      await threads().put(ann, ['a', 'b', 'a'], 'c1');
      const taken = await Promise.all(
        Array.from({ length: 20 }, (_, index) => threads(alternately(index)).take(ann, index % 3 === 0 ? 'a' : 'b')),
      );
      expect(taken.filter((id) => id !== null)).toEqual(['c1']);
    });

    test('lead to the conversation that stands there last, and nobody else to it', async () => {
      await threads().put(ann, ['a', 'b'], 'c1');
      await threads().put(ann, ['b', 'c'], 'c2');
      for (const foreign of [{ actorId: 'ben' }, { organizationId: 'other' }]) {
        expect(await threads().take({ ...ann, ...foreign }, 'a')).toBeNull();
      }
      expect(await threads().take(ann, 'b')).toBe('c2');
      expect([await threads().take(ann, 'c'), await threads().take(ann, 'a')]).toEqual([null, 'c1']);
      now = 5;
      await threads().put(ann, ['d'], 'c3');
      await threads().forgetBefore(at(5));
      expect(await threads().take(ann, 'd')).toBe('c3');
    });

    test('can be put there by many at once', async () => {
      await Promise.all(
        Array.from({ length: 12 }, (_, index) => threads(alternately(index)).put(ann, ['a', 'b'], `c${index}`)),
      );
      expect(await threads().take(ann, 'a')).toMatch(/^c\d+$/);
      expect(await threads().take(ann, 'b')).toBeNull();
    });
  });

  describe('the run that answers a message', () => {
    const conversations = () => createConversationRepository(db, clock);
    const runs = () => createRunRepository(other, clock);
    const key = (id: string) => ({ organizationId: 'org', conversationId: 'c1', id });
    const usage = { inputTokens: 1, outputTokens: 1 };
    const answer = (id: string) => ({ id, role: 'assistant', parts: ['!'], metadata: null }) as const;

    const begin = (number: number) =>
      conversations().startRun({
        actor: { kind: 'user', id: 'ann', organizationId: 'org' },
        conversation: { id: 'c1', personaId: 'p', channel: 'api', title: 't' },
        message: { id: `q${number}`, role: 'user', parts: ['?'], metadata: null },
        run: { id: `r${number}`, messageId: `a${number}`, personaId: 'p', personaVersion: 'v', model: 'x' },
        processId: 'p1',
        outsideText: null,
      });
    const held = (number: number) => ({
      organizationId: 'org',
      conversationId: 'c1',
      runId: `r${number}`,
      processId: 'p1',
      outsideText: null,
      answer: answer(`a${number}`),
    });
    const finish = (number: number) =>
      conversations().finishRun({ ...held(number), end: { status: 'succeeded', fault: null, usage, steps: 1 } });

    test('is found from its beginning, and still once others have followed', async () => {
      expect(await runs().answering(key('q1'))).toBeNull();
      await begin(1);
      expect(await runs().answering(key('q1'))).toMatchObject({ id: 'r1', status: 'running', messageId: 'a1' });
      await conversations().saveAnswer({ ...held(1), usage, steps: 1 });
      expect(await runs().answering(key('q1'))).toMatchObject({ id: 'r1', status: 'running' });
      await finish(1);
      await begin(2);
      expect(await runs().answering(key('q1'))).toMatchObject({ id: 'r1', status: 'succeeded' });
      expect(await runs().answering(key('q2'))).toMatchObject({ id: 'r2' });
    });

    test('is none for what is not there, is an answer itself, or is another organization’s', async () => {
      await begin(1);
      expect(await runs().answering(key('q2'))).toBeNull();
      expect(await runs().answering({ ...key('q1'), organizationId: 'other' })).toBeNull();
      expect(await runs().answering({ ...key('q1'), conversationId: 'c2' })).toBeNull();
      await finish(1);
      expect(await runs().answering(key('a1'))).toBeNull();
    });
  });
}
