import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAnswer } from '../support/chat.ts';
import { personaFile, startTestApp, type TestApp } from '../support/start-app.ts';
import { bootHeaders, shop, signIdentity } from '../support/widget-scene.ts';

let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  const lines = ['channels: [web, widget]', 'guests: { scopes: [ninox:teams:read] }'];
  app = await startTestApp({}, { personas: { helper: personaFile(lines) } });
});
afterAll(() => app[Symbol.asyncDispose]());

async function call(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const answer = await app.send(method, path, body);
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  return answer.body as Record<string, unknown>;
}

async function newWidget() {
  const { id, tag } = await call('POST', '/api/v1/widgets', { name: 'Shop', personaId: 'helper', origins: [shop] });
  const boot = () =>
    fetch(`${app.address}/api/widget/v1/${String(id)}/boot`, {
      method: 'POST',
      headers: bootHeaders(shop),
      body: '{}',
    });
  const { visitorToken } = (await (await boot()).json()) as { visitorToken: string };
  return { id: String(id), tag: String(tag), boot, visitorToken };
}

const headersOf = (token: string, identity?: string) => ({
  'content-type': 'application/json',
  authorization: `Bearer ${token}`,
  ...(identity === undefined ? {} : { 'x-widget-identity': identity }),
});

test('the whole service answers a visitor, with the demo model and the stand-in', async () => {
  const { id, tag, boot, visitorToken } = await newWidget();
  expect(tag).toContain(`src="${app.address}/widget.js"`);
  const booted = await boot();
  expect(booted.status).toBe(200);
  expect(booted.headers.get('access-control-allow-origin')).toBe(shop);
  const conversationId = randomUUID();
  const answer = await fetch(`${app.address}/api/widget/v1/messages`, {
    method: 'POST',
    headers: headersOf(visitorToken),
    body: JSON.stringify({ conversationId, message: { id: randomUUID(), text: 'Which teams can you see?' } }),
  });
  expect(await readAnswer(answer, conversationId)).toMatchObject({
    complete: true,
    metadata: { status: 'succeeded' },
    calls: [{ tool: 'ninox_list_teams', input: {}, output: null, errorText: null }],
  });
  const session = await fetch(`${app.address}/api/widget/v1/session`, { headers: headersOf(visitorToken) });
  expect(await session.json()).toMatchObject({
    standIns: { ninox: true, model: true },
    toolTitles: { ninox_list_teams: expect.any(String), ninox_get_team: expect.any(String) },
    conversation: { id: conversationId },
  });
  const { days } = (await call('GET', `/api/v1/widgets/${id}/usage`)) as { days: object[] };
  expect(days.at(-1)).toMatchObject({ messages: 1, visitors: 1 });
});

test('a key that was made in the console signs, and its secret was shown', async () => {
  const { id, visitorToken } = await newWidget();
  const { key, secret } = await call('POST', `/api/v1/widgets/${id}/keys`, { algorithm: 'HS256' });
  const identity = await signIdentity({ keyId: (key as { id: string }).id, secret: String(secret) }, id, {
    name: 'Karla',
  });
  const ask = () => fetch(`${app.address}/api/widget/v1/session`, { headers: headersOf(visitorToken, identity) });
  expect(await (await ask()).json()).toMatchObject({ visitor: { kind: 'identified', name: 'Karla' } });
  const { code } = await call('POST', '/api/v1/outside-links/codes');
  const linked = await fetch(`${app.address}/api/widget/v1/link`, {
    method: 'POST',
    headers: headersOf(visitorToken, identity),
    body: JSON.stringify({ code }),
  });
  expect(await linked.json()).toMatchObject({ visitor: { kind: 'member', name: 'Olivia' } });
});

test('the frame may be held by the widget’s sites alone, and is else a page like the others', async () => {
  const { id } = await newWidget();
  const { headers } = await fetch(`${app.address}/widget/${id}/frame`);
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain(`frame-ancestors ${shop}`);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*/);
  expect(headers.get('x-frame-options')).toBeNull();
  const pages = await fetch(`${app.address}/`);
  expect(pages.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(pages.headers.get('x-frame-options')).toBe('SAMEORIGIN');
});

test('a page elsewhere reaches nothing but the boot', async () => {
  const { visitorToken } = await newWidget();
  for (const path of ['/api/widget/v1/session', '/api/v1/session']) {
    const response = await fetch(app.address + path, { headers: { ...headersOf(visitorToken), origin: shop } });
    expect(response.status).toBe(403);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  }
});
