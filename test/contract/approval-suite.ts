import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hashQuestion } from '#agent/approvals/approval.ts';
import type { ApprovalDecision, NewApproval } from '#agent/approvals/approval-store.ts';
import type { Database } from '#db/open-database.ts';
import {
  budgetQuestion,
  callQuestion,
  insertConversation,
  newApproval,
  type OpenApprovals,
  openApprovals,
  testKeys,
  undoQuestion,
} from '../support/approvals.ts';
import type { CreatePlace, Place } from './place.ts';

const start = Date.parse('2026-11-24T12:00:00.123Z');
const hourMs = 3_600_000;
const keys = testKeys();

/** The same hash but for one character. */
const altered = (hash: string) => (hash.startsWith('0') ? '1' : '0') + hash.slice(1);

export function approvalSuite(createPlace: CreatePlace): void {
  let place: Place;
  let db: Database;
  let other: Database;
  let now: number;
  let here: OpenApprovals;
  let there: OpenApprovals;

  beforeEach(async () => {
    place = await createPlace();
    now = start;
    db = await place.open();
    other = await place.open();
    here = await openApprovals(db, keys, () => new Date(now));
    there = await openApprovals(other, keys, () => new Date(now));
    await insertConversation(db);
  });
  afterEach(async () => {
    await Promise.all([db.close(), other.close()]);
    await place.remove();
  });

  const decision = (asked: NewApproval, change: Partial<ApprovalDecision> = {}): ApprovalDecision => ({
    organizationId: asked.organizationId,
    id: asked.id,
    hash: asked.hash,
    status: 'approved',
    by: 'bob',
    reason: null,
    more: null,
    ...change,
  });
  const find = ({ id }: NewApproval) => here.store.find('org', id);
  const statusOf = async (asked: NewApproval) => (await find(asked))?.status;
  /** How many of a hundred attempts, half of them in another process, were the one. */
  async function wins(attempt: (side: OpenApprovals, turn: number) => Promise<boolean>): Promise<number> {
    const race = Array.from({ length: 100 }, (_, turn) => attempt(turn % 2 === 0 ? here : there, turn));
    return (await Promise.all(race)).filter(Boolean).length;
  }

  describe('approvals', () => {
    test('come back as they went in, in every process, and stand encrypted in the database', async () => {
      const asked = await here.add({ approvers: ['ann', 'bob'], fourEyes: true });
      const budget = await here.add({ question: budgetQuestion(), callId: null, connectionId: null });
      const undecided = { status: 'pending', decidedBy: null, decidedAt: null, reason: null, more: null };
      const fresh = { ...undecided, replacedBy: null, createdAt: new Date(start) };
      expect(await there.store.find('org', asked.id)).toEqual({ ...asked, ...fresh });
      expect(await there.store.find('org', budget.id)).toEqual({ ...budget, ...fresh });
      const rows = JSON.stringify(await db.query.select().from(db.tables.approvals));
      for (const word of ['Acme', 'Berlin', 'Customers', 'old customer']) expect(rows).not.toContain(word);
    });

    test('cannot be put in the place of another one', async () => {
      const [asked, evil] = [await here.add(), await here.add({ question: callQuestion({ words: 'evil' }) })];
      await place.execute(
        `update approvals set body = (select b.body from approvals b where b.id = '${evil.id}') where id = '${asked.id}'`,
      );
      const found = await find(asked);
      expect(found?.question).toMatchObject({ arguments: null, words: '' });
      expect(hashQuestion(found?.question ?? evil.question)).not.toBe(asked.hash);
    });

    test('of a hundred who decide at once in two processes one does, and that stays', async () => {
      const asked = await here.add();
      const won = await wins(({ store }, turn) =>
        store.decide(decision(asked, { by: `person-${turn}`, status: turn % 3 === 0 ? 'denied' : 'approved' })),
      );
      expect(won).toBe(1);
      const decided = await find(asked);
      expect(decided?.decidedAt).toEqual(new Date(start));
      for (const status of ['approved', 'denied'] as const) {
        expect(await there.store.decide(decision(asked, { status }))).toBe(false);
      }
      expect(await find(asked)).toEqual(decided);
    });

    test('of a hundred who use one at once in two processes one does, once and for all', async () => {
      const asked = await here.add();
      const use = { organizationId: 'org', id: asked.id, hash: asked.hash };
      expect(await wins(({ store }) => store.use(use))).toBe(0);
      await there.store.decide(decision(asked));
      expect(await wins(({ store }) => store.use(use))).toBe(1);
      expect(await statusOf(asked)).toBe('used');
      expect(await here.store.use(use)).toBe(false);
      expect(await here.store.decide(decision(asked))).toBe(false);
      expect(await here.store.end({ organizationId: 'org', id: asked.id, status: 'void', reason: null })).toBe(false);
    });

    test('that were denied let nothing through', async () => {
      const asked = await here.add();
      expect(await here.store.decide(decision(asked, { status: 'denied', reason: 'not\u0000 this one' }))).toBe(true);
      expect(await here.store.use({ organizationId: 'org', id: asked.id, hash: asked.hash })).toBe(false);
      expect(await find(asked)).toMatchObject({ status: 'denied', decidedBy: 'bob', reason: 'not\uFFFD this one' });
    });

    test('are decided and used for exactly what was seen: not with a character altered', async () => {
      const asked = await here.add();
      for (const hash of [altered(asked.hash), asked.hash.slice(1), '', asked.hash.toUpperCase()]) {
        expect(await here.store.decide(decision(asked, { hash }))).toBe(false);
      }
      await here.store.decide(decision(asked));
      expect(await here.store.use({ organizationId: 'org', id: asked.id, hash: altered(asked.hash) })).toBe(false);
      expect(await here.store.use({ organizationId: 'org', id: asked.id, hash: asked.hash })).toBe(true);
    });

    test('are not decided or changed once they have expired; what was approved in time is still used', async () => {
      const [late, early] = [await here.add(), await here.add()];
      now = late.expiresAt.getTime() - 1;
      expect(await here.store.decide(decision(early))).toBe(true);
      now += 1;
      expect(await here.store.decide(decision(late))).toBe(false);
      expect(await here.store.replace(late, await here.store.seal(newApproval()))).toBe(false);
      expect((await here.rows.listExpired(10)).map(({ id }) => id)).toEqual([late.id]);
      const expire = ({ id }: NewApproval) =>
        there.store.end({ organizationId: 'org', id, status: 'expired', reason: 'late' });
      expect(await expire(early)).toBe(false);
      expect(await wins(() => expire(late))).toBe(1);
      expect(await here.rows.listExpired(10)).toEqual([]);
      expect(await find(late)).toMatchObject({ status: 'expired', reason: 'late' });
      expect(await here.store.use({ organizationId: 'org', id: early.id, hash: early.hash })).toBe(true);
    });

    test('are used within a day of their decision, and no later', async () => {
      const [soon, late] = [await here.add(), await here.add()];
      for (const asked of [soon, late]) expect(await here.store.decide(decision(asked))).toBe(true);
      now += 86_400_000 - 1;
      expect(await here.store.use({ organizationId: 'org', id: soon.id, hash: soon.hash })).toBe(true);
      now += 1;
      expect(await here.store.use({ organizationId: 'org', id: late.id, hash: late.hash })).toBe(false);
    });

    test('are not there for another organization, nor changed by it', async () => {
      const asked = await here.add();
      const foreign = { organizationId: 'other', id: asked.id };
      expect(await here.store.find('other', asked.id)).toBeNull();
      expect(await here.store.ofRun('other', asked.runId)).toEqual([]);
      expect(await here.store.openOfConnection('other', 'connection-1')).toEqual([]);
      expect(await here.rows.pendingFacts('other')).toEqual([]);
      const query = { organizationId: 'other', status: 'pending', personId: null, after: null, limit: 9 } as const;
      expect(await here.store.list(query)).toEqual([]);
      expect(await here.store.decide(decision(asked, foreign))).toBe(false);
      expect(await here.store.use({ ...foreign, hash: asked.hash })).toBe(false);
      expect(await here.store.end({ ...foreign, status: 'void', reason: null })).toBe(false);
      const next = await here.store.seal(newApproval());
      expect(await here.store.replace({ ...foreign, hash: asked.hash }, next)).toBe(false);
      expect(await here.rows.claimReminder(foreign, new Date(start), null)).toBe(false);
      expect(await statusOf(asked)).toBe('pending');
      expect(await find(next.approval)).toBeNull();
    });

    test('are replaced by one of many who change them, and then neither decided nor used', async () => {
      const asked = await here.add();
      const nexts = await Promise.all(
        Array.from({ length: 100 }, (_, turn) =>
          here.store.seal(newApproval({ editorId: 'bob', question: callQuestion({ arguments: { turn } }) })),
        ),
      );
      expect(await here.store.replace({ ...asked, hash: altered(asked.hash) }, nexts[0] as never)).toBe(false);
      expect(await wins(({ store }, turn) => store.replace(asked, nexts[turn] as never))).toBe(1);
      const all = await here.store.ofRun('org', asked.runId);
      expect(all.map(({ status }) => status).sort()).toEqual(['pending', 'replaced']);
      const replaced = await find(asked);
      expect(replaced).toMatchObject({ status: 'replaced', replacedBy: all.find(({ id }) => id !== asked.id)?.id });
      expect(await here.store.decide(decision(asked))).toBe(false);
      expect(await here.store.use(asked)).toBe(false);
      expect(await here.store.replace(asked, await here.store.seal(newApproval()))).toBe(false);
    });

    test('are ended once, pending or approved', async () => {
      const [pending, approved] = [await here.add(), await here.add()];
      await here.store.decide(decision(approved));
      for (const { id, hash } of [pending, approved]) {
        const end = { organizationId: 'org', id, status: 'withdrawn', reason: 'stopped' } as const;
        expect(await wins(({ store }) => store.end(end))).toBe(1);
        expect(await here.store.use({ organizationId: 'org', id, hash })).toBe(false);
      }
    });

    test('change with the transaction they are part of', async () => {
      const asked = await here.add();
      const sealed = await here.store.seal(newApproval());
      const failing = db.transaction(async () => {
        await here.store.insert(sealed);
        await here.store.decide(decision(asked));
        await here.store.use(asked);
        throw new Error('the rest failed');
      });
      await expect(failing).rejects.toThrow('the rest failed');
      expect(await statusOf(asked)).toBe('pending');
      expect(await find(sealed.approval)).toBeNull();
    });

    test('go with their conversation', async () => {
      const asked = await here.add();
      await db.query.delete(db.tables.conversations);
      expect(await find(asked)).toBeNull();
    });
  });

  describe('lists of approvals', () => {
    async function pages(query: { status: 'pending' | 'over'; personId: string | null }, limit: number) {
      const found: string[][] = [];
      let after: { createdAt: Date; id: string } | null = null;
      for (;;) {
        const page = await here.store.list({ organizationId: 'org', ...query, after, limit });
        if (page.length === 0) return found;
        found.push(page.map(({ runId }) => runId));
        after = page.at(-1) ?? null;
      }
    }

    test('are newest first, page by page, of what waits or of what is over', async () => {
      // Two in each millisecond, so that a page can end between them.
      for (let turn = 0; turn < 7; turn += 1) {
        const asked = await here.add({ id: `approval-${turn}`, runId: `r${turn}` });
        if (turn % 2 === 1) now += 1;
        if (turn === 3) await here.store.decide(decision(asked));
      }
      expect(await pages({ status: 'pending', personId: null }, 2)).toEqual([
        ['r6', 'r5'],
        ['r4', 'r2'],
        ['r1', 'r0'],
      ]);
      expect(await pages({ status: 'over', personId: null }, 2)).toEqual([['r3']]);
    });

    test('of one person hold what they asked or may decide by name, in full pages', async () => {
      const named = (approvers: string[] | null, runId: string) => here.add({ requesterId: 'zoe', approvers, runId });
      for (let turn = 0; turn < 20; turn += 1) {
        now += 1;
        await named(['an_n', 'ANN', 'ann2', 'joann'], `no-${turn}`);
      }
      await here.add({ requesterId: 'ann', runId: 'asked' });
      now += 1;
      await named(['bob', 'ann'], 'named');
      now += 1;
      await named(null, 'everybody');
      await here.add({ requesterId: 'ann_', runId: 'similar' });
      expect(await pages({ status: 'pending', personId: 'ann' }, 1)).toEqual([['named'], ['asked']]);
      expect((await pages({ status: 'pending', personId: 'ANN' }, 50)).flat()).toHaveLength(20);
    });

    test('of a run are oldest first, of a connection only what is open, and of what waits without what expired', async () => {
      const first = await here.add();
      now += 1;
      const second = await here.add({ expiresAt: new Date(start + hourMs) });
      await here.add({ runId: 'run-2', connectionId: 'connection-2' });
      await here.store.decide(decision(first));
      const ids = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id);
      expect(ids(await here.store.ofRun('org', 'run-1'))).toEqual([first.id, second.id]);
      expect(ids(await here.store.openOfConnection('org', 'connection-1'))).toEqual([first.id, second.id]);
      expect(await here.rows.countOfConnection('org', 'connection-1')).toEqual(new Map([['clerk', 1]]));
      expect(await here.rows.countOfConnection('other', 'connection-1')).toEqual(new Map());
      await here.store.use(first);
      expect(ids(await here.store.openOfConnection('org', 'connection-1'))).toEqual([second.id]);
      const waiting = await here.rows.pendingFacts('org');
      expect(waiting).toHaveLength(2);
      expect(waiting[0]).not.toHaveProperty('body');
      now = start + hourMs;
      expect(ids(await here.rows.pendingFacts('org'))).not.toContain(second.id);
    });
  });

  describe('people are told', () => {
    const due = async () => (await here.rows.listToRemind(10)).map(({ id }) => id);

    test('half-way to the end, by one process', async () => {
      const asked = await here.add({ expiresAt: new Date(start + 2 * hourMs) });
      now += hourMs - 1;
      expect(await due()).toEqual([]);
      now += 1;
      const [row] = await here.rows.listToRemind(10);
      expect(row?.id).toBe(asked.id);
      expect(await wins(({ rows }) => rows.claimReminder(asked, row?.remindAt as Date, null))).toBe(1);
      expect(await due()).toEqual([]);
    });

    test.each([
      ['with four eyes', { fourEyes: true }],
      ['where others are named', { approvers: ['ann'] }],
      ['where only managers decide', { managersOnly: true }],
    ])('at once %s, and not of what is decided or over', async (_name, change) => {
      const asked = await here.add(change);
      const named = await here.add({ approvers: ['mia', 'ann'] });
      expect(await due()).toEqual([asked.id]);
      await here.store.decide(decision(asked));
      expect(await due()).toEqual([]);
      now = named.expiresAt.getTime();
      expect(await due()).toEqual([]);
    });
  });

  test('the marker of an organization changes with everything that changes what waits in it', async () => {
    let last = await there.rows.marker('org');
    const changed = async () => {
      const marker = await there.rows.marker('org');
      const isNew = marker !== last;
      last = marker;
      return isNew;
    };
    now += 1;
    const asked = await here.add();
    expect(await changed()).toBe(true);
    expect(await changed()).toBe(false);
    const second = await here.add();
    expect(await changed()).toBe(true);
    // By a process whose clock is behind.
    now -= 1000;
    await here.store.decide(decision(second));
    expect(await changed()).toBe(true);
    now += 2000;
    await here.store.replace(asked, await here.store.seal(newApproval()));
    expect(await changed()).toBe(true);
    await db.query.delete(db.tables.conversations);
    expect(await changed()).toBe(true);
    const before = await there.rows.marker('other');
    await insertConversation(db);
    await here.add();
    expect(await there.rows.marker('other')).toBe(before);
  });

  test('undos that were approved and not begun are found again for a while', async () => {
    const [undo, begun] = [await here.add({ question: undoQuestion() }), await here.add({ question: undoQuestion() })];
    for (const asked of [undo, begun, await here.add()]) await here.store.decide(decision(asked));
    await here.store.use(begun);
    const at = (offset: number) => new Date(start + offset);
    const found = async (from: number, to: number) =>
      (await here.rows.listApprovedUndos(at(from), at(to))).map(({ id }) => id);
    expect(await found(-1, 0)).toEqual([undo.id]);
    expect(await found(0, 1)).toEqual([]);
    expect(await found(-2, -1)).toEqual([]);
  });
}
