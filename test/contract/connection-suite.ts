import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '#db/open-database.ts';
import { type ConnectionRecord, createConnectionRepository } from '#db/repositories/connections.ts';
import { createOauthFlowRepository } from '#db/repositories/oauth-flows.ts';
import type { CreatePlace, Place } from './place.ts';

const start = Date.parse('2026-11-24T12:00:00.123Z');
const at = (seconds: number) => new Date(start + seconds * 1000);

const row = (id: string, change: Partial<ConnectionRecord> = {}): ConnectionRecord => ({
  organizationId: 'org',
  id,
  integration: 'ninox',
  ownerId: null,
  label: id,
  place: 'public-cloud',
  baseUrl: 'https://api.ninox.com/v1',
  auth: 'api_key',
  status: 'active',
  scopes: ['ninox:teams:read'],
  limits: { teams: ['T1'], tables: ['D1/A'] },
  limitNames: { T1: 'Sales' },
  secretVersion: 1,
  fingerprint: 'f1',
  revision: 1,
  createdBy: 'ann',
  createdAt: at(0),
  updatedAt: at(0),
  keySetAt: at(0),
  tokenExpiresAt: null,
  renewingUntil: null,
  lastUsedAt: null,
  lastCheckedAt: null,
  lastCheckProblem: null,
  seen: [{ id: 'T1', name: 'Sales' }],
  revokedAt: null,
  revokedBy: null,
  settings: null,
  ...change,
});

