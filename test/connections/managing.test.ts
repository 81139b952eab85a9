import { EventEmitter, once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { connectionRevoked } from '#integrations/connection.ts';
import { sampleIds } from '#sandbox/ninox-data.ts';
import { Secret } from '#vault/secret.ts';
import { person } from '../support/connections.ts';
import { keyOf, prepareKeyWorld, question } from '../support/key-world.ts';
import { json } from '../support/raw-server.ts';

const world = prepareKeyWorld();
const { target, start, wanted, connect, serve, actions } = world;

describe('whose it is', () => {
  test('personal connections are there for their owner alone, and 404 for everybody else', async () => {
    const { team } = sampleIds.company;
    const rights = { limits: { teams: [team] }, limitNames: { [team]: 'My own' } };
    const id = await connect('max', { ownership: 'personal', key: keyOf.one, ...rights });
    expect((await world.face.call('max', 'GET', `/api/v1/connections/${id}`)).body).toMatchObject({
      ownership: 'personal',
      owner: { id: 'max', name: 'Name of max' },
      manageable: true,
    });
    for (const who of ['mia', 'olivia', 'eve']) {
      expect((await world.face.call(who, 'GET', '/api/v1/connections')).body).toMatchObject({ items: [] });
      for (const path of ['', '/dependents', '/resources?level=teams']) {
        expect([who, path, (await world.face.call(who, 'GET', `/api/v1/connections/${id}${path}`)).status]).toEqual([
          who,
          path,
          404,
        ]);
      }
      const patch = { revision: 1, label: 'Mine now', scopes: ['ninox:teams:read'] };
      expect((await world.face.call(who, 'PATCH', `/api/v1/connections/${id}`, patch)).status).toBe(404);
      expect((await world.face.call(who, 'POST', `/api/v1/connections/${id}/checks`)).status).toBe(404);
      expect((await world.face.call(who, 'POST', `/api/v1/connections/${id}/key`, { key: keyOf.all })).status).toBe(
        404,
      );
    }
    expect((await world.face.call('mia', 'POST', `/api/v1/connections/${id}/revoke`)).status).toBe(404);
    expect((await world.face.call('eve', 'POST', `/api/v1/connections/${id}/revoke`)).status).toBe(404);
    // Who manages the organization's connections may end a personal one, and does not need to see more of it.
    expect((await world.face.call('olivia', 'POST', `/api/v1/connections/${id}/revoke`)).body).toMatchObject({
      status: 'revoked',
      limitNames: {},
      health: { seen: [] },
    });
  });

  test('members are told no name of a team that lies beyond the limits', async () => {
    const { team } = sampleIds.company;
    const id = await connect('olivia', { limits: { teams: [team] } });
    const seenBy = async (who: string) => {
      const { body } = await world.face.call(who, 'GET', `/api/v1/connections/${id}`);
      return (body as { health: { seen: { id: string }[] } }).health.seen.map((seen) => seen.id);
    };
    expect(await seenBy('olivia')).toHaveLength(3);
    for (const who of ['max', 'arno']) expect(await seenBy(who)).toEqual([team]);
  });

  test('members see the organization’s connections and change nothing about them', async () => {
    const id = await connect();
    const refused = { status: 403, body: { code: 'FORBIDDEN' } };
    const patch = { revision: 1, label: 'Mine now', scopes: ['ninox:teams:read'] };
    expect((await world.face.call('max', 'GET', `/api/v1/connections/${id}`)).status).toBe(200);
    expect(await world.face.call('max', 'PATCH', `/api/v1/connections/${id}`, patch)).toMatchObject(refused);
    expect(await world.face.call('max', 'POST', `/api/v1/connections/${id}/revoke`)).toMatchObject(refused);
    expect(await world.face.call('max', 'POST', `/api/v1/connections/${id}/key`, { key: keyOf.one })).toMatchObject(
      refused,
    );
    expect(await world.face.call('max', 'GET', `/api/v1/connections/${id}/resources?level=teams`)).toMatchObject(
      refused,
    );
    expect(await world.face.call('max', 'POST', '/api/v1/connections', wanted())).toMatchObject(refused);
    expect(
      await world.face.call('arno', 'POST', '/api/v1/connections', wanted({ ownership: 'personal' })),
    ).toMatchObject(refused);
    expect((await world.face.call('arno', 'GET', `/api/v1/connections/${id}`)).status).toBe(200);
    expect((await world.face.call('nobody', 'GET', '/api/v1/connections')).status).toBe(401);
    expect((await world.face.call('eve', 'GET', `/api/v1/connections/${id}`)).status).toBe(404);
  });

  test('a call uses the person’s own, else the organization’s, else is told why there is none', async () => {
    expect(await world.home.store.find(question('max'))).toBeNull();
    const shared = await connect();
    await connect('olivia', { label: 'Later key' });
    const own = await connect('max', { ownership: 'personal', key: keyOf.one });
    expect((await world.home.store.find(question('max')))?.id).toBe(own);
    expect((await world.home.store.find(question('mia')))?.id).toBe(shared);
    expect((await world.home.store.find(question('mia', shared)))?.id).toBe(shared);
    // Attached is attached: neither another one nor somebody else's own stands in for it.
    expect(await world.home.store.find(question('mia', own))).toBeNull();
    expect(await world.home.store.find(question('mia', 'not-there'))).toBeNull();
    expect((await world.home.store.find(question('max', own)))?.id).toBe(own);
    await world.face.call('max', 'POST', `/api/v1/connections/${own}/revoke`);
    expect((await world.home.store.find(question('max')))?.id).toBe(shared);
    expect(await world.home.store.find(question('max', own))).toMatchObject({ status: 'revoked' });
  });

  test('lists are paged newest first', async () => {
    for (const label of ['A', 'B', 'C']) await connect('olivia', { label });
    const first = await world.face.call('max', 'GET', '/api/v1/connections?limit=2&status=active&integration=ninox');
    const second = await world.face.call(
      'max',
      'GET',
      `/api/v1/connections?limit=2&cursor=${String(first.body.nextCursor)}`,
    );
    const labels = [first, second].flatMap(({ body }) => (body.items as { label: string }[]).map(({ label }) => label));
    expect([labels, second.body.nextCursor]).toEqual([['C', 'B', 'A'], null]);
  });
});

describe('changing', () => {
  test('of two changes made on the same revision the second is told', async () => {
    const id = await connect();
    const change = (label: string) => ({
      revision: 1,
      label,
      scopes: ['ninox:teams:read'],
      limits: { teams: [sampleIds.company.team] },
      limitNames: { [sampleIds.company.team]: 'Example Interiors', other: 'Not limited to' },
    });
    const answers = await Promise.all(
      ['One', 'Two'].map((label) => world.face.call('olivia', 'PATCH', `/api/v1/connections/${id}`, change(label))),
    );
    expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 409]));
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('CONNECTION_CHANGED');
    const won = answers.find(({ status }) => status === 200)?.body;
    expect(won).toMatchObject({ revision: 2, limitNames: { [sampleIds.company.team]: 'Example Interiors' } });
    expect(won?.limitNames).not.toHaveProperty('other');
    expect(await world.home.store.find(question('max'))).toMatchObject({
      grant: { scopes: ['ninox:teams:read'], limits: { teams: [sampleIds.company.team] } },
    });
    expect((await actions())[0]).toEqual(['connection.changed', 'olivia', id]);
  });

  test('what a limit can name is listed by name, page by page', async () => {
    const id = await connect();
    const names = async (query: string) => {
      const { body } = await world.face.call('olivia', 'GET', `/api/v1/connections/${id}/resources?${query}`);
      return {
        names: (body.items as { name: string }[] | undefined)?.map(({ name }) => name),
        next: body.nextCursor,
        body,
      };
    };
    const teams = await names('level=teams&limit=2');
    const rest = await names(`level=teams&limit=2&cursor=${String(teams.next)}`);
    expect([...(teams.names ?? []), ...(rest.names ?? [])]).toHaveLength(3);
    expect(rest.next).toBeNull();
    const { team, crm } = sampleIds.company;
    expect((await names(`level=databases&team=${team}`)).names).toContain('CRM');
    expect((await names(`level=tables&team=${team}&database=${crm}`)).names?.length).toBeGreaterThan(1);
    expect((await names('level=tables&team=x')).body).toMatchObject({ code: 'INPUT_INVALID' });
    expect((await names('level=databases&team=unknownteam')).body).toMatchObject({ code: 'CONNECTION_REFUSED' });
  });
});

