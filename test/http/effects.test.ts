import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Actor } from '#auth/actor.ts';
import { effectView, undoView } from '#channels/http/contract/effects.ts';
import { createHttpApp } from '#channels/http/create-http-app.ts';
import { createEffectRoutes } from '#channels/http/routes/effects/create-effect-routes.ts';
import { createLogger } from '#log';
import { type EffectWorld, memberOf, openEffectWorld, removedItem } from '../support/effect-world.ts';
import { createHttpClient, type HttpClient } from '../support/http-client.ts';

let opened: EffectWorld;
let server: Server;
let client: HttpClient;
let actor: Actor;
beforeEach(async () => {
  opened = await openEffectWorld();
  actor = memberOf('ann');
  const app = createHttpApp({
    routes: createEffectRoutes({ undo: opened.first.undo }),
    identify: async () => ({ user: { id: actor.id, name: actor.name, email: 'a@example.com' }, sessionId: 's', actor }),
    scrub: (text) => text,
    allowedHosts: ['127.0.0.1'],
    webDirectory: opened.world.folder,
    log: createLogger({ level: 'silent' }),
  });
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = createHttpClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await opened.close();
});

test('a call is seen with its life, taken back once, and seen as taken back', async () => {
  const { id } = await removedItem(opened);
  const seen = await client.get(`/api/v1/effects/${id}`);
  expect(seen.status).toBe(200);
  expect(effectView.parse(seen.body)).toEqual(seen.body);
  expect(seen.body).toMatchObject({
    id,
    kind: 'call',
    state: 'succeeded',
    happened: true,
    tool: { name: 'shelf_remove_item', title: 'Remove item' },
    actor: { id: 'ann', name: 'Ann' },
    undo: { possible: true, expiresAt: '2026-12-24T12:00:00.000Z', state: 'none' },
  });
  expect(seen.body).not.toHaveProperty('arguments');

  const undone = await client.send('POST', `/api/v1/effects/${id}/undo`);
  expect(undone.status).toBe(200);
  expect(undoView.parse(undone.body)).toEqual(undone.body);
  expect(undone.body).toMatchObject({ status: 'done', restored: { notRestored: [{ what: 'the dust' }] } });

  const again = await client.send('POST', `/api/v1/effects/${id}/undo`);
  expect(again).toMatchObject({ status: 409, body: { code: 'UNDO_REFUSED' } });
  expect((await client.get(`/api/v1/effects/${id}`)).body).toMatchObject({ undo: { possible: false, state: 'done' } });
});

test('others find nothing; an auditor sees it and may not take it back', async () => {
  const { id } = await removedItem(opened);
  actor = memberOf('carl');
  const missing = { status: 404, body: { code: 'NOT_FOUND', detail: 'There is no such call.' } };
  expect(await client.get(`/api/v1/effects/${id}`)).toMatchObject(missing);
  expect(await client.get('/api/v1/effects/none')).toMatchObject(missing);
  expect(await client.send('POST', `/api/v1/effects/${id}/undo`)).toMatchObject(missing);
  actor = memberOf('dora', { role: 'auditor' });
  expect(await client.get(`/api/v1/effects/${id}`)).toMatchObject({ status: 200, body: { undo: { possible: false } } });
  expect(await client.send('POST', `/api/v1/effects/${id}/undo`)).toMatchObject({ status: 403 });
  expect(opened.world.shelf.asked).toEqual([]);
});

test('an undo takes nothing but an empty body', async () => {
  const { id } = await removedItem(opened);
  expect(await client.send('POST', `/api/v1/effects/${id}/undo`, { force: true })).toMatchObject({ status: 400 });
  expect(opened.world.shelf.asked).toEqual([]);
});
