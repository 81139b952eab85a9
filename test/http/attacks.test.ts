import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WidgetView } from '#channels/http/contract/widgets.ts';
import { makeKey } from '../support/api-key.ts';
import { startTestApp, type TestApp } from '../support/start-app.ts';
import { shop } from '../support/widget-scene.ts';

/* What somebody tries who holds an API key with few scopes. */

let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.[Symbol.asyncDispose]());

test('an API key that manages widgets makes no key with which it could say that it is a linked member', async () => {
  const script = await makeKey(app.address, app, ['widgets:manage']);
  const request = { name: 'Shop', personaId: 'database-librarian', origins: [shop] };
  const made = await script.send('POST', '/api/v1/widgets', request);
  expect(made.status).toBe(201);
  const { id } = made.body as WidgetView;
  const refused = await script.send('POST', `/api/v1/widgets/${id}/keys`, { algorithm: 'HS256' });
  expect(refused).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  expect(JSON.stringify(refused.body)).not.toContain('secret":');
  expect((await app.get(`/api/v1/widgets/${id}`)).body).toMatchObject({ keys: [] });
  expect(await app.send('POST', `/api/v1/widgets/${id}/keys`, { algorithm: 'HS256' })).toMatchObject({ status: 201 });
});