export function connectionSuite(createPlace: CreatePlace): void {
  let place: Place;
  let db: Database;
  const connections = (handle: Database = db) => createConnectionRepository(handle);
  const ann = { organizationId: 'org', actorId: 'ann' };
  const key = (id: string) => ({ organizationId: 'org', id });

  beforeEach(async () => {
    place = await createPlace();
    db = await place.open();
  });
  afterEach(async () => {
    await db.close();
    await place.remove();
  });

  async function insert(...rows: ConnectionRecord[]): Promise<void> {
    for (const one of rows) await connections().insert(one);
  }

  describe('connections', () => {
    test('come back as they went in, to their own organization', async () => {
      const stored = row('a', { lastUsedAt: at(5), tokenExpiresAt: at(6) });
      await insert(stored);
      expect(await connections().find(key('a'))).toEqual(stored);
      expect(await connections().find({ organizationId: 'other', id: 'a' })).toBeNull();
    });

    test('are listed newest first, page by page, without other people’s own', async () => {
      await insert(
        row('a'),
        row('b'),
        row('c', { createdAt: at(1), ownerId: 'ann' }),
        row('d', { createdAt: at(2), ownerId: 'bob' }),
        row('e', { createdAt: at(3), integration: 'slack', status: 'revoked' }),
        row('f', { organizationId: 'other' }),
      );
      const ids = async (more: object, limit = 10) =>
        (await connections().list({ ...ann, after: null, limit, ...more })).map(({ id }) => id);
      expect(await ids({})).toEqual(['e', 'c', 'b', 'a']);
      expect(await ids({}, 3)).toEqual(['e', 'c', 'b']);
      expect(await ids({ after: { createdAt: at(0), id: 'b' } })).toEqual(['a']);
      expect(await ids({ integration: 'ninox', status: 'active' })).toEqual(['c', 'b', 'a']);
      expect((await connections().listAlive(ann, 'ninox')).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
      expect(await connections().countActive(ann)).toEqual(new Map([['ninox', 3]]));
      expect((await connections().findLastRevoked(ann, 'slack'))?.id).toBe('e');
      expect(await connections().findLastRevoked(ann, 'ninox')).toBeNull();
      const asked = [key('a'), key('e'), key('gone'), { organizationId: 'other', id: 'a' }];
      expect(await connections().filterAlive(asked)).toEqual([key('a')]);
      expect(await connections().filterAlive([])).toEqual([]);
    });

    test('change only as long as they are as expected, and never once revoked', async () => {
      await insert(row('a'));
      const change = (expected: object, values: object, counts = true) =>
        connections().change({ key: key('a'), expected, values, counts });
      expect(await change({ revision: 1 }, { label: 'One', limits: {} })).toMatchObject({
        label: 'One',
        revision: 2,
        limits: {},
      });
      expect(await change({ revision: 1 }, { label: 'Two' })).toBeNull();
      expect(await change({ secretVersion: 1 }, { secretVersion: 2 }, false)).toMatchObject({
        secretVersion: 2,
        revision: 2,
      });
      expect(await change({ lastCheckedAt: null }, { lastCheckedAt: at(1) }, false)).not.toBeNull();
      expect(await change({ lastCheckedAt: null }, { lastCheckedAt: at(2) }, false)).toBeNull();
      expect(await change({ lastCheckedAt: at(1) }, { lastCheckedAt: at(2) }, false)).not.toBeNull();
      expect(await change({}, { status: 'revoked' })).toMatchObject({ status: 'revoked', revision: 3 });
      expect(await change({}, { label: 'Three' })).toBeNull();
      expect(await change({ status: 'revoked' }, { status: 'active' })).toMatchObject({ label: 'One', revision: 4 });
    });

    test('of many who change the same revision at once, on two handles, one does', async () => {
      await insert(row('a'));
      const other = await place.open();
      const attempt = (_: unknown, index: number) =>
        connections(index % 2 === 0 ? db : other).change({
          key: key('a'),
          expected: { revision: 1 },
          values: { label: `L${index}` },
          counts: true,
        });
      const won = (await Promise.all(Array.from({ length: 10 }, attempt))).filter((changed) => changed !== null);
      expect(won).toHaveLength(1);
      expect(await connections().find(key('a'))).toEqual(won[0]);
      await other.close();
    });

    test('remember their last use, at most once in a while', async () => {
      await insert(row('a'));
      const use = async (now: number, since: number) => {
        await connections().noteUse(key('a'), at(now), at(since));
        return (await connections().find(key('a')))?.lastUsedAt;
      };
      expect(await use(100, 40)).toEqual(at(100));
      expect(await use(110, 50)).toEqual(at(100));
      expect(await use(160, 100)).toEqual(at(160));
    });

    test('that were not checked for a day are found', async () => {
      await insert(
        row('a', { lastCheckedAt: at(50) }),
        row('b', { lastCheckedAt: at(150) }),
        row('c', { lastCheckedAt: at(10), status: 'revoked' }),
        row('d', { lastCheckedAt: at(10), status: 'needs_reconnect' }),
      );
      expect((await connections().findUnchecked(at(100)))?.id).toBe('a');
      expect(await connections().findUnchecked(at(50))).toBeNull();
      await insert(row('e', { organizationId: 'other' }));
      expect((await connections().findUnchecked(at(50)))?.id).toBe('e');
    });

    test('are renewed by one process at a time, for the version it saw, until that right has ended', async () => {
      await insert(row('a'));
      const other = await place.open();
      const claim = (now: number, version = 1, handle: Database = db) =>
        connections(handle).claimRenewal(key('a'), version, { now: at(now), until: at(now + 30) });
      const claims = await Promise.all([claim(0), claim(0, 1, other), claim(0), claim(0, 1, other)]);
      expect(claims.filter(Boolean)).toHaveLength(1);
      expect(await claim(29, 1, other)).toBe(false);
      expect(await claim(30, 2, other)).toBe(false);
      expect(await claim(30, 1, other)).toBe(true);
      await connections().change({ key: key('a'), expected: {}, values: { status: 'revoked' }, counts: true });
      expect(await claim(90)).toBe(false);
      await other.close();
    });
  });

  describe('sign-ins under way', () => {
    const flow = (stateHash: string, expires: number) => ({
      stateHash,
      organizationId: 'org',
      sessionId: 's1',
      actorId: 'ann',
      integration: 'calendar',
      plan: { label: 'Mine', nonce: 'n' },
      expiresAt: at(expires),
    });

    test('are taken once, whoever comes', async () => {
      const other = await place.open();
      const flows = [createOauthFlowRepository(db), createOauthFlowRepository(other)] as const;
      await flows[0].insert(flow('h1', 600), at(0));
      const taken = await Promise.all([flows[0].take('h1'), flows[1].take('h1'), flows[0].take('h1')]);
      expect(taken.filter((one) => one !== null)).toEqual([flow('h1', 600)]);
      expect(await flows[1].take('made up')).toBeNull();
      await other.close();
    });

    test('are forgotten when they have ended', async () => {
      const flows = createOauthFlowRepository(db);
      await flows.insert(flow('h1', 600), at(0));
      await flows.insert(flow('h2', 1200), at(600));
      expect([await flows.take('h1'), (await flows.take('h2'))?.stateHash]).toEqual([null, 'h2']);
    });
  });
}
