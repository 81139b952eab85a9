import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '#db/open-database.ts';
import { createApprovalRepository } from '#db/repositories/approvals.ts';
import { type ConnectionRecord, createConnectionRepository } from '#db/repositories/connections.ts';
import { createSlackCardRepository, type SlackCardRecord } from '#db/repositories/slack-cards.ts';
import { createSlackChannelRepository } from '#db/repositories/slack-channels.ts';
import { createSlackWorkspaceRepository, type SlackWorkspaceRecord } from '#db/repositories/slack-workspaces.ts';
import { insertConversation, newApproval } from '../support/approvals.ts';
import type { CreatePlace, Place } from './place.ts';

const start = Date.parse('2026-11-24T12:00:00.123Z');
const at = (seconds: number) => new Date(start + seconds * 1000);

const connection = (id: string, change: Partial<ConnectionRecord> = {}): ConnectionRecord => ({
  organizationId: 'org',
  id,
  integration: 'slack',
  ownerId: null,
  label: id,
  place: 'slack',
  baseUrl: 'https://slack.com/api',
  auth: 'api_key',
  status: 'active',
  scopes: [],
  limits: {},
  limitNames: {},
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
  seen: [],
  revokedAt: null,
  revokedBy: null,
  settings: null,
  ...change,
});

const workspace = (connectionId: string, change: Partial<SlackWorkspaceRecord> = {}): SlackWorkspaceRecord => ({
  organizationId: 'org',
  connectionId,
  teamId: `team of ${connectionId}`,
  enterpriseId: null,
  teamName: 'Home',
  appId: 'A1',
  botUserId: 'U1',
  botId: 'B1',
  personaId: null,
  createdAt: at(0),
  updatedAt: at(0),
  ...change,
});

const card = (ts: string, change: Partial<SlackCardRecord> = {}): SlackCardRecord => ({
  organizationId: 'org',
  approvalId: 'a1',
  connectionId: 'c1',
  channelId: 'C1',
  ts,
  shows: 'pending',
  createdAt: at(0),
  updatedAt: at(0),
  ...change,
});

