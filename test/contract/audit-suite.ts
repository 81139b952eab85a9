import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AuditEvent, AuditFilter, NewAuditEvent } from '#audit/audit-event.ts';
import { createAuditLog } from '#audit/audit-log.ts';
import { verifyChain } from '#audit/verify-chain.ts';
import type { Database } from '#db/open-database.ts';
import { createActorNames } from '#db/repositories/actor-names.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import type { CreatePlace, Place } from './place.ts';

const key = Buffer.alloc(32, 7);
const day = 86_400_000;
const noon = Date.parse('2026-11-24T12:00:00.123Z');

export const newEvent = (change: Partial<NewAuditEvent> = {}): NewAuditEvent => ({
  organizationId: 'org',
  action: 'tool.succeeded',
  actorKind: 'user',
  actorId: 'ann',
  connectionId: null,
  personaId: 'clerk',
  personaVersion: 'v1',
  channel: 'chat',
  conversationId: 'c1',
  runId: 'r1',
  callId: 'call-1',
  tool: 'ninox_list_teams',
  code: null,
  durationMs: 12.4,
  credits: 1,
  body: { prompt: 'Which teams?', arguments: { b: 1, a: undefined }, response: [{ name: 'Sales\u0000' }] },
  ...change,
});

function rangeOf(from: number | undefined, to: number | undefined): AuditFilter {
  return {
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(to) }),
  };
}

