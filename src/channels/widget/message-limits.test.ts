import { expect, test } from 'vitest';
import type { Actor } from '#auth/actor.ts';
import { defaultWidgetLimits, type WidgetLimits } from '#channels/http/contract/widgets.ts';
import type { CountedSubject } from '#db/repositories/message-counts.ts';
import type { WidgetRecord } from '#db/repositories/widgets.ts';
import { createMessageLimits } from './message-limits.ts';
import { createMinuteCounter } from './minute-counter.ts';

const guest: Actor = {
  kind: 'visitor',
  id: 'v1',
  name: 'Visitor',
  organizationId: 'org',
  role: 'guest',
  keyScopes: null,
  apiKey: null,
};

function open(limits: Partial<WidgetLimits>, time = '2026-11-24T21:10:00Z') {
  const widget = { organizationId: 'org', id: 'w1', limits: { ...defaultWidgetLimits, ...limits } } as WidgetRecord;
  const counted = new Map<string, number>();
  const scene = { now: Date.parse(time), tokens: { v1: 0, all: 0 }, forgotten: [] as string[] };
  const clock = () => new Date(scene.now);
  const count = (day: string, { subject }: { subject: string }, by: number) => {
    const key = `${day} ${subject}`;
    counted.set(key, (counted.get(key) ?? 0) + by);
  };
  const message = createMessageLimits({
    minutes: createMinuteCounter(clock),
    clock,
    usage: { tokens: async ({ actorId }) => (actorId === 'v1' ? scene.tokens.v1 : scene.tokens.all) },
    counts: {
      async add({ day }, subjects: readonly CountedSubject[]) {
        const full = subjects.find(
          ({ subject, limit }) => limit !== null && (counted.get(`${day} ${subject}`) ?? 0) >= limit,
        );
        if (full === undefined) for (const subject of subjects) count(day, subject, 1);
        return full?.subject ?? null;
      },
      async takeBack({ day }, subjects) {
        for (const subject of subjects) count(day, { subject }, -1);
      },
      async forgetBefore(day) {
        scene.forgotten.push(day);
      },
    },
  });
  const send = (more: { isMember?: boolean; address?: string; text?: string; actor?: Actor } = {}) =>
    message.count({ widget, actor: guest, isMember: false, address: '192.0.2.1', text: 'Hello', ...more });
  return { send, scene, counted };
}

const limited = (words: string) => ({ code: 'RATE_LIMITED', message: expect.stringContaining(words) });

test('a minute takes so many of one visitor, and four times as many of one address', async () => {
  const { send, scene } = open({ visitorPerMinute: 2 });
  await send();
  await send();
  await expect(send()).rejects.toMatchObject(limited('Send yours again in 60 seconds'));
  for (const id of ['v2', 'v3', 'v4']) {
    for (let index = 0; index < 2; index += 1) await send({ actor: { ...guest, id } });
  }
  await expect(send({ actor: { ...guest, id: 'v5' } })).rejects.toMatchObject(limited('within a minute'));
  await expect(send({ actor: { ...guest, id: 'v5' }, address: '192.0.2.2' })).resolves.toBeTypeOf('function');
  scene.now += 60_000;
  await expect(send()).resolves.toBeTypeOf('function');
});

test('members are limited by the minute alone', async () => {
  const { send, counted } = open({ visitorPerMinute: 3, visitorPerDay: 1, visitorTokensPerDay: 1 });
  for (let index = 0; index < 3; index += 1) await send({ isMember: true });
  await expect(send({ isMember: true })).rejects.toMatchObject(limited('within a minute'));
  expect(counted.size).toBe(0);
});

test('a day takes so many of one visitor and of all, and says when the next begins', async () => {
  const { send, scene } = open({ visitorPerMinute: 60, visitorPerDay: 2, widgetPerDay: 3 });
  await send();
  await send();
  await expect(send()).rejects.toMatchObject(
    limited('as one visitor can ask here in a day. Come back in about 3 hours'),
  );
  await send({ actor: { ...guest, id: 'v2' } });
  const other = send({ actor: { ...guest, id: 'v3' } });
  await expect(other).rejects.toMatchObject(limited('This chat has answered as much as it can today'));
  scene.now = Date.parse('2026-11-24T23:59:30Z');
  await expect(send()).rejects.toMatchObject(limited('Come back in about 1 minute.'));
  scene.now = Date.parse('2026-11-25T00:00:00Z');
  await expect(send()).resolves.toBeTypeOf('function');
  expect(scene.forgotten).toEqual(['2026-11-24', '2026-11-25']);
});

test('what came to nothing is given back', async () => {
  const { send, counted } = open({ visitorPerDay: 1 });
  const takeBack = await send();
  await takeBack();
  expect([...counted.values()]).toEqual([0, 0]);
  await expect(send()).resolves.toBeTypeOf('function');
});

test('answers cost so many tokens a day and no more, for one and for all', async () => {
  const { send, scene, counted } = open({ visitorPerMinute: 60, visitorTokensPerDay: 100, widgetTokensPerDay: 1000 });
  scene.tokens = { v1: 99, all: 999 };
  await send();
  counted.clear();
  scene.tokens.v1 = 100;
  await expect(send()).rejects.toMatchObject(limited('one visitor'));
  scene.tokens = { v1: 0, all: 1000 };
  await expect(send()).rejects.toMatchObject(limited('This chat'));
  expect(counted.size).toBe(0);
});

test('no limit is none', async () => {
  const { send, scene } = open({ visitorTokensPerDay: null, widgetTokensPerDay: null, widgetPerDay: null });
  scene.tokens = { v1: 1e12, all: 1e12 };
  await expect(send()).resolves.toBeTypeOf('function');
});

test('a message that is too long is refused with both lengths, and counted nowhere', async () => {
  const { send, counted } = open({ messageCharacters: 5, visitorPerMinute: 1 });
  const message = expect.stringMatching(/has 6 characters, and 5 are allowed/);
  await expect(send({ text: 'Hello!' })).rejects.toMatchObject({ code: 'INPUT_INVALID', message });
  expect(counted.size).toBe(0);
  await expect(send({ text: 'Hello' })).resolves.toBeTypeOf('function');
});
