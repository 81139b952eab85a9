import type { IncomingMessage } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { anyAddress, connectionTo, createTestEgress, testKey } from '#test/support/ninox-connection.ts';
import { type Behaviour, json, type RawServer, startRawServer } from '#test/support/raw-server.ts';
import { createAddressPolicy } from './address-policy.ts';
import { createFormEgress, type FormRequest } from './egress.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(behave: Behaviour): Promise<RawServer> {
  const server = await startRawServer(behave);
  closers.push(server.close);
  return server;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Says back what it was sent. */
const echo: Behaviour = (request, response) => {
  void textOf(request).then((text) => json(response, { text, type: request.headers['content-type'] }));
};
const limits = { timeoutMs: 5_000, maxBytes: 1_000, signal: new AbortController().signal };
const form = (url: string, change: Partial<FormRequest> = {}): FormRequest => ({
  url,
  fields: { code: 'a b&c', secret: 'ü' },
  ...limits,
  ...change,
});
const formType = 'application/x-www-form-urlencoded';

test('a connection’s request may be a form, with its key', async () => {
  const server = await serve(echo);
  const connection = connectionTo(server.baseUrl);
  const request = { connection, method: 'POST', path: '/auth.test', form: 'a=1&b=%20', ...limits } as const;
  const { text } = await createTestEgress().send(request);
  expect(JSON.parse(text)).toEqual({ text: 'a=1&b=%20', type: formType });
  expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${testKey}`);
});

test('a form by itself goes with nothing but its fields', async () => {
  const server = await serve(echo);
  const { status, text } = await createFormEgress({ policy: anyAddress }).sendForm(form(`${server.baseUrl}/access`));
  expect([status, JSON.parse(text)]).toEqual([200, { text: 'code=a+b%26c&secret=%C3%BC', type: formType }]);
  expect(server.seen[0]).toMatchObject({ method: 'POST', url: '/access' });
  expect(server.seen[0]?.headers).not.toHaveProperty('authorization');
});

test('it follows no redirect, waits no longer than it may, and reads no more', async () => {
  const forms = createFormEgress({ policy: anyAddress });
  const other = await serve(echo);
  const redirecting = await serve((_request, response) => {
    response.writeHead(307, { location: other.baseUrl }).end();
  });
  await expect(forms.sendForm(form(redirecting.baseUrl))).rejects.toMatchObject({ reason: 'redirect' });
  expect(other.seen).toEqual([]);
  const silent = await serve(() => undefined);
  await expect(forms.sendForm(form(silent.baseUrl, { timeoutMs: 50 }))).rejects.toMatchObject({ reason: 'timeout' });
  const long = await serve((_request, response) => response.end('x'.repeat(2_000)));
  await expect(forms.sendForm(form(long.baseUrl))).rejects.toMatchObject({ reason: 'too_large' });
});

test('it goes nowhere a connection could not', async () => {
  const server = await serve(echo);
  const forms = createFormEgress({ policy: createAddressPolicy({ allowedHosts: [] }) });
  await expect(forms.sendForm(form(server.baseUrl))).rejects.toMatchObject({ code: 'EGRESS_DENIED' });
  await expect(forms.sendForm(form('https://127.0.0.1:1'))).rejects.toMatchObject({ code: 'EGRESS_DENIED' });
  expect(server.seen).toEqual([]);
});
