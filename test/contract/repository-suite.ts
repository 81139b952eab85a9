import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eq } from '#db/drizzle.ts';
import type { Database } from '#db/open-database.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import type { MessageRecord } from '#db/repositories/messages.ts';
import { createPersonaVersionRepository } from '#db/repositories/persona-versions.ts';
import { createProcessRepository } from '#db/repositories/processes.ts';
import { createRunRepository } from '#db/repositories/runs.ts';
import type { CreatePlace, Place } from './place.ts';

const ann = { kind: 'user', id: 'ann', organizationId: 'org' };
const text = (id: string, role: 'user' | 'assistant', words: string): MessageRecord => ({
  id,
  role,
  parts: [{ type: 'text', text: words }],
  metadata: null,
});

interface StartOptions {
  actor?: typeof ann;
  conversationId?: string;
  messageId?: string;
  runId?: string;
  processId?: string;
  outsideText?: string | null;
}
const start = ({
  actor = ann,
  conversationId = 'c1',
  messageId = 'm1',
  runId = 'r1',
  processId = 'p1',
  outsideText = null,
}: StartOptions = {}) => ({
  actor,
  processId,
  outsideText,
  conversation: { id: conversationId, personaId: 'clerk', channel: 'chat', title: 'Old\u0000 teams' },
  message: text(messageId, 'user', 'Which teams are there?'),
  run: { id: runId, messageId: `answer-of-${runId}`, personaId: 'clerk', personaVersion: 'v1', model: 'demo:demo' },
});
const succeeded = { status: 'succeeded', fault: null, usage: { inputTokens: 7, outputTokens: 9 }, steps: 2 } as const;
const answered = (words: string, runId = 'r1', conversationId = 'c1') => ({
  organizationId: 'org',
  conversationId,
  runId,
  processId: 'p1' as string,
  outsideText: null as string | null,
  answer: text(`answer-of-${runId}`, 'assistant', words),
});
const used = { steps: 1, usage: { inputTokens: 3, outputTokens: 4 } };
const finish = (runId = 'r1') => ({ ...answered('Two.', runId), end: succeeded });
const suspend = (runId = 'r1') => ({ ...answered('May I?', runId), ...used, checkpoint: { zebra: 1, apple: 2 } });
const wakeUp = (processId = 'p2', id = 'r1') => ({ organizationId: 'org', id, processId });