export function auditSuite(createPlace: CreatePlace): void {
  let place: Place;
  let db: Database;
  let now: number;
  const repository = () => createAuditRepository(db);
  const log = (handle: Database = db) =>
    createAuditLog({ repository: createAuditRepository(handle), key, clock: () => new Date(now) });

  beforeEach(async () => {
    place = await createPlace();
    db = await place.open();
    now = noon;
  });
  afterEach(async () => {
    await db.close();
    await place.remove();
  });

  async function appendMany(count: number): Promise<AuditEvent[]> {
    const audit = log();
    return Promise.all(
      Array.from({ length: count }, (_, place) => audit.append(newEvent({ callId: `call-${place}` }))),
    );
  }

  describe('appending', () => {
    test('chains rows per organization and gives back what is stored', async () => {
      const audit = log();
      const first = await audit.append(newEvent());
      const second = await audit.append(newEvent({ tool: 'half \uD800 and \u0000' }));
      const elsewhere = await audit.append(newEvent({ organizationId: 'other' }));
      expect(first).toMatchObject({ seq: 1, previousHash: '0'.repeat(64), durationMs: 12, at: new Date(noon) });
      expect(second).toMatchObject({ seq: 2, previousHash: first.hash });
      expect(elsewhere.seq).toBe(1);
      expect(await audit.find('org', second.id)).toEqual({
        event: second,
        body: { prompt: 'Which teams?', arguments: { b: 1 }, response: [{ name: 'Sales\u0000' }] },
        bodyProblem: null,
      });
      expect(await audit.find('other', second.id)).toBeNull();
      expect(await audit.verify('org')).toEqual({ ok: true, events: 2, head: second.hash });
      expect(await audit.verify('empty')).toEqual({ ok: true, events: 0, head: null });
    });

    test('300 at once make one unbroken chain in the order they came', async () => {
      const events = await appendMany(300);
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 300 }, (_, place) => place + 1));
      expect(await log().verify('org')).toMatchObject({ ok: true, events: 300 });
    });

    test('from two processes at once gives one unbroken chain', async () => {
      const other = await place.open();
      try {
        const writers = [log(db), log(other)];
        const rounds = Array.from({ length: 12 }, async (_, writer) => {
          for (let turn = 0; turn < 10; turn++) await writers[writer % 2]?.append(newEvent({ runId: `r${writer}` }));
        });
        await Promise.all(rounds);
        expect(await log().verify('org')).toMatchObject({ ok: true, events: 120 });
      } finally {
        await other.close();
      }
    });

    test('when a group cannot be stored every caller hears it and nothing is in the chain', async () => {
      const audit = log();
      await audit.append(newEvent());
      await place.execute('alter table audit_bodies rename to hidden');
      const outcomes = await Promise.allSettled([audit.append(newEvent()), audit.append(newEvent())]);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      await place.execute('alter table hidden rename to audit_bodies');
      expect((await audit.append(newEvent())).seq).toBe(2);
      expect(await audit.verify('org')).toMatchObject({ ok: true, events: 2 });
    });

    test('inside a transaction belongs to it', async () => {
      const audit = log();
      const work = db.transaction(async () => {
        await audit.append(newEvent());
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      expect(await audit.verify('org')).toMatchObject({ events: 0 });
      await db.transaction(async () => void (await audit.append(newEvent())));
      expect(await audit.verify('org')).toMatchObject({ ok: true, events: 1 });
    });

    test('a body that JSON cannot hold is refused', async () => {
      const body: { response?: unknown } = {};
      body.response = body;
      await expect(log().append(newEvent({ body }))).rejects.toThrow();
      await expect(log().append(newEvent({ credits: 0.5 }))).rejects.toThrow('whole');
    });
  });

  describe('listing', () => {
    test('newest first, page by page, each once', async () => {
      await appendMany(5);
      const audit = log();
      const first = await audit.list({ organizationId: 'org', limit: 2 });
      const second = await audit.list({ organizationId: 'org', limit: 2, before: first.nextBefore ?? 0 });
      const third = await audit.list({ organizationId: 'org', limit: 2, before: second.nextBefore ?? 0 });
      expect([first, second, third].map(({ items }) => items.map(({ seq }) => seq))).toEqual([[5, 4], [3, 2], [1]]);
      expect(third.nextBefore).toBeNull();
      expect((await audit.list({ organizationId: 'other', limit: 9 })).items).toEqual([]);
    });

    test('filters are joined by AND', async () => {
      const audit = log();
      await audit.append(newEvent({ tool: 'a', action: 'tool.denied', personaId: 'p' }));
      await audit.append(newEvent({ tool: 'a', action: 'tool.failed', personaId: 'p', actorId: 'bob' }));
      await audit.append(newEvent({ tool: 'b', action: 'tool.denied', personaId: 'q', runId: 'r2' }));
      await audit.append(newEvent({ organizationId: 'other', tool: 'a' }));
      const seqs = async (filter: object) =>
        (await audit.list({ organizationId: 'org', filter, limit: 9 })).items.map(({ seq }) => seq);
      expect(await seqs({ tool: 'a' })).toEqual([2, 1]);
      expect(await seqs({ tool: 'a', action: 'tool.denied', personaId: 'p' })).toEqual([1]);
      expect(await seqs({ actorId: 'bob' })).toEqual([2]);
      expect(await seqs({ runId: 'r2', conversationId: 'c1' })).toEqual([3]);
      expect(await seqs({ tool: 'b', personaId: 'p' })).toEqual([]);
    });

    test('reading goes the other way, with bodies, between two places', async () => {
      const audit = log();
      for (const connectionId of ['a', 'b', 'a', 'b', 'a']) await audit.append(newEvent({ connectionId }));
      const read = async (place: { after: number; before: number; limit: number }) =>
        audit.read({ organizationId: 'org', filter: { connectionId: 'a' }, ...place });
      const first = await read({ after: 0, before: 5, limit: 1 });
      const second = await read({ after: 1, before: 5, limit: 9 });
      expect([first, second].map((page) => page.map(({ event }) => event.seq))).toEqual([[1], [3]]);
      expect(second[0]?.body).toMatchObject({ prompt: 'Which teams?' });
      expect(await audit.read({ organizationId: 'other', after: 0, before: 9, limit: 9 })).toEqual([]);
    });

    test('names are those of people who have done something there', async () => {
      await log().append(newEvent({ actorId: 'ann' }));
      await log().append(newEvent({ actorId: 'bob', organizationId: 'other' }));
      const flag = db.dialect === 'postgres' ? 'true' : '1';
      const at = db.dialect === 'postgres' ? 'now()' : '0';
      for (const id of ['ann', 'bob']) {
        await place.execute(
          `insert into users (id, name, email, email_verified, created_at, updated_at) values ('${id}', 'Name of ${id}', '${id}@x', ${flag}, ${at}, ${at})`,
        );
      }
      const names = await createActorNames(db).namesOf('org', ['ann', 'bob', 'nobody']);
      expect([...names]).toEqual([['ann', 'Name of ann']]);
      expect((await createActorNames(db).namesOf('org', [])).size).toBe(0);
    });

    test('a range of time is exact, from inclusive to exclusive, even when the clock went back', async () => {
      const audit = log();
      const times = [
        noon,
        noon + 10 * day,
        noon + 10 * day + 1,
        noon + day,
        noon + 2 * day,
        noon - 40 * day,
        noon + 3 * day,
      ];
      for (const time of times) {
        now = time;
        await audit.append(newEvent());
      }
      const ends = [undefined, ...times];
      const ranges = ends.flatMap((from) => ends.map((to) => ({ from, to })));
      for (const { from, to } of ranges) {
        const page = await audit.list({ organizationId: 'org', filter: rangeOf(from, to), limit: 9 });
        const expected = times.filter((time) => time >= (from ?? -Infinity) && time < (to ?? Infinity));
        expect(page.items.map(({ at }) => at.getTime())).toEqual(expected.toReversed());
      }
    });
  });

  describe('the triggers', () => {
    const refused: readonly [string, string][] = [
      ['changing an event', "update audit_events set tool = 'x'"],
      ['deleting an event', 'delete from audit_events'],
      ['changing a body', "update audit_bodies set body = '{}'"],
      ['erasing the salt only', 'update audit_bodies set salt = null'],
      ['moving a body', "update audit_bodies set salt = null, body = null, event_id = 'x'"],
      ['deleting a body', 'delete from audit_bodies'],
    ];
    test.each(refused)('refuse %s', async (_, statement) => {
      await log().append(newEvent());
      await expect(place.execute(statement)).rejects.toThrow(/append-only|only be erased/);
      expect(await log().verify('org')).toMatchObject({ ok: true, events: 1 });
    });

    test('let a body be erased, and the chain still holds', async () => {
      const [event] = await appendMany(2);
      await repository().eraseBody('other', event?.id ?? '');
      expect((await log().find('org', event?.id ?? ''))?.body).not.toBeNull();
      await repository().eraseBody('org', event?.id ?? '');
      expect((await log().find('org', event?.id ?? ''))?.body).toBeNull();
      expect(await log().verify('org')).toMatchObject({ ok: true, events: 2 });
    });
  });

  describe('verifying names the first row that does not hold', () => {
    const copy = (seq: number) =>
      `insert into audit_events select 'forged-' || id, organization_id, ${seq}, at, day, action, actor_kind, actor_id,
        connection_id, persona_id, persona_version, channel, conversation_id, run_id, call_id, tool, code, duration_ms,
        credits, body_hash, previous_hash, hash from audit_events where seq = 3;
       insert into audit_bodies select 'forged-' || e.id, organization_id, b.salt, b.body from audit_events e
        join (select event_id, salt, body from audit_bodies) b on b.event_id = e.id where seq = 3;`;
    const tampered: readonly [string, string, { seq: number; reason: RegExp }][] = [
      ['a changed field', "update audit_events set tool = 'other' where seq = 3", { seq: 3, reason: /changed/ }],
      ['a changed actor', "update audit_events set actor_id = 'bob' where seq = 1", { seq: 1, reason: /changed/ }],
      ['a changed hash', 'update audit_events set hash = previous_hash where seq = 5', { seq: 5, reason: /changed/ }],
      [
        'a row hidden from ranges of time',
        'update audit_events set day = day + 1 where seq = 2',
        { seq: 2, reason: /changed/ },
      ],
      ['a deleted row', 'delete from audit_events where seq = 3', { seq: 3, reason: /missing/ }],
      ['a deleted first row', 'delete from audit_events where seq = 1', { seq: 1, reason: /missing/ }],
      ['a row moved to the front', 'update audit_events set seq = 0 where seq = 3', { seq: 0, reason: /outside/ }],
      [
        'swapped rows',
        'update audit_events set seq = 99 where seq = 2; update audit_events set seq = 2 where seq = 4; update audit_events set seq = 4 where seq = 99',
        { seq: 2, reason: /follow/ },
      ],
      ['a row added at the end', copy(6), { seq: 6, reason: /follow/ }],
      [
        'a row put between',
        `update audit_events set seq = seq + 100 where seq > 3; update audit_events set seq = seq - 99 where seq > 100; ${copy(4)}`,
        { seq: 4, reason: /follow/ },
      ],
    ];
    test.each(tampered)('%s', async (_, statements, { seq, reason }) => {
      await appendMany(5);
      await place.execute(`${place.disarm('audit_events')} ${statements}`);
      for (const pageSize of [2, 1000]) {
        const verdict = await verifyChain({ repository: repository(), key, organizationId: 'org', pageSize });
        expect(verdict).toMatchObject({ ok: false, seq, reason: expect.stringMatching(reason) });
      }
    });

    const bodies: readonly [string, string, RegExp][] = [
      ['a changed body', "update audit_bodies set body = '{}' where event_id = ", /changed/],
      ['a body without its salt', 'update audit_bodies set salt = null where event_id = ', /changed/],
      ['a deleted body', 'delete from audit_bodies where event_id = ', /deleted/],
    ];
    test.each(bodies)('%s', async (_, statement, reason) => {
      const events = await appendMany(5);
      await place.execute(`${place.disarm('audit_bodies')} ${statement} '${events[3]?.id}'`);
      const verdict = await log().verify('org');
      expect(verdict).toMatchObject({ ok: false, seq: 4, id: events[3]?.id, reason: expect.stringMatching(reason) });
    });

    test('rows missing at the end, against a head noted before', async () => {
      const events = await appendMany(5);
      const noted = events[4] ?? { seq: 0, hash: '' };
      const chain = { repository: repository(), key, organizationId: 'org', expectedHead: noted };
      expect(await verifyChain(chain)).toMatchObject({ ok: true });
      await place.execute(`${place.disarm('audit_events')} delete from audit_events where seq > 3`);
      expect(await log().verify('org')).toMatchObject({ ok: true, events: 3 });
      expect(await verifyChain(chain)).toMatchObject({
        ok: false,
        seq: 4,
        reason: expect.stringMatching(/ends at row 3/),
      });
    });

    test('a chain that was written with another key', async () => {
      await createAuditLog({ repository: repository(), key: Buffer.alloc(32, 8) }).append(newEvent());
      expect(await log().verify('org')).toMatchObject({ ok: false, seq: 1 });
    });
  });
}
