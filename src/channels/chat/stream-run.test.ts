import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLiveRun } from '#agent/live-run.ts';
import { Secret } from '#vault/secret.ts';
import { createSecretRegistry } from '#vault/secret-registry.ts';
import { streamRun } from './stream-run.ts';

const end = {
  type: 'run-finished',
  status: 'succeeded',
  fault: null,
  usage: { inputTokens: 0, outputTokens: 0 },
  steps: 1,
} as const;
let close: () => Promise<void>;
let responses: PromiseWithResolvers<ServerResponse>;
let url: string;

beforeEach(async () => {
  responses = Promise.withResolvers();
  const server = createServer((_request, response) => responses.resolve(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
});
afterEach(async () => {
  vi.useRealTimers();
  await close();
});

test('nothing is written after the end, however long a reader takes to read it', async () => {
  const asked = fetch(url);
  const response = await responses.promise;
  const failures: unknown[] = [];
  response.on('error', (error) => failures.push(error));
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const run = createLiveRun('r', 'c');
  streamRun(run, response, (text) => text);
  run.emit(end);
  const writes = vi.spyOn(response, 'write');
  vi.advanceTimersByTime(120_000);
  vi.useRealTimers();
  expect(await (await asked).text()).toMatch(/\[DONE\]\n\n$/);
  expect(writes).not.toHaveBeenCalled();
  expect(failures).toEqual([]);
});

test('a reader that left before its run began is not waited for', async () => {
  const leaving = new AbortController();
  const asked = fetch(url, { signal: leaving.signal }).catch(() => null);
  const response = await responses.promise;
  const gone = new Promise((resolve) => response.once('close', resolve));
  leaving.abort();
  await Promise.all([asked, gone]);
  const run = createLiveRun('r', 'c');
  const subscribe = vi.spyOn(run, 'subscribe');
  streamRun(run, response, (text) => text);
  expect(subscribe).not.toHaveBeenCalled();
});

test('a secret is taken out of what is sent, and the stream goes on to its end', async () => {
  const asked = fetch(url);
  const response = await responses.promise;
  const run = createLiveRun('r', 'c');
  const registry = createSecretRegistry();
  registry.keep(new Secret('s3cret-s3cret'));
  streamRun(run, response, registry.scrubJson);
  run.emit({ type: 'text-delta', id: 't', delta: 'It is s3cret-s3cret.' });
  run.emit(end);
  const text = await (await asked).text();
  expect(text).not.toContain('s3cret-s3cret');
  expect(text).toMatch(/It is \[secret [^"]*\./);
  expect(text).toMatch(/\[DONE\]\n\n$/);
});