export function repositorySuite(createPlace: CreatePlace): void {
  let place: Place;
  let db: Database;
  let now: number;
  const clock = () => new Date(now++);
  const conversations = () => createConversationRepository(db, clock);
  const runs = () => createRunRepository(db, clock);

  beforeEach(async () => {
    place = await createPlace();
    db = await place.open();
    now = Date.parse('2026-11-24T10:00:00.001Z');
  });
  afterEach(async () => {
    await db.close();
    await place.remove();
  });

  describe('a chat turn', () => {
    test('stores conversation, message and run, and is closed by its end', async () => {
      const repository = conversations();
      expect(await repository.startRun(start())).toEqual({ outcome: 'started', outsideText: null });
      const running = await repository.find(ann, 'c1');
      expect(running).toMatchObject({ personaId: 'clerk', activeRunId: 'r1', title: 'Old\uFFFD teams' });
      expect(running?.createdAt.getTime()).toBe(Date.parse('2026-11-24T10:00:00.001Z'));

      expect(await repository.saveAnswer({ ...answered('Tw'), ...used })).toBe(true);
      expect(await runs().find('org', 'r1')).toMatchObject({ status: 'running', processId: 'p1', steps: 1 });
      expect(await repository.finishRun(finish())).toBe(true);
      expect((await repository.messages('org', 'c1')).map(({ id, parts }) => [id, parts])).toEqual([
        ['m1', [{ type: 'text', text: 'Which teams are there?' }]],
        ['answer-of-r1', [{ type: 'text', text: 'Two.' }]],
      ]);
      expect((await repository.find(ann, 'c1'))?.activeRunId).toBeNull();
      const run = await runs().find('org', 'r1');
      expect(run).toMatchObject({ status: 'succeeded', steps: 2, inputTokens: 7, outputTokens: 9, notice: null });
      expect(run?.endedAt).toBeInstanceOf(Date);
    });

    test('messages keep their order and their keys over several turns', async () => {
      const repository = conversations();
      const metadata = { zebra: 1, apple: 2 };
      await repository.startRun(start());
      await repository.finishRun({ ...finish(), answer: { ...finish().answer, metadata } });
      await repository.startRun(start({ messageId: 'a-later-one', runId: 'r2' }));
      const stored = await repository.messages('org', 'c1');
      expect(stored.map(({ id }) => id)).toEqual(['m1', 'answer-of-r1', 'a-later-one']);
      expect(stored[0]?.metadata).toBeNull();
      expect(JSON.stringify(stored[1]?.metadata)).toBe('{"zebra":1,"apple":2}');
    });

    test('20 callers race for one conversation: one wins', async () => {
      const repository = conversations();
      const race = Array.from({ length: 20 }, (_, place) =>
        repository.startRun(start({ messageId: `m${place}`, runId: `r${place}` })),
      );
      const outcomes = await Promise.all(race);
      expect(outcomes.filter(({ outcome }) => outcome === 'started')).toHaveLength(1);
      expect(outcomes.filter(({ outcome }) => outcome === 'busy')).toHaveLength(19);
      expect(await repository.messages('org', 'c1')).toHaveLength(1);
      expect(await runs().listRunning()).toHaveLength(1);
    });

    test('a message that is sent again changes nothing, during its run and after', async () => {
      const repository = conversations();
      await repository.startRun(start());
      expect(await repository.startRun(start({ runId: 'r2' }))).toEqual({ outcome: 'duplicate_message' });
      await repository.finishRun(finish());
      expect(await repository.startRun(start({ runId: 'r3' }))).toEqual({ outcome: 'duplicate_message' });
      expect((await repository.find(ann, 'c1'))?.activeRunId).toBeNull();
      expect(await runs().find('org', 'r3')).toBeNull();
    });

    test('an end that comes twice, or for a run that lost its claim, changes nothing', async () => {
      const repository = conversations();
      await repository.startRun(start());
      await repository.finishRun(finish());
      await repository.startRun(start({ messageId: 'm2', runId: 'r2' }));
      expect(await repository.finishRun({ ...finish(), ...answered('Changed.') })).toBe(false);
      expect((await repository.find(ann, 'c1'))?.activeRunId).toBe('r2');
      expect((await repository.messages('org', 'c1'))[1]?.parts).toEqual([{ type: 'text', text: 'Two.' }]);
    });

    test('a process that has a run no more cannot write of it, whatever it writes', async () => {
      const repository = conversations();
      await repository.startRun(start());
      const stray = { processId: 'p9' };
      expect(await repository.saveAnswer({ ...answered('x'), ...used, ...stray })).toBe(false);
      expect(await repository.suspendRun({ ...suspend(), ...stray })).toBe(false);
      expect(await repository.finishRun({ ...finish(), ...stray })).toBe(false);
      await repository.finishRun(finish());
      expect(await repository.saveAnswer({ ...answered('x'), ...used })).toBe(false);
      expect(await repository.suspendRun(suspend())).toBe(false);
      expect((await repository.messages('org', 'c1'))[1]?.parts).toEqual([{ type: 'text', text: 'Two.' }]);
    });

    test('text from outside stays with its conversation, whichever run has read it', async () => {
      const repository = conversations();
      await repository.startRun(start());
      await repository.saveAnswer({ ...answered('Tw'), ...used, outsideText: 'records' });
      await repository.finishRun({ ...finish(), outsideText: 'records' });
      expect(await runs().find('org', 'r1')).toMatchObject({ outsideText: 'records' });
      const next = start({ messageId: 'm2', runId: 'r2', outsideText: 'a visitor' });
      expect(await repository.startRun(next)).toEqual({ outcome: 'started', outsideText: 'records' });
      expect(await runs().find('org', 'r2')).toMatchObject({ outsideText: 'records' });
      const first = start({ conversationId: 'c2', runId: 'r3', outsideText: 'a visitor' });
      expect(await repository.startRun(first)).toEqual({ outcome: 'started', outsideText: 'a visitor' });
      expect((await repository.find(ann, 'c2'))?.outsideText).toBe('a visitor');
    });
  });

  describe('a conversation of someone else', () => {
    test('looks as if it were not there and cannot be written', async () => {
      const repository = conversations();
      await repository.startRun(start());
      await repository.finishRun(finish());
      const bob = { ...ann, id: 'bob' };
      expect(await repository.find(bob, 'c1')).toBeNull();
      expect(await repository.startRun(start({ actor: bob, messageId: 'm9', runId: 'r9' }))).toEqual({
        outcome: 'not_yours',
      });
      expect(await repository.messages('org', 'c1')).toHaveLength(2);
      expect(await repository.list(bob, null, 10)).toEqual([]);
    });

    test('of another organization, may even have the same id', async () => {
      const repository = conversations();
      const stranger = { ...ann, organizationId: 'other' };
      await repository.startRun(start());
      expect(await repository.find(stranger, 'c1')).toBeNull();
      expect(await repository.messages('other', 'c1')).toEqual([]);
      expect(await repository.startRun(start({ actor: stranger, runId: 'r2' }))).toMatchObject({ outcome: 'started' });
      expect(await repository.finishRun({ ...finish('r1'), organizationId: 'other' })).toBe(false);
      expect((await repository.find(ann, 'c1'))?.activeRunId).toBe('r1');
      expect(await runs().find('other', 'r1')).toBeNull();
    });
  });

  test('conversations are listed by their newest activity, page by page, each once', async () => {
    const repository = conversations();
    for (const id of ['c1', 'c2', 'c3', 'c4', 'c5']) {
      // Two at a time share their millisecond.
      now -= id === 'c2' || id === 'c4' ? 1 : 0;
      await repository.startRun(start({ conversationId: id, runId: `r-${id}` }));
    }
    const first = await repository.list(ann, null, 2);
    const second = await repository.list(ann, first[1] ?? null, 2);
    const third = await repository.list(ann, second[1] ?? null, 2);
    expect([first, second, third].map((page) => page.map(({ id }) => id))).toEqual([
      ['c5', 'c4'],
      ['c3', 'c2'],
      ['c1'],
    ]);
  });

  describe('a run that waits', () => {
    test('holds its conversation and keeps what it needs, until one of many takes it up', async () => {
      const repository = conversations();
      await repository.startRun(start());
      expect(await repository.suspendRun({ ...suspend(), outsideText: 'records' })).toBe(true);
      const waiting = await repository.find(ann, 'c1');
      expect(waiting).toMatchObject({ activeRunId: 'r1', outsideText: 'records' });
      expect(waiting?.waitingSince).toBeInstanceOf(Date);
      expect(await runs().find('org', 'r1')).toMatchObject({ status: 'waiting', processId: null, inputTokens: 3 });
      expect(await repository.startRun(start({ messageId: 'm2', runId: 'r2' }))).toEqual({ outcome: 'waiting' });

      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, place) => repository.claimRun(wakeUp(`p${place}`))),
      );
      const [won, ...others] = claims.filter((claim) => claim !== null);
      expect(others).toEqual([]);
      expect(JSON.stringify(won?.run.checkpoint)).toBe('{"zebra":1,"apple":2}');
      expect(won?.answer?.parts).toEqual([{ type: 'text', text: 'May I?' }]);
      expect(await repository.find(ann, 'c1')).toMatchObject({ activeRunId: 'r1', waitingSince: null });
      expect(await runs().find('org', 'r1')).toMatchObject({ status: 'running', processId: won?.run.processId });
      expect(await repository.claimRun({ ...wakeUp(), organizationId: 'other' })).toBeNull();
    });

    test('ends with its conversation free, and can be suspended again before that', async () => {
      const repository = conversations();
      await repository.startRun(start());
      await repository.suspendRun(suspend());
      await repository.claimRun(wakeUp('p2'));
      expect(await repository.finishRun(finish())).toBe(false);
      expect(await repository.suspendRun({ ...suspend(), processId: 'p2', checkpoint: { second: true } })).toBe(true);
      await repository.claimRun(wakeUp('p3'));
      expect(await runs().find('org', 'r1')).toMatchObject({ checkpoint: { second: true } });
      expect(await repository.finishRun({ ...finish(), processId: 'p3' })).toBe(true);
      expect(await repository.find(ann, 'c1')).toMatchObject({ activeRunId: null, waitingSince: null });
      expect(await runs().find('org', 'r1')).toMatchObject({ status: 'succeeded', checkpoint: null });
    });

    test('is found once nothing of it is pending; what is taken back does not count', async () => {
      const repository = conversations();
      const ask = (id: string, kind: 'call' | 'undo', organizationId = 'org') => {
        const about = { conversationId: 'c1', runId: 'r1', callId: '', personaId: 'clerk', personaVersion: 'v1' };
        const asked = { channel: 'web', requesterId: 'ann', body: '', hash: '', fourEyes: false, managersOnly: false };
        const times = { expiresAt: clock(), createdAt: clock(), changedAt: clock() };
        const row = { id, organizationId, kind, status: 'pending', ...about, ...asked, ...times } as const;
        return db.query.insert(db.tables.approvals).values(row);
      };
      await repository.startRun(start());
      await repository.startRun(start({ actor: { ...ann, organizationId: 'other' }, runId: 'r2' }));
      await ask('a1', 'call');
      await ask('a2', 'undo');
      await ask('a3', 'call', 'other');
      expect(await runs().listDecided(10)).toEqual([]);
      await repository.suspendRun(suspend());
      expect(await runs().listDecided(10)).toEqual([]);
      const { approvals } = db.tables;
      await db.query.update(approvals).set({ status: 'denied' }).where(eq(approvals.id, 'a1'));
      expect(await runs().listDecided(10)).toMatchObject([{ organizationId: 'org', id: 'r1' }]);
    });

    test('waits again when its process is lost before anything was stored, and not after', async () => {
      const repository = conversations();
      const putBack = { organizationId: 'org', id: 'r1', processId: 'p2', checkpoint: { lost: 1 } };
      await repository.startRun(start());
      expect(await runs().putBack({ ...putBack, processId: 'p1' })).toBe(false);
      await repository.suspendRun(suspend());
      await repository.claimRun(wakeUp('p2'));
      expect(await runs().putBack({ ...putBack, processId: 'p1' })).toBe(false);
      expect(await runs().putBack({ ...putBack, processId: null })).toBe(false);
      expect(await runs().putBack(putBack)).toBe(true);
      expect(await runs().find('org', 'r1')).toMatchObject({ status: 'waiting', processId: null });
      expect((await repository.find(ann, 'c1'))?.waitingSince).toBeInstanceOf(Date);
      expect((await repository.claimRun(wakeUp('p2')))?.run.checkpoint).toEqual({ lost: 1 });
      await repository.saveAnswer({ ...answered('Done.'), ...used, processId: 'p2' });
      expect(await runs().putBack(putBack)).toBe(false);
    });
  });

  describe('a message that is changed later', () => {
    const key = { organizationId: 'org', conversationId: 'c1', id: 'answer-of-r1' };
    const change = (message: MessageRecord) => ({ ...message, metadata: { zebra: 1, apple: 2 } });

    test('is left alone while its run is at work, and changed while that waits or has ended', async () => {
      const repository = conversations();
      await repository.startRun(start());
      await repository.saveAnswer({ ...answered('Tw'), ...used });
      expect(await repository.changeMessage(key, change)).toBe('busy');
      await repository.suspendRun(suspend());
      expect(await repository.changeMessage(key, change)).toBe('changed');
      expect((await repository.claimRun(wakeUp()))?.answer?.metadata).toEqual({ zebra: 1, apple: 2 });
      await repository.finishRun({ ...finish(), processId: 'p2' });
      expect(await repository.changeMessage(key, change)).toBe('changed');
      expect(JSON.stringify((await repository.message(key))?.metadata)).toBe('{"zebra":1,"apple":2}');
    });

    test('is told as gone where there is none, and the order of messages stays', async () => {
      const repository = conversations();
      await repository.startRun(start());
      await repository.finishRun(finish());
      await repository.startRun(start({ messageId: 'm2', runId: 'r2' }));
      expect(await repository.changeMessage({ ...key, organizationId: 'other' }, change)).toBe('gone');
      expect(await repository.changeMessage({ ...key, id: 'm1' }, change)).toBe('gone');
      expect(await repository.changeMessage(key, () => null)).toBe('gone');
      expect(await repository.changeMessage(key, change)).toBe('changed');
      expect((await repository.messages('org', 'c1')).map(({ id }) => id)).toEqual(['m1', 'answer-of-r1', 'm2']);
    });

    test('and taken up at once is never half of both: 20 changes and one claim', async () => {
      const repository = conversations();
      await repository.startRun(start());
      await repository.suspendRun(suspend());
      const count = (message: MessageRecord) => ({ ...message, metadata: { count: countOf(message) + 1 } });
      const countOf = ({ metadata }: MessageRecord) => (metadata as { count?: number } | null)?.count ?? 0;
      const changes = Array.from({ length: 20 }, () => repository.changeMessage(key, count));
      const [claimed, ...outcomes] = await Promise.all([repository.claimRun(wakeUp()), ...changes]);
      const changed = outcomes.filter((outcome) => outcome === 'changed').length;
      expect(claimed?.answer === null ? -1 : countOf(claimed?.answer as MessageRecord)).toBe(changed);
    });
  });

  describe('after a crash', () => {
    test('running runs are found with who had them, and ended by whoever saw them so', async () => {
      const repository = conversations();
      await repository.startRun(start());
      await repository.startRun(start({ conversationId: 'c2', runId: 'r2', processId: 'p2' }));
      await db.query.update(db.tables.runs).set({ processId: null }).where(eq(db.tables.runs.id, 'r2'));
      const running = await runs().listRunning();
      expect(running.map(({ id, processId }) => [id, processId])).toEqual([
        ['r1', 'p1'],
        ['r2', null],
      ]);
      const fault = { message: 'The service stopped.\u0000' };
      const end = { ...succeeded, status: 'interrupted', fault } as const;
      const second = { ...answered('', 'r2', 'c2'), end };
      expect(await repository.finishRun({ ...second, processId: 'p2' })).toBe(false);
      expect(await repository.finishRun({ ...second, processId: null })).toBe(true);
      expect(await repository.finishRun({ ...second, processId: null })).toBe(false);
      expect(await repository.finishRun({ ...finish(), end, processId: null })).toBe(false);
      expect(await repository.finishRun({ ...finish(), end })).toBe(true);
      expect(await runs().listRunning()).toEqual([]);
      expect(await runs().find('org', 'r1')).toMatchObject({ notice: 'The service stopped.\uFFFD' });
      expect(await repository.startRun(start({ messageId: 'm2', runId: 'r3' }))).toMatchObject({ outcome: 'started' });
    });
  });

  describe('processes', () => {
    test('tell that they are at work, each on one row, until they are removed', async () => {
      const processes = createProcessRepository(db);
      const first = { id: 'p1', host: 'h', pid: 7 };
      await processes.beat(first);
      await processes.beat({ id: 'p2', host: 'h', pid: 8 });
      await processes.beat(first);
      const found = await processes.list();
      expect(found.map(({ id }) => id).toSorted()).toEqual(['p1', 'p2']);
      expect(found.find(({ id }) => id === 'p1')).toMatchObject(first);
      for (const { silentMs } of found) expect(Math.abs(silentMs)).toBeLessThan(10_000);
      await processes.remove('p1');
      expect((await processes.list()).map(({ id }) => id)).toEqual(['p2']);
    });

    test('are silent for as long as they have said nothing', async () => {
      const processes = createProcessRepository(db);
      await processes.beat({ id: 'p1', host: 'h', pid: 7 });
      const { processes: table } = db.tables;
      await db.query.update(table).set({ seenAt: new Date(Date.now() - 60_000) });
      const [silent] = await processes.list();
      expect(silent?.silentMs).toBeGreaterThanOrEqual(59_000);
      await processes.beat({ id: 'p1', host: 'h', pid: 7 });
      const [again] = await processes.list();
      expect(again?.silentMs).toBeLessThan(30_000);
    });
  });

  test('a persona version keeps its first definition', async () => {
    const versions = createPersonaVersionRepository(db, clock);
    const key = { organizationId: 'org', personaId: 'clerk', version: 'v1' };
    await versions.save({ ...key, definition: { zebra: 1, apple: 2 } });
    await versions.save({ ...key, definition: { changed: true } });
    expect(JSON.stringify((await versions.find(key))?.definition)).toBe('{"zebra":1,"apple":2}');
    expect(await versions.find({ ...key, organizationId: 'other' })).toBeNull();
  });
}
