import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LinkCodeView, OutsideLinkListView } from '#channels/http/contract/outside-links.ts';
import type { CreatedWidgetKeyView, WidgetView } from '#channels/http/contract/widgets.ts';
import { createHttpClient, type HttpClient } from '../support/http-client.ts';
import { join } from '../support/join.ts';
import { startTestApp, type TestApp } from '../support/start-app.ts';
import { bootHeaders, shop, signIdentity } from '../support/widget-scene.ts';

let app: TestApp & AsyncDisposable;
let mia: HttpClient;
beforeAll(async () => {
  app = await startTestApp();
  mia = createHttpClient(app.address, (await join(app, 'Mia')).cookie);
});
afterAll(() => app?.[Symbol.asyncDispose]());

const path = '/api/v1/outside-links';
const listOf = async (who: HttpClient) => ((await who.get(path)).body as OutsideLinkListView).items;

/** A visitor whom the site has named types a code of Mia's. */
async function linkMia() {
  const request = { name: 'Shop', personaId: 'database-librarian', origins: [shop] };
  const widget = (await app.send('POST', '/api/v1/widgets', request)).body as WidgetView;
  const made = await app.send('POST', `/api/v1/widgets/${widget.id}/keys`, { algorithm: 'HS256' });
  const { key, secret } = made.body as CreatedWidgetKeyView;
  const ask = (where: string, headers: Record<string, string>, body: object) =>
    fetch(`${app.address}/api/widget/v1/${where}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const booted = (await (await ask(`${widget.id}/boot`, bootHeaders(shop), {})).json()) as { visitorToken: string };
  const identity = await signIdentity({ keyId: key.id, secret: secret ?? '' }, widget.id, { name: 'Karla' });
  const { code, expiresAt } = (await mia.send('POST', `${path}/codes`)).body as LinkCodeView;
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${booted.visitorToken}`,
    'x-widget-identity': identity,
  };
  expect((await ask('link', headers, { code })).status).toBe(200);
  return { widget, expiresAt };
}

test('whoever made the code sees where they are known, and they alone unlink it', async () => {
  const { widget, expiresAt } = await linkMia();
  expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
  const [link] = await listOf(mia);
  expect(link).toMatchObject({ kind: 'widget', place: 'Shop', name: 'Karla' });
  const one = `${path}/${link?.id}`;
  expect(await listOf(app), 'not even an owner sees it').toEqual([]);
  expect(await app.send('DELETE', one)).toMatchObject({ status: 404 });
  expect(await listOf(mia)).toHaveLength(1);
  await app.send('DELETE', `/api/v1/widgets/${widget.id}`);
  expect(await listOf(mia), 'the place is gone').toMatchObject([{ place: null, name: 'Karla' }]);
  expect(await mia.send('DELETE', one)).toEqual({ status: 200, body: { done: true } });
  expect(await mia.send('DELETE', one)).toMatchObject({ status: 404 });
  expect(await listOf(mia)).toEqual([]);
});

test('neither an API key nor an auditor links anything', async () => {
  const made = await app.send('POST', '/api/v1/api-keys', { name: 'script', scopes: ['chat'], expiresAt: null });
  const { key } = made.body as { key: string };
  const script = createHttpClient(app.address, undefined, { authorization: `Bearer ${key}` });
  const auditor = createHttpClient(app.address, (await join(app, 'Ida', 'auditor')).cookie);
  for (const who of [script, auditor]) {
    expect(await who.get(path)).toMatchObject({ status: 403 });
    expect(await who.send('POST', `${path}/codes`)).toMatchObject({ status: 403 });
  }
  expect((await script.send('POST', `${path}/codes`)).body).toMatchObject({
    detail: 'Only a person who is signed in does this; an API key cannot.',
  });
  const asked = await app.send('POST', '/api/v1/api-keys', { name: 'more', scopes: ['links:own'], expiresAt: null });
  expect(asked.status, 'no key is given it').toBe(400);
});
