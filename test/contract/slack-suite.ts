import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sql } from '#db/drizzle.ts';
import type { Database } from '#db/open-database.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import { createSlackAnswerRepository } from '#db/repositories/slack-answers.ts';
import { createSlackEventRepository, type NewSlackEvent } from '#db/repositories/slack-events.ts';
import type { CreatePlace, Place } from './place.ts';

const start = Date.parse('2026-11-24T12:00:00.123Z');
const at = (seconds: number) => new Date(start + seconds * 1000);

const event = (id: string, lane = 'l1', seconds = 0): NewSlackEvent => ({
  id,
  organizationId: 'org',
  connectionId: 'c1',
  kind: 'event',
  lane,
  body: { text: id },
  receivedAt: at(seconds),
});

export function slackSuite(createPlace: CreatePlace): void {
  let place: Place;
  let db: Database;

  beforeEach(async () => {
    place = await createPlace();
    db = await place.open();
  });
  afterEach(async () => {
    await db.close();
    await place.remove();
  });

  describe('events of Slack', () => {
    const events = (handle: Database = db) => createSlackEventRepository(handle);
    const claim = async (processId = 'p1', seconds = 0, handle: Database = db, limit = 10) =>
      (await events(handle).claim({ processId, now: at(seconds), limit })).map(({ id }) => id);
    const done = { status: 'done', problem: null, at: at(1) } as const;
    const finish = (id: string, processId = 'p1') => events().finish({ id, processId }, done);
    const rowOf = async (id: string) =>
      (await db.query.select().from(db.tables.slackEvents)).find((row) => row.id === id);

    test('are stored once, however often they come, and on two handles at once', async () => {
      const other = await place.open();
      const insert = (handle: Database) => events(handle).insert(event('e1'));
      const stored = await Promise.all([insert(db), insert(other), insert(db), insert(other)]);
      expect(stored.filter(Boolean)).toHaveLength(1);
      expect(await claim()).toEqual(['e1']);
      expect(await events(other).insert(event('e1'))).toBe(false);
      expect(await rowOf('e1')).toMatchObject({
        status: 'working',
        attempts: 1,
        processId: 'p1',
        body: { text: 'e1' },
      });
      await other.close();
    });

    test('of one lane are worked one after the other, in their order; other lanes do not wait', async () => {
      for (const id of ['e1', 'e2', 'e3']) await events().insert(event(id));
      await events().insert(event('f1', 'l2'));
      expect((await claim()).sort()).toEqual(['e1', 'f1']);
      expect(await claim()).toEqual([]);
      expect(await finish('e1')).toBe(true);
      expect(await claim()).toEqual(['e2']);
      const again = { dueAt: at(60), attempts: 1, problem: 'x', to: null };
      expect(await events().putBack({ id: 'e2', processId: 'p1' }, again)).toBe(true);
      // The one behind does not overtake.
      expect(await claim()).toEqual([]);
      await events().hasten('l1', at(5));
      expect(await claim('p1', 4)).toEqual([]);
      expect(await claim('p1', 5)).toEqual(['e2']);
      expect(await rowOf('e2')).toMatchObject({ attempts: 2, problem: 'x' });
    });

    test('go to one of many processes', async () => {
      const handles = [db, ...(await Promise.all(Array.from({ length: 3 }, () => place.open())))];
      for (let index = 0; index < 60; index += 1) await events().insert(event(`e${index}`, `l${index % 30}`));
      const claims = await Promise.all(
        Array.from({ length: 16 }, (_, index) => claim(`p${index}`, 0, handles[index % handles.length], 30)),
      );
      const all = claims.flat();
      // The first of each lane, once.
      expect(all.map((id) => Number(id.slice(1))).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 30 }, (_, index) => index),
      );
      await Promise.all(handles.slice(1).map((handle) => handle.close()));
    });

    test('that were claimed while another was choosing are not claimed twice', async () => {
      const other = await place.open();
      await events().insert(event('e1'));
      const claimed = Promise.withResolvers<void>();
      const gate = Promise.withResolvers<void>();
      const first = db.transaction(async () => {
        const ids = await claim('p1');
        claimed.resolve();
        await gate.promise;
        return ids;
      });
      await claimed.promise;
      const second = claim('p2', 0, other);
      // On Postgres it has chosen the same one by now, and waits for the other's commit.
      const waits = async () => {
        if (db.dialect === 'sqlite') return true;
        const rows = await other.query
          .select({ pid: sql`pid` })
          .from(sql`pg_stat_activity`)
          .where(sql`datname = current_database() and wait_event_type = 'Lock'`);
        return rows.length > 0;
      };
      while (!(await waits()));
      gate.resolve();
      expect([await first, await second]).toEqual([['e1'], []]);
      await other.close();
    });

    test('hold nothing any more once they are over, and are over once', async () => {
      await events().insert(event('e1'));
      await claim();
      expect(await finish('e1', 'p2')).toBe(false);
      expect(await finish('e1')).toBe(true);
      expect(await finish('e1')).toBe(false);
      expect(await rowOf('e1')).toMatchObject({ status: 'done', body: null, processId: null, endedAt: at(1) });
      expect(await events().insert(event('e1'))).toBe(false);
      await events().prune(at(1));
      expect(await rowOf('e1')).toBeUndefined();
    });

    test('of lost processes are for others, also those that only they were to take', async () => {
      await events().insert(event('e1'));
      await events().insert(event('f1', 'l2'));
      await claim('p1');
      await events().putBack({ id: 'f1', processId: 'p1' }, { dueAt: at(0), attempts: 0, problem: null, to: 'p2' });
      expect(await claim('p3')).toEqual([]);
      expect((await events().holders()).sort()).toEqual(['p1', 'p2']);
      expect(await events().release([])).toBe(0);
      expect(await events().release(['p1'])).toBe(1);
      expect(await finish('e1', 'p1')).toBe(false);
      expect(await claim('p3')).toEqual(['e1']);
      expect(await claim('p2')).toEqual(['f1']);
      expect(await events().release(['p2'])).toBe(1);
      expect(await claim('p3')).toEqual(['f1']);
      expect(await rowOf('f1')).toMatchObject({ attempts: 2 });
    });

    test('that came at the same time keep one order', async () => {
      const other = await place.open();
      await Promise.all(
        Array.from({ length: 12 }, (_, index) => events(index % 2 === 0 ? db : other).insert(event(`e${index}`))),
      );
      const rows = await db.query.select().from(db.tables.slackEvents);
      expect(rows.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 12 }, (_, index) => index + 1),
      );
      await other.close();
    });
  });

  describe('answers in Slack', () => {
    const answers = (seconds = 0, handle: Database = db) => createSlackAnswerRepository(handle, () => at(seconds));
    const answer = (runId: string, processId: string | null = 'p1') => ({
      organizationId: 'org',
      runId,
      conversationId: 'conversation',
      connectionId: 'c1',
      channelId: 'C1',
      threadTs: '1.1',
      slackUserId: 'U1',
      processId,
    });
    const key = (runId: string) => ({ organizationId: 'org', runId });
    const abandoned = async (lost: readonly string[], seconds = 60) =>
      (await answers().listAbandoned({ lost, untouchedSince: at(seconds), limit: 10 })).map(({ runId }) => runId);

    test('are begun once and changed by whoever has them in hand', async () => {
      await answers().insert(answer('r1'));
      await answers().insert(answer('r1', 'p2'));
      expect(await answers().find({ organizationId: 'other', runId: 'r1' })).toBeNull();
      const first = await answers().find(key('r1'));
      expect(first).toMatchObject({
        processId: 'p1',
        status: 'open',
        postedParts: 0,
        messageTs: null,
        createdAt: at(0),
      });
      expect(await answers(3).change({ ...key('r1'), processId: 'p1' }, { messageTs: '2.1', postedParts: 2 })).toBe(
        true,
      );
      expect(await answers().change({ ...key('r1'), processId: 'p2' }, { messageTs: null })).toBe(false);
      expect(await answers().find(key('r1'))).toMatchObject({ messageTs: '2.1', postedParts: 2, updatedAt: at(3) });
      expect(await answers().isTelling(answer('r1'))).toBe(true);
      expect(await answers().isTelling({ ...answer('r1'), threadTs: '1.2' })).toBe(false);
      await answers().change({ ...key('r1'), processId: 'p1' }, { status: 'posted' });
      expect(await answers().isTelling(answer('r1'))).toBe(false);
    });

    test('go to one of those who take them up', async () => {
      const other = await place.open();
      await answers().insert(answer('r1', null));
      const seen = await answers().find(key('r1'));
      if (seen === null) throw new Error('It is not there.');
      const taken = await Promise.all([
        answers().take(seen, 'p2'),
        answers(0, other).take(seen, 'p3'),
        answers().take(seen, 'p4'),
      ]);
      expect(taken.filter((each) => each !== null)).toHaveLength(1);
      await other.close();
    });

    test('are found once nobody has them in hand, unless their run waits', async () => {
      const conversations = createConversationRepository(db, () => at(0));
      await conversations.startRun({
        actor: { kind: 'user', id: 'ann', organizationId: 'org' },
        conversation: { id: 'k1', ownerId: 'slack:x', personaId: 'p', channel: 'slack', place: 'c1', title: 't' },
        message: { id: 'm1', role: 'user', parts: [], metadata: null },
        run: { id: 'waiting', messageId: 'a1', personaId: 'p', personaVersion: 'v', model: 'm' },
        processId: 'p1',
        outsideText: null,
      });
      await answers(0).insert(answer('waiting', null));
      await answers(1).insert(answer('left', null));
      await answers(2).insert(answer('held', 'p1'));
      await answers(90).insert(answer('fresh', null));
      expect(await abandoned([])).toEqual(['waiting', 'left']);
      const suspension = {
        organizationId: 'org',
        conversationId: 'k1',
        runId: 'waiting',
        processId: 'p1',
        outsideText: null,
        answer: { id: 'a1', role: 'assistant' as const, parts: [], metadata: null },
        steps: 1,
        usage: { inputTokens: 0, outputTokens: 0 },
        checkpoint: {},
      };
      expect(await conversations.suspendRun(suspension)).toBe(true);
      expect(await abandoned([])).toEqual(['left']);
      expect(await answers().holders()).toEqual(['p1']);
      expect(await abandoned(['p1'])).toEqual(['left', 'held']);
      await answers().change({ ...key('held'), processId: 'p1' }, { status: 'posted', processId: null });
      expect(await abandoned(['p1'])).toEqual(['left']);
    });
  });
}