export function slackWorkspaceSuite(createPlace: CreatePlace): void {
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

  async function connect(id: string, change: Partial<ConnectionRecord> = {}): Promise<void> {
    await createConnectionRepository(db).insert(connection(id, change));
  }

  describe('workspaces', () => {
    const rows = () => createSlackWorkspaceRepository(db);
    const key = { organizationId: 'org', connectionId: 'c1' };

    test('are found by their team while their connection is alive, and by nobody else', async () => {
      await connect('c1');
      const stored = workspace('c1', { enterpriseId: 'E1', personaId: 'clerk' });
      await rows().insert(stored);
      expect(await rows().findActiveByTeam(stored.teamId)).toEqual(stored);
      expect(await rows().findActive(key)).toEqual(stored);
      expect(await rows().findActive({ ...key, organizationId: 'other' })).toBeNull();
      const change = (status: ConnectionRecord['status']) =>
        createConnectionRepository(db).change({
          key: { organizationId: 'org', id: 'c1' },
          expected: {},
          values: { status },
          counts: true,
        });
      await change('needs_reconnect');
      expect(await rows().findActiveByTeam(stored.teamId)).toBeNull();
      expect(await rows().findActive(key)).toBeNull();
      expect(await rows().findAlive(key)).toEqual(stored);
      expect(await rows().listAlive('org')).toEqual([stored]);
      await change('revoked');
      expect(await rows().findAlive(key)).toBeNull();
      expect(await rows().listAlive('org')).toEqual([]);
      expect(await rows().findByTeam(stored.teamId)).toEqual(stored);
    });

    test('belong to one organization: a team is there once', async () => {
      await rows().insert(workspace('c1', { teamId: 'T1' }));
      await expect(rows().insert(workspace('c2', { organizationId: 'other', teamId: 'T1' }))).rejects.toThrow();
      await rows().remove(key);
      await rows().insert(workspace('c2', { organizationId: 'other', teamId: 'T1' }));
      expect((await rows().findByTeam('T1'))?.organizationId).toBe('other');
    });

    test('are changed in their own organization alone', async () => {
      await rows().insert(workspace('c1', { teamId: 'T1' }));
      expect(await rows().change(key, { personaId: 'clerk', teamName: 'New\u0000', updatedAt: at(9) })).toBe(true);
      expect(await rows().change({ ...key, organizationId: 'other' }, { personaId: 'thief' })).toBe(false);
      expect(await rows().findByTeam('T1')).toMatchObject({ personaId: 'clerk', updatedAt: at(9) });
    });
  });

  test('a persona is chosen once for each channel', async () => {
    const rows = createSlackChannelRepository(db);
    const key = { organizationId: 'org', connectionId: 'c1', channelId: 'C1' };
    const first = { ...key, personaId: 'clerk', chosenBy: 'ann', chosenAt: at(0) };
    await rows.put(first);
    await rows.put({ ...first, channelId: 'C2', chosenAt: at(1) });
    await rows.put({ ...first, connectionId: 'c2' });
    const second = { ...key, personaId: 'librarian', chosenBy: 'bob', chosenAt: at(5) };
    await rows.put(second);
    expect(await rows.find(key)).toEqual(second);
    expect((await rows.list(key)).map(({ channelId }) => channelId)).toEqual(['C2', 'C1']);
    await rows.remove(key);
    expect(await rows.find(key)).toBeNull();
    expect(await rows.find({ ...key, channelId: 'C2', organizationId: 'other' })).toBeNull();
  });

  describe('cards', () => {
    const rows = () => createSlackCardRepository(db);

    async function ask(id: string): Promise<void> {
      await createApprovalRepository(db).insert({ ...newApproval({ id }), ...record(id) }, null);
    }
    const record = (id: string) => ({ kind: 'call' as const, tool: 'ninox_delete_record', callId: id, body: 'sealed' });

    beforeEach(async () => {
      await connect('c1');
      await insertConversation(db);
      await ask('a1');
    });

    test('are kept once, and found by their approval', async () => {
      expect(await rows().insert(card('1.1'))).toBe(true);
      expect(await rows().insert(card('1.1', { approvalId: 'another' }))).toBe(false);
      await rows().insert(card('1.2', { channelId: 'D1', createdAt: at(1) }));
      expect((await rows().ofApproval('org', 'a1')).map(({ ts }) => ts)).toEqual(['1.1', '1.2']);
      expect(await rows().ofApproval('other', 'a1')).toEqual([]);
    });

    test('change for one of many who saw the same', async () => {
      await rows().insert(card('1.1'));
      const change = () => rows().change({ ...card('1.1'), shown: 'pending' }, { shows: 'denied', updatedAt: at(1) });
      expect((await Promise.all([change(), change(), change()])).filter(Boolean)).toHaveLength(1);
    });

    test('are stale once their approval does not wait any more, in workspaces that can be reached', async () => {
      await ask('a2');
      await connect('c2', { status: 'needs_reconnect' });
      await rows().insert(card('1.1', { updatedAt: at(2) }));
      await rows().insert(card('1.2', { shows: 'told', updatedAt: at(1) }));
      await rows().insert(card('1.3', { shows: 'denied' }));
      await rows().insert(card('1.4', { approvalId: 'a2' }));
      await rows().insert(card('1.5', { connectionId: 'c2' }));
      await rows().insert(card('1.6', { approvalId: 'gone', updatedAt: at(3) }));
      expect(await rows().organizationsAsked()).toEqual(['org']);
      expect((await rows().listStale(10)).map(({ ts, status }) => [ts, status])).toEqual([['1.6', null]]);
      await createApprovalRepository(db).end(
        { organizationId: 'org', id: 'a1' },
        { status: 'withdrawn', reason: null },
      );
      expect((await rows().listStale(10)).map(({ ts, status }) => [ts, status])).toEqual([
        ['1.2', 'withdrawn'],
        ['1.1', 'withdrawn'],
        ['1.6', null],
      ]);
      expect(await rows().listStale(1)).toHaveLength(1);
    });
  });
}