describe('a new key', () => {
  test('that sees less changes nothing until the loss is accepted', async () => {
    const id = await connect();
    const before = await world.home.repository.find({ organizationId: 'org-1', id });
    const path = `/api/v1/connections/${id}/key`;
    const refused = await world.face.call('olivia', 'POST', path, { key: keyOf.one });
    expect(refused).toMatchObject({ status: 200, body: { replaced: false, lost: [{ name: 'Workshop' }, {}] } });
    expect(await world.home.repository.find({ organizationId: 'org-1', id })).toEqual(before);
    const wrong = await world.face.call('olivia', 'POST', path, { key: 'some-wrong-key-of-2019', acceptLoss: true });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'CONNECTION_REFUSED' } });
    expect(await world.home.repository.find({ organizationId: 'org-1', id })).toEqual(before);
    const accepted = await world.face.call('olivia', 'POST', path, { key: keyOf.one, acceptLoss: true });
    expect(accepted.body).toMatchObject({
      replaced: true,
      lost: [],
      connection: { revision: 2, health: { seen: [{}] } },
    });
    const secrets = await world.home.db.query.select().from(world.home.db.tables.secrets);
    expect(secrets.map(({ holder, version }) => [holder, version])).toEqual([[id, 2]]);
    expect((await actions())[0]).toEqual(['connection.key_replaced', 'olivia', id]);
  });

  test('is used at once, also by a call that had found the connection before', async () => {
    const id = await connect();
    const found = await world.home.store.find(question('max'));
    if (found === null) throw new Error('no connection');
    await world.face.call('olivia', 'POST', `/api/v1/connections/${id}/key`, { key: keyOf.one, acceptLoss: true });
    const { signal } = new AbortController();
    expect(await world.home.ninox.listTeams({ connection: found, signal })).toHaveLength(1);
  });

  test('put in twice at the same moment counts once', async () => {
    const id = await connect();
    const other = await start();
    const { actor } = person('olivia', { role: 'owner' });
    const wish = { id, key: keyOf.standIn, acceptLoss: false };
    const outcomes = await Promise.allSettled([
      world.home.service.replaceKey(actor, wish),
      other.service.replaceKey(actor, wish),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'CONNECTION_CHANGED' },
    });
    const secrets = await world.home.db.query.select().from(world.home.db.tables.secrets);
    expect(secrets.map(({ version }) => version)).toEqual([2]);
  });
});

