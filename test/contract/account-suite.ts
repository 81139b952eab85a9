import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAuth } from '#auth/auth.ts';
import { createChange } from '#auth/change.ts';
import { type Database, openDatabase } from '#db/open-database.ts';
import { createApiKeyRepository } from '#db/repositories/api-keys.ts';
import { createInvitationRepository } from '#db/repositories/invitations.ts';
import { createOrganizationData } from '#db/repositories/organization-data.ts';
import { createOrganizationRepository } from '#db/repositories/organizations.ts';
import { createSessionRepository } from '#db/repositories/sessions.ts';
import { createUserRepository } from '#db/repositories/users.ts';
import { createLogger } from '#log';
import type { CreatePlace, Place } from './place.ts';

const log = createLogger({ level: 'silent' });
const password = 'correct horse battery';
/** Made once: it is slow on purpose. */
let passwordHash: string | undefined;
const client = { cookie: undefined, authorization: undefined, userAgent: 'curl/8', address: '192.0.2.1' };

export function accountSuite(createPlace: CreatePlace): void {
  let place: Place;
  let db: Database;
  let now: number;
  const clock = () => new Date(now++);
  const auth = () => createAuth({ db, secret: Buffer.alloc(32, 3), secureCookies: false, log });
  const users = () => createUserRepository(db, clock);
  const sessions = () => createSessionRepository(db);
  const organizations = () => createOrganizationRepository(db, { clock, newId: randomUUID });
  const invitations = () => createInvitationRepository(db, clock);
  const apiKeys = () => createApiKeyRepository(db, clock);

  beforeEach(async () => {
    place = await createPlace();
    db = await place.open();
    now = Date.parse('2026-11-24T10:00:00.001Z');
  });
  afterEach(async () => {
    await db.close();
    await place.remove();
  });

  async function person(name: string) {
    passwordHash ??= await auth().hashPassword(password);
    const email = `${name}@example.com`;
    const { id } = await auth().createPerson({ name, email, passwordHash });
    return { id, name, email };
  }
  async function organization(id: string, owner: { id: string }) {
    await organizations().insert({ id, name: id, isDemo: false });
    await organizations().addMember({ organizationId: id, userId: owner.id, role: 'owner' });
  }
  const signIn = async (email: string) => {
    const signedIn = await auth().signIn({ email, password }, client);
    if (signedIn === null) throw new Error('No sign-in.');
    return signedIn;
  };

  describe('people and sessions', () => {
    test('an e-mail has one account, and nothing of a second one is left behind', async () => {
      expect(await users().any()).toBe(false);
      const ann = await person('ann');
      expect(await users().any()).toBe(true);
      const again = db.transaction(() => auth().createPerson({ ...ann, passwordHash: 'x' }));
      await expect(again).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await users().findByEmail('ann@example.com')).toMatchObject({ id: ann.id, name: 'ann', image: null });
      expect(await db.query.select().from(db.tables.accounts)).toHaveLength(1);
    });

    test('a session is found with the membership it works in: the chosen one, else the one chosen last', async () => {
      const ann = await person('ann');
      const { token } = await signIn(ann.email);
      expect(await sessions().findByToken(token)).toMatchObject({ user: ann, membership: null });
      await organization('first', ann);
      await organization('second', ann);
      await organization('third', await person('bob'));
      const found = await sessions().findByToken(token);
      expect(found?.membership).toMatchObject({ role: 'owner' });
      expect(found?.session.expiresAt).toBeInstanceOf(Date);
      const id = found?.session.id ?? '';
      const worksIn = async () => (await sessions().findByToken(token))?.membership?.organizationId;
      await sessions().chooseOrganization(ann.id, id, 'second');
      expect(await worksIn()).toBe('second');
      await sessions().chooseOrganization(ann.id, id, 'first');
      expect(await worksIn()).toBe('first');
      // Chosen and yet not a member: it does not count.
      await sessions().chooseOrganization(ann.id, id, 'third');
      expect(await worksIn()).toBe('first');
      expect(await sessions().findByToken('unknown')).toBeNull();
    });

    test('sessions are listed page by page, and end alone, all but one, or all', async () => {
      const ann = await person('ann');
      for (let n = 0; n < 3; n += 1) await signIn(ann.email);
      const all = await sessions().list(ann.id, null, 10);
      const [first, ...others] = all;
      if (first === undefined) throw new Error('There are sessions.');
      const { updatedAt, id } = first;
      expect(await sessions().list(ann.id, { updatedAt, id }, 10)).toEqual(others);
      expect(first).toMatchObject({ ipAddress: '192.0.2.1', userAgent: 'curl/8' });
      expect(await sessions().end('somebody', id)).toBe(false);
      expect(await sessions().end(ann.id, id)).toBe(true);
      await sessions().endAll(ann.id, others[0]?.id);
      expect((await sessions().list(ann.id, null, 10)).map((row) => row.id)).toEqual([others[0]?.id]);
      await sessions().endAll(ann.id);
      expect(await sessions().list(ann.id, null, 10)).toEqual([]);
    });

    test('a password is changed all or nothing, and a link for a new one is used once by many', async () => {
      const ann = await person('ann');
      const { cookies } = await signIn(ann.email);
      const signedIn = { ...client, cookie: cookies[0]?.split(';')[0] };
      expect(await auth().changePassword({ current: 'wrong password', next: 'x'.repeat(12) }, signedIn)).toBeNull();
      expect(await auth().changePassword({ current: password, next: 'x'.repeat(12) }, signedIn)).toHaveLength(1);
      expect(await sessions().list(ann.id, null, 10)).toHaveLength(1);
      const token = await auth().createResetToken(ann.id);
      const race = await Promise.all([1, 2, 3].map(() => auth().resetPassword(token, password)));
      expect(race.filter((userId) => userId === ann.id)).toHaveLength(1);
      expect(await sessions().list(ann.id, null, 10)).toEqual([]);
      await signIn(ann.email);
    });

    test('conversations change hands within one organization', async () => {
      const at = new Date(now);
      const row = { personaId: 'p', channel: 'web', title: 't', createdAt: at, updatedAt: at, actorId: 'local' };
      const { conversations } = db.tables;
      await db.query.insert(conversations).values([
        { ...row, organizationId: 'one', id: 'a' },
        { ...row, organizationId: 'two', id: 'b' },
      ]);
      await users().adoptConversations('one', 'local', 'ann');
      const rows = await db.query.select().from(conversations);
      expect(rows.map(({ id, actorId }) => `${id} ${actorId}`).sort()).toEqual(['a ann', 'b local']);
    });
  });

  describe('organizations', () => {
    test('a person belongs once; roles and owners are what was set', async () => {
      const ann = await person('ann');
      const bob = await person('bob');
      await organization('one', ann);
      expect(await organizations().addMember({ organizationId: 'one', userId: ann.id, role: 'member' })).toBe(false);
      expect(await organizations().addMember({ organizationId: 'one', userId: bob.id, role: 'member' })).toBe(true);
      expect(await organizations().countOwners('one')).toBe(1);
      await organizations().setRole('one', bob.id, 'owner');
      expect(await organizations().countOwners('one')).toBe(2);
      const members = await organizations().listMembers('one', null, 10);
      expect(members.map(({ name, role }) => [name, role])).toEqual([
        ['ann', 'owner'],
        ['bob', 'owner'],
      ]);
      const [first] = members;
      if (first === undefined) throw new Error('There are members.');
      expect(await organizations().listMembers('one', first, 10)).toEqual(members.slice(1));
      await organizations().removeMember('one', ann.id);
      expect(await organizations().findMember('one', ann.id)).toBeNull();
      expect(await organizations().membershipsOf(bob.id)).toMatchObject([
        { organization: { id: 'one' }, role: 'owner' },
      ]);
    });

    test('changes under one name wait for each other, also over two connections', async () => {
      const owners = await Promise.all(['ann', 'bob', 'eva', 'jim', 'kim', 'leo', 'max', 'pia'].map(person));
      await organizations().insert({ id: 'one', name: 'one', isDemo: false });
      for (const { id } of owners)
        await organizations().addMember({ organizationId: 'one', userId: id, role: 'owner' });
      const other = await openDatabase({ url: place.url });
      const leave = (database: Database, userId: string) =>
        createChange(database)('organization:one', async () => {
          const rows = createOrganizationRepository(database, { newId: randomUUID });
          if ((await rows.countOwners('one')) < 2) return false;
          await rows.removeMember('one', userId);
          return true;
        });
      const outcomes = await Promise.all(owners.map(({ id }, n) => leave(n % 2 === 0 ? db : other, id)));
      await other.close();
      expect(outcomes.filter((left) => !left)).toHaveLength(1);
      expect(await organizations().countOwners('one')).toBe(1);
    });

    test('what one stored is erased, and nobody else’s', async () => {
      const at = new Date(now);
      const row = { personaId: 'p', channel: 'web', title: 't', createdAt: at, updatedAt: at, actorId: 'a' };
      const { conversations } = db.tables;
      await db.query.insert(conversations).values([
        { ...row, organizationId: 'one', id: 'a' },
        { ...row, organizationId: 'two', id: 'a' },
      ]);
      await createOrganizationData(db).erase('one');
      expect((await db.query.select().from(conversations)).map(({ organizationId }) => organizationId)).toEqual([
        'two',
      ]);
    });
  });

  describe('invitations', () => {
    const invitation = (inviterId: string, id = 'i1') => ({
      id,
      organizationId: 'one',
      email: 'eva@example.com',
      role: 'member' as const,
      inviterId,
      tokenHash: `hash of ${id}`,
      expiresAt: new Date(now + 60_000),
    });

    test('one of ten who accept at once succeeds, and nobody after the end', async () => {
      const ann = await person('ann');
      await organization('one', ann);
      await invitations().insert(invitation(ann.id));
      expect(await invitations().findByToken('hash of i1')).toMatchObject({
        organizationName: 'one',
        inviterName: 'ann',
      });
      const race = await Promise.all(Array.from({ length: 10 }, () => invitations().accept('i1')));
      expect(race.filter(Boolean)).toHaveLength(1);
      expect(await invitations().findByToken('hash of i1')).toBeNull();
      await invitations().insert(invitation(ann.id, 'i2'));
      now += 60_000;
      expect(await invitations().accept('i2')).toBe(false);
    });

    test('open ones are listed newest first, and withdrawn one by one or by address', async () => {
      const ann = await person('ann');
      await organization('one', ann);
      for (const id of ['i1', 'i2', 'i3']) await invitations().insert(invitation(ann.id, id));
      const all = await invitations().list('one', null, 10);
      expect(all.map(({ id }) => id)).toEqual(['i3', 'i2', 'i1']);
      expect((await invitations().list('one', all[0] ?? null, 10)).map(({ id }) => id)).toEqual(['i2', 'i1']);
      expect(await invitations().withdraw('two', 'i1')).toBe(false);
      expect(await invitations().withdraw('one', 'i1')).toBe(true);
      expect(await invitations().withdraw('one', 'i1')).toBe(false);
      await invitations().withdrawFor('one', 'eva@example.com');
      expect(await invitations().list('one', null, 10)).toEqual([]);
      expect(await invitations().find('one', 'i2')).toBeNull();
    });
  });

  test('an API key is found by its hash while its maker belongs to the organization', async () => {
    const ann = await person('ann');
    await organization('one', ann);
    const key = { organizationId: 'one', userId: ann.id, name: 'k', hint: 'pfn_x', scopes: ['chat'], expiresAt: null };
    for (const id of ['k1', 'k2']) await apiKeys().insert({ ...key, id, hash: `hash of ${id}` });
    expect(await apiKeys().findByHash('hash of k1')).toMatchObject({ user: ann, role: 'owner', scopes: ['chat'] });
    expect(await apiKeys().findByHash('hash of')).toBeNull();
    const all = await apiKeys().list({ organizationId: 'one' }, null, 10);
    expect(all.map(({ id, ownerName }) => [id, ownerName])).toEqual([
      ['k2', 'ann'],
      ['k1', 'ann'],
    ]);
    expect(await apiKeys().list({ organizationId: 'one', userId: 'bob' }, null, 10)).toEqual([]);
    expect(await apiKeys().revoke({ organizationId: 'one', userId: 'bob' }, 'k1')).toBe(false);
    expect(await apiKeys().revoke({ organizationId: 'one' }, 'k1')).toBe(true);
    expect((await apiKeys().findByHash('hash of k1'))?.revokedAt).toBeInstanceOf(Date);
    await apiKeys().revokeAll({ organizationId: 'one', userId: ann.id });
    expect((await apiKeys().find({ organizationId: 'one' }, 'k2'))?.revokedAt).toBeInstanceOf(Date);
    await organizations().removeMember('one', ann.id);
    expect(await apiKeys().findByHash('hash of k2')).toBeNull();
  });
}
