import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '#db/open-database.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import type { MessageRecord } from '#db/repositories/messages.ts';
import { createPersonaVersionRepository } from '#db/repositories/persona-versions.ts';
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
}
const start = ({ actor = ann, conversationId = 'c1', messageId = 'm1', runId = 'r1' }: StartOptions = {}) => ({
  actor,
  conversation: { id: conversationId, personaId: 'clerk', channel: 'chat', title: 'Old\u0000 teams' },
  message: text(messageId, 'user', 'Which teams are there?'),
  run: { id: runId, messageId: `answer-of-${runId}`, personaId: 'clerk', personaVersion: 'v1', model: 'demo:demo' },
});
const succeeded = { status: 'succeeded', fault: null, usage: { inputTokens: 7, outputTokens: 9 }, steps: 2 } as const;
const finish = (runId = 'r1', conversationId = 'c1') => ({
  organizationId: 'org',
  conversationId,
  runId,
  answer: text(`answer-of-${runId}`, 'assistant', 'Two.'),
  end: succeeded,
});

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
      expect(await repository.startRun(start())).toBe('started');
      const running = await repository.find(ann, 'c1');
      expect(running).toMatchObject({ personaId: 'clerk', activeRunId: 'r1', title: 'Old\uFFFD teams' });
      expect(running?.createdAt.getTime()).toBe(Date.parse('2026-11-24T10:00:00.001Z'));

      await repository.saveAnswer('org', 'c1', text('answer-of-r1', 'assistant', 'Tw'));
      await repository.finishRun(finish());
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
      expect(outcomes.filter((outcome) => outcome === 'started')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'busy')).toHaveLength(19);
      expect(await repository.messages('org', 'c1')).toHaveLength(1);
      expect(await runs().listUnfinished()).toHaveLength(1);
    });

    test('a message that is sent again changes nothing, during its run and after', async () => {
      const repository = conversations();
      await repository.startRun(start());
      expect(await repository.startRun(start({ runId: 'r2' }))).toBe('duplicate_message');
      await repository.finishRun(finish());
      expect(await repository.startRun(start({ runId: 'r3' }))).toBe('duplicate_message');
      expect((await repository.find(ann, 'c1'))?.activeRunId).toBeNull();
      expect(await runs().find('org', 'r3')).toBeNull();
    });

    test('an end that comes twice, or for a run that lost its claim, changes nothing', async () => {
      const repository = conversations();
      await repository.startRun(start());
      await repository.finishRun(finish());
      await repository.startRun(start({ messageId: 'm2', runId: 'r2' }));
      await repository.finishRun({ ...finish(), answer: text('answer-of-r1', 'assistant', 'Changed.') });
      expect((await repository.find(ann, 'c1'))?.activeRunId).toBe('r2');
      expect((await repository.messages('org', 'c1'))[1]?.parts).toEqual([{ type: 'text', text: 'Two.' }]);
    });

    test('an answer without a run is not stored', async () => {
      const repository = conversations();
      await repository.startRun(start());
      await repository.finishRun(finish());
      await repository.saveAnswer('org', 'c1', text('stray', 'assistant', 'x'));
      expect(await repository.messages('org', 'c1')).toHaveLength(2);
    });
  });

  describe('a conversation of someone else', () => {
    test('looks as if it were not there and cannot be written', async () => {
      const repository = conversations();
      await repository.startRun(start());
      await repository.finishRun(finish());
      const bob = { ...ann, id: 'bob' };
      expect(await repository.find(bob, 'c1')).toBeNull();
      expect(await repository.startRun(start({ actor: bob, messageId: 'm9', runId: 'r9' }))).toBe('not_yours');
      expect(await repository.messages('org', 'c1')).toHaveLength(2);
      expect(await repository.list(bob, null, 10)).toEqual([]);
    });

    test('of another organization, may even have the same id', async () => {
      const repository = conversations();
      const stranger = { ...ann, organizationId: 'other' };
      await repository.startRun(start());
      expect(await repository.find(stranger, 'c1')).toBeNull();
      expect(await repository.messages('other', 'c1')).toEqual([]);
      expect(await repository.startRun(start({ actor: stranger, runId: 'r2' }))).toBe('started');
      await repository.finishRun({ ...finish('r1'), organizationId: 'other' });
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

  describe('after a crash', () => {
    test('unfinished runs are found, ended, explained in their answers, and their conversations freed', async () => {
      const repository = conversations();
      const notice = 'The service stopped while this was being answered.';
      await repository.startRun(start());
      await repository.saveAnswer('org', 'c1', { ...text('answer-of-r1', 'assistant', 'Tw'), metadata: { calls: {} } });
      await repository.startRun(start({ conversationId: 'c2', runId: 'r2' }));
      expect((await runs().listUnfinished()).map(({ id }) => id)).toEqual(['r1', 'r2']);

      for (const id of ['r1', 'r2'])
        expect(await runs().markInterrupted({ organizationId: 'org', id, notice })).toBe(true);
      expect(await runs().markInterrupted({ organizationId: 'org', id: 'r1', notice })).toBe(false);
      expect(await runs().markInterrupted({ organizationId: 'other', id: 'r2', notice })).toBe(false);
      expect(await runs().listUnfinished()).toEqual([]);
      expect(await runs().find('org', 'r1')).toMatchObject({ status: 'interrupted', notice });
      const explained = { runId: 'r1', status: 'interrupted', notice, calls: {} };
      expect((await repository.messages('org', 'c1'))[1]).toMatchObject({
        parts: [{ text: 'Tw' }],
        metadata: explained,
      });
      expect((await repository.messages('org', 'c2'))[1]).toMatchObject({
        role: 'assistant',
        parts: [],
        metadata: { notice },
      });
      expect(await repository.startRun(start({ messageId: 'm2', runId: 'r3' }))).toBe('started');
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