describe('revoking', () => {
  test('ends a slow read on the wire, forgets the key and lets nothing through afterwards', async () => {
    const revokedOnes: string[] = [];
    const arrived = new EventEmitter();
    const hanging = await serve((request, response) => {
      if (hanging.seen.length === 1) json(response, [{ id: sampleIds.company.team, name: 'Team' }]);
      else arrived.emit('request', request);
    });
    const process = await start({
      allowedHosts: [`127.0.0.1:${hanging.port}`],
      onRevoked: ({ id }) => void revokedOnes.push(id),
    });
    const { actor } = person('olivia', { role: 'owner' });
    const { record } = await process.service.create(actor, {
      integration: 'ninox',
      place: 'own-host',
      address: hanging.baseUrl,
      key: keyOf.all,
      label: 'Slow',
      ownership: 'organization',
      scopes: ['ninox:teams:read'],
      limits: {},
      limitNames: {},
    });
    const connection = await process.store.find(question('max'));
    if (connection === null) throw new Error('no connection');
    const followed = process.store.follow(connection, new AbortController().signal);
    const reading = process.ninox.listTeams({ connection, signal: followed.signal });
    await once(arrived, 'request');
    const stopped = expect(reading).rejects.toMatchObject({ kind: 'cancelled' });
    await process.service.revoke(actor, record.id);
    expect(followed.signal.reason).toBe(connectionRevoked);
    await stopped;
    followed.release();
    expect(process.isLooking()).toBe(false);
    expect(revokedOnes).toEqual([record.id]);
    expect(await process.db.query.select().from(process.db.tables.secrets)).toEqual([]);
    await expect(process.ninox.listTeams({ connection, signal: new AbortController().signal })).rejects.toMatchObject({
      code: 'UPSTREAM_UNAUTHORIZED',
      message: expect.stringContaining('was revoked'),
    });
    expect(hanging.seen).toHaveLength(2);
  });

  test('by another process ends calls here with the next look', async () => {
    const id = await connect();
    const other = await start();
    const connection = await world.home.store.find(question('max'));
    if (connection === null) throw new Error('no connection');
    expect(world.home.isLooking()).toBe(false);
    const followed = world.home.store.follow(connection, new AbortController().signal);
    const unaffected = world.home.store.follow({ ...connection, id: await connect() }, new AbortController().signal);
    expect(world.home.isLooking()).toBe(true);
    await other.service.revoke(person('olivia', { role: 'owner' }).actor, id);
    expect(followed.signal.aborted).toBe(false);
    world.home.lookForRevocations();
    await once(followed.signal, 'abort');
    expect([followed.signal.reason, unaffected.signal.aborted]).toEqual([connectionRevoked, false]);
    followed.release();
    unaffected.release();
    expect(world.home.isLooking()).toBe(false);
  });

  test('happens once, stays, and is recorded once', async () => {
    const id = await connect();
    const path = `/api/v1/connections/${id}`;
    const answers = await Promise.all([1, 2].map(() => world.face.call('olivia', 'POST', `${path}/revoke`)));
    expect(answers.map(({ body }) => body.status)).toEqual(['revoked', 'revoked']);
    expect((await actions()).filter(([action]) => action === 'connection.revoked')).toHaveLength(1);
    const over = { status: 409, body: { code: 'CONNECTION_CHANGED' } };
    const patch = { revision: 2, label: 'Again', scopes: ['ninox:teams:read'] };
    expect(await world.face.call('olivia', 'PATCH', path, patch)).toMatchObject(over);
    expect(await world.face.call('olivia', 'POST', `${path}/key`, { key: keyOf.all })).toMatchObject(over);
    expect(await world.face.call('olivia', 'POST', `${path}/checks`)).toMatchObject(over);
    expect(await world.home.audit.verify('org-1')).toMatchObject({ ok: true });
  });
});

test('no answer ever holds a key', async () => {
  const id = await connect();
  await connect('max', { ownership: 'personal', key: keyOf.one });
  const path = `/api/v1/connections/${id}`;
  await world.face.call('olivia', 'POST', '/api/v1/connection-tests', { ...target(), key: keyOf.none });
  await world.face.call('olivia', 'POST', '/api/v1/connections', wanted({ key: `${keyOf.all} with more` }));
  await world.face.call('olivia', 'POST', '/api/v1/connections', wanted({ key: { nested: keyOf.all } }));
  await world.face.call('olivia', 'POST', `${path}/key`, { key: keyOf.one });
  await world.face.call('olivia', 'POST', `${path}/checks`);
  for (const read of ['', '/dependents', '/resources?level=teams']) await world.face.call('olivia', 'GET', path + read);
  await world.face.call('olivia', 'GET', '/api/v1/connections');
  await world.face.call('olivia', 'POST', `${path}/revoke`);
  const everything = world.face.answers.join('\n');
  for (const key of Object.values(keyOf)) {
    for (const form of [key, Buffer.from(key).toString('base64'), new Secret(key).fingerprint]) {
      expect(everything).not.toContain(form);
    }
  }
});
