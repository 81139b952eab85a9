import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultWidgetLimits } from '#channels/http/contract/widgets.ts';
import type { Database } from '#db/open-database.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import { createEndedTokenRepository } from '#db/repositories/ended-tokens.ts';
import { createMessageCountRepository } from '#db/repositories/message-counts.ts';
import { createWidgetConversationRepository } from '#db/repositories/widget-conversations.ts';
import { createWidgetKeyRepository } from '#db/repositories/widget-keys.ts';
import { createWidgetUsageRepository } from '#db/repositories/widget-usage.ts';
import { createWidgetRepository } from '#db/repositories/widgets.ts';
import type { CreatePlace, Place } from './place.ts';

const key = { organizationId: 'org', id: 'w1' };
const settings = {
  name: 'Shop',
  personaId: 'clerk',
  isOn: true,
  origins: ['https://shop.example'],
  identifiedOnly: false,
  attachments: false,
  appearance: { title: 'Help', greeting: 'Hello', accent: '#1d4ed8', theme: 'auto', position: 'right' },
  limits: defaultWidgetLimits,
} as const;

export function widgetSuite(createPlace: CreatePlace): void {
  let place: Place;
  let db: Database;
  let now: number;
  const clock = () => new Date(now++);
  const widgets = () => createWidgetRepository(db, clock);
  const insert = (id: string, organizationId = 'org') =>
    widgets().insert({ ...settings, organizationId, id, createdBy: 'ann' });

  beforeEach(async () => {
    place = await createPlace();
    db = await place.open();
    now = Date.parse('2026-11-24T10:00:00.001Z');
  });
  afterEach(async () => {
    await db.close();
    await place.remove();
  });

  describe('widgets', () => {
    test('one comes back as it went in, by its public id and within its organization', async () => {
      const made = await insert('w1');
      expect(made).toMatchObject({ ...settings, revision: 1, createdBy: 'ann', updatedBy: 'ann' });
      expect(await widgets().findPublic('w1')).toEqual(made);
      expect(await widgets().find(key)).toEqual(made);
      expect(await widgets().find({ organizationId: 'other', id: 'w1' })).toBeNull();
      expect(await widgets().findPublic('w2')).toBeNull();
    });

    test('of many who change the same revision one wins', async () => {
      await insert('w1');
      const race = Array.from({ length: 10 }, (_, at) =>
        widgets().change(key, 1, { name: `Shop ${at}`, updatedBy: 'bob' }),
      );
      const won = (await Promise.all(race)).filter((row) => row !== null);
      expect(won).toHaveLength(1);
      expect(await widgets().find(key)).toMatchObject({
        revision: 2,
        name: won[0]?.name,
        updatedBy: 'bob',
        isOn: true,
      });
      expect(
        await widgets().change({ ...key, organizationId: 'other' }, 2, { isOn: false, updatedBy: 'eve' }),
      ).toBeNull();
    });

    test('a list goes on where its page before ended, and holds one organization’s', async () => {
      for (const id of ['w1', 'w2', 'w3']) await insert(id);
      await insert('w4', 'other');
      const [first, second] = await widgets().list('org', null, 2);
      expect([first?.id, second?.id]).toEqual(['w3', 'w2']);
      expect((await widgets().list('org', second ?? null, 2)).map(({ id }) => id)).toEqual(['w1']);
    });

    test('keys go with their widget', async () => {
      await insert('w1');
      await keys().insert(newKey('k1'));
      expect(await widgets().remove({ ...key, organizationId: 'other' })).toBe(false);
      expect(await widgets().remove(key)).toBe(true);
      expect(await widgets().remove(key)).toBe(false);
      expect(await keys().live('org', ['w1'])).toEqual([]);
    });
  });

  const keys = () => createWidgetKeyRepository(db, clock);
  const owner = { organizationId: 'org', widgetId: 'w1' };
  const newKey = (id: string) =>
    ({ ...owner, id, algorithm: 'EdDSA', publicKey: { x: 'x' }, createdBy: 'ann' }) as const;

  describe('keys of widgets', () => {
    test('a revoked key is found no more, and nobody finds another widget’s', async () => {
      await insert('w1');
      await insert('w2');
      await keys().insert(newKey('k1'));
      await keys().insert({ ...newKey('k2'), algorithm: 'HS256', publicKey: null });
      expect((await keys().live('org', ['w1', 'w2'])).map(({ id }) => id)).toEqual(['k1', 'k2']);
      expect(await keys().findLive(owner, 'k1')).toMatchObject({ algorithm: 'EdDSA', publicKey: { x: 'x' } });
      expect(await keys().findLive({ ...owner, widgetId: 'w2' }, 'k1')).toBeNull();
      expect(await keys().findLive({ ...owner, organizationId: 'other' }, 'k1')).toBeNull();
      expect(await keys().revoke({ ...owner, widgetId: 'w2' }, 'k1')).toBe(false);
      expect(await keys().revoke(owner, 'k1')).toBe(true);
      expect(await keys().revoke(owner, 'k1')).toBe(false);
      expect(await keys().findLive(owner, 'k1')).toBeNull();
      expect((await keys().live('org', ['w1'])).map(({ id }) => id)).toEqual(['k2']);
    });

    test('the use of a key is noted once a minute', async () => {
      await insert('w1');
      await keys().insert(newKey('k1'));
      const lastUsed = async () => (await keys().findLive(owner, 'k1'))?.lastUsedAt?.getTime();
      await keys().noteUse('k1');
      const first = await lastUsed();
      now += 30_000;
      await keys().noteUse('k1');
      expect(await lastUsed()).toBe(first);
      now += 40_000;
      await keys().noteUse('k1');
      expect(await lastUsed()).toBeGreaterThan(first ?? Number.POSITIVE_INFINITY);
    });
  });

  test('a token that was ended stays so until its own end, and is forgotten then', async () => {
    const ended = createEndedTokenRepository(db, clock);
    const end = (tokenHash: string, seconds: number) =>
      ended.end({ organizationId: 'org', tokenHash, expiresAt: new Date(now + seconds * 1000) });
    await end('a', 60);
    await end('a', 30);
    expect(await ended.isEnded(['b', 'a'])).toBe(true);
    expect(await ended.isEnded(['b'])).toBe(false);
    now += 45_000;
    await end('b', 60);
    expect(await ended.isEnded(['a'])).toBe(true);
    now += 30_000;
    await end('b', 60);
    expect(await ended.isEnded(['a'])).toBe(false);
    expect(await ended.isEnded(['b'])).toBe(true);
  });

  describe('counts of messages', () => {
    const day = { organizationId: 'org', day: '2026-11-24' };
    const counts = () => createMessageCountRepository(db);

    test('of many at once as many are counted as are allowed', async () => {
      const subjects = [
        { subject: 'v1', limit: 3 },
        { subject: 'w1', limit: null },
      ];
      const answers = await Promise.all(Array.from({ length: 12 }, () => counts().add(day, subjects)));
      expect(answers.filter((full) => full === null)).toHaveLength(3);
      expect(answers.filter((full) => full === 'v1')).toHaveLength(9);
      expect([await counts().count(day, 'v1'), await counts().count(day, 'w1')]).toEqual([3, 3]);
    });

    test('what one subject refuses is not counted for another', async () => {
      await counts().add(day, [{ subject: 'w1', limit: 1 }]);
      const refused = await counts().add(day, [
        { subject: 'v1', limit: 5 },
        { subject: 'w1', limit: 1 },
      ]);
      expect(refused).toBe('w1');
      expect(await counts().count(day, 'v1')).toBe(0);
    });

    test('days and organizations count for themselves, and old days are forgotten', async () => {
      const add = (organizationId: string, on: string) =>
        counts().add({ organizationId, day: on }, [{ subject: 'v1', limit: 1 }]);
      expect(await add('org', '2026-11-24')).toBeNull();
      expect(await add('org', '2026-11-25')).toBeNull();
      expect(await add('other', '2026-11-24')).toBeNull();
      expect(await add('org', '2026-11-24')).toBe('v1');
      await counts().forgetBefore('2026-11-25');
      expect(await counts().count(day, 'v1')).toBe(0);
      expect(await counts().count({ ...day, day: '2026-11-25' }, 'v1')).toBe(1);
    });

    test('a message that came to nothing is taken back, never below none', async () => {
      await counts().add(day, [{ subject: 'v1', limit: 1 }]);
      await counts().takeBack(day, ['v1', 'w1']);
      await counts().takeBack(day, ['v1', 'w1']);
      expect(await counts().count(day, 'v1')).toBe(0);
      expect(await counts().add(day, [{ subject: 'v1', limit: 1 }])).toBeNull();
    });
  });

  describe('use of a widget', () => {
    async function answer(actorId: string, at: string, more: { place?: string; personaId?: string; id?: string } = {}) {
      const { place: widgetId = 'w1', personaId = 'clerk', id = `${actorId} ${at}` } = more;
      now = Date.parse(at);
      const conversations = createConversationRepository(db, clock);
      const started = await conversations.startRun({
        actor: { organizationId: 'org', id: actorId, kind: 'visitor' },
        conversation: { id, ownerId: actorId, personaId, channel: 'widget', place: widgetId, title: 't' },
        message: { id: `q ${at}`, role: 'user', parts: [], metadata: null },
        run: { id: `run ${id} ${at}`, messageId: `a ${at}`, personaId, personaVersion: 'v', model: 'm' },
        processId: 'p',
        outsideText: null,
      });
      expect(started.outcome).toBe('started');
      const usage = { inputTokens: 100, outputTokens: 10 };
      const end = { status: 'succeeded', fault: null, usage, steps: 1 } as const;
      const reply = { id: `a ${at}`, role: 'assistant', parts: [], metadata: null } as const;
      const run = { organizationId: 'org', conversationId: id, runId: `run ${id} ${at}`, processId: 'p' };
      await conversations.finishRun({ ...run, outsideText: null, answer: reply, end });
    }

    test('is told by days in UTC, each with its visitors once', async () => {
      await answer('v1', '2026-11-23T23:59:59.900Z');
      await answer('v1', '2026-11-24T00:00:00.000Z');
      await answer('v1', '2026-11-24T12:00:00.000Z');
      await answer('v2', '2026-11-24T23:59:59.500Z');
      await answer('v2', '2026-11-24T13:00:00.000Z', { place: 'w2' });
      const usage = createWidgetUsageRepository(db);
      expect(await usage.days('org', 'w1', new Date('2026-11-01T00:00:00Z'))).toEqual([
        { day: '2026-11-23', messages: 1, visitors: 1, inputTokens: 100, outputTokens: 10 },
        { day: '2026-11-24', messages: 3, visitors: 2, inputTokens: 300, outputTokens: 30 },
      ]);
      const midnight = new Date('2026-11-24T00:00:00Z');
      expect(await usage.days('org', 'w1', midnight)).toHaveLength(1);
      expect(await usage.days('other', 'w1', midnight)).toEqual([]);
      const tokens = (actorId?: string) =>
        usage.tokens(
          { organizationId: 'org', widgetId: 'w1', ...(actorId === undefined ? {} : { actorId }) },
          midnight,
        );
      expect([await tokens(), await tokens('v1'), await tokens('v3')]).toEqual([330, 220, 0]);
    });

    test('the newest conversation and answer are the actor’s own, on this widget', async () => {
      await answer('v1', '2026-11-24T10:00:00.000Z', { id: 'c1' });
      await answer('v1', '2026-11-24T11:00:00.000Z', { id: 'c2' });
      await answer('v1', '2026-11-24T12:00:00.000Z', { id: 'c1' });
      await answer('v1', '2026-11-24T13:00:00.000Z', { id: 'c3', personaId: 'other' });
      await answer('v1', '2026-11-24T14:00:00.000Z', { id: 'c4', place: 'w2' });
      await answer('v2', '2026-11-24T15:00:00.000Z', { id: 'c5' });
      const threads = createWidgetConversationRepository(db);
      const of = { organizationId: 'org', actorId: 'v1', widgetId: 'w1' };
      expect(await threads.newest(of, 'clerk')).toMatchObject({ id: 'c1' });
      expect(await threads.newest({ ...of, organizationId: 'other' }, 'clerk')).toBeNull();
      expect(await threads.newest({ ...of, actorId: 'v3' }, 'clerk')).toBeNull();
      expect(await threads.lastAnswer(of)).toMatchObject({ id: 'a 2026-11-24T13:00:00.000Z' });
      expect(await threads.lastAnswer({ ...of, actorId: 'v3' })).toBeNull();
    });
  });
}
