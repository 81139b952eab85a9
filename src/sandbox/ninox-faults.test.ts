import { get as httpGet, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultRule } from './ninox-faults.ts';
import { allKey, contacts, type SendOptions, type StartedStandIn, startStandIn } from './ninox-test-client.ts';

let standIn: StartedStandIn;
const send = (path: string, options?: SendOptions) => standIn.send(path, options);
const strike = (rule: FaultRule) => standIn.server.faults.set(rule);
const lastStatus = () => standIn.server.requests.at(-1)?.status;
const headers = { authorization: `Bearer ${allKey}` };

const record = `${contacts}/12`;
const remove = (signal?: AbortSignal) =>
  fetch(standIn.baseUrl + record, { method: 'DELETE', headers, ...(signal === undefined ? {} : { signal }) });

/** Whether the record is still there, asked past all faults. */
async function isKept(): Promise<boolean> {
  standIn.server.faults.clear();
  return (await send(record)).status === 200;
}

beforeEach(async () => {
  standIn = await startStandIn();
});
afterEach(() => standIn.server.close());

describe('answers that are wrong', () => {
  it('gives any status with headers, without an effect', async () => {
    strike({ match: /records/, kind: 'status', status: 429, headers: { 'retry-after': '7' } });
    const answer = await send(record, { method: 'DELETE' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
    expect(answer.json()).toEqual({ message: 'Injected status 429' });
    expect(lastStatus()).toBe(429);
    expect(await isKept()).toBe(true);
  });

  it('gives a page with status 200', async () => {
    const page = { headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' };
    strike({ match: /teams/, kind: 'status', status: 200, ...page });
    const answer = await send('/teams');
    expect([answer.status, answer.headers.get('content-type'), answer.text]).toEqual([200, 'text/html', page.body]);
  });

  it('gives a 502 although the effect took place', async () => {
    strike({ match: /records/, kind: 'status', status: 502, applied: true });
    expect((await send(record, { method: 'DELETE' })).status).toBe(502);
    expect(await isKept()).toBe(false);
  });

  it('gives JSON that ends too early', async () => {
    strike({ match: /teams$/, kind: 'invalid-json' });
    const answer = await send('/teams');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(() => answer.json()).toThrow(SyntaxError);
  });

  it('redirects to another address', async () => {
    strike({ match: /teams/, kind: 'redirect', location: 'http://127.0.0.1:9/elsewhere' });
    const answer = await send('/teams');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'http://127.0.0.1:9/elsewhere']);
    standIn.server.faults.clear();
    strike({ match: /teams/, kind: 'redirect', location: '/', status: 307 });
    expect((await send('/teams')).status).toBe(307);
  });

  it('gives a huge answer', async () => {
    strike({ match: /teams/, kind: 'huge', megabytes: 3 });
    const answer = await send('/teams');
    expect(answer.text.length).toBeGreaterThanOrEqual(3_000_000);
    expect(answer.json<string[]>()).toHaveLength(31);
  });

  it('gives a compressed bomb, small on the wire', async () => {
    strike({ match: /teams/, kind: 'gzip-bomb', megabytes: 5 });
    const answer = await send('/teams');
    expect(answer.text.length).toBeGreaterThan(5_000_000);
    expect(answer.json()).toEqual([]);
    const response = await new Promise<IncomingMessage>((resolve) => {
      httpGet(`${standIn.baseUrl}/teams`, { headers }, resolve);
    });
    let received = 0;
    for await (const chunk of response) received += (chunk as Buffer).byteLength;
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(received).toBeLessThan(50_000);
  });

  it('stops making a huge answer when the client leaves', async () => {
    strike({ match: /teams/, kind: 'huge', megabytes: 100_000 });
    const response = await fetch(`${standIn.baseUrl}/teams`, { headers });
    await response.body?.cancel();
    expect(lastStatus()).toBeNull();
  });
});

describe('answers that do not come', () => {
  it('cuts the connection before anything happened', async () => {
    strike({ match: /records/, kind: 'cut', when: 'before-answer' });
    await expect(remove()).rejects.toThrow(TypeError);
    expect(standIn.server.requests).toHaveLength(1);
    expect(lastStatus()).toBeNull();
    expect(await isKept()).toBe(true);
  });

  it('cuts the connection within the body', async () => {
    strike({ match: /records/, kind: 'cut', when: 'within-body' });
    const response = await fetch(standIn.baseUrl + record, { headers });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow(TypeError);
    expect(lastStatus()).toBeNull();
  });

  it('cuts within an answer that has no body, after the effect', async () => {
    strike({ match: /records/, kind: 'cut', when: 'within-body' });
    const response = await remove();
    await expect(response.text()).rejects.toThrow(TypeError);
    expect(await isKept()).toBe(false);
  });

  it('applies the effect and cuts', async () => {
    strike({ match: /records/, kind: 'applied-then-cut' });
    await expect(remove()).rejects.toThrow(TypeError);
    expect(lastStatus()).toBeNull();
    expect(await isKept()).toBe(false);
  });

  it('loses the answer to a creation that took place', async () => {
    strike({ match: /records$/, method: 'POST', kind: 'applied-then-cut' });
    await expect(send(contacts, { method: 'POST', body: { fields: { Note: 'new' } } })).rejects.toThrow(TypeError);
    expect((await send(`${contacts}/41`)).json()).toMatchObject({ fields: { Note: 'new' } });
  });

  it('hangs without an effect', async () => {
    strike({ match: /records/, kind: 'hang' });
    await expect(remove(AbortSignal.timeout(100))).rejects.toThrow(/timeout/);
    expect(await isKept()).toBe(true);
  });

  it('hangs after the effect when told to', async () => {
    strike({ match: /records/, method: 'DELETE', kind: 'hang', applied: true });
    const left = new AbortController();
    const hanging = remove(left.signal);
    hanging.catch(() => undefined);
    await expect.poll(async () => (await send(record)).status).toBe(404);
    left.abort();
    await expect(hanging).rejects.toThrow(/abort/);
  });

  it('is closed even while something hangs', async () => {
    strike({ match: /records/, kind: 'hang' });
    const hanging = remove();
    hanging.catch(() => undefined);
    await expect.poll(() => standIn.server.requests.length).toBe(1);
    await standIn.server.close();
    await expect(hanging).rejects.toThrow(TypeError);
  });
});

describe('answers that are slow', () => {
  it('waits and then answers as usual', async () => {
    strike({ match: /records/, kind: 'latency', ms: 5 });
    expect((await send(record)).json()).toMatchObject({ id: 12 });
    expect(lastStatus()).toBe(200);
  });

  it('has its effect even when the client did not wait', async () => {
    strike({ match: /records/, method: 'DELETE', kind: 'latency', ms: 600_000 });
    const left = new AbortController();
    const waiting = remove(left.signal);
    waiting.catch(() => undefined);
    await expect.poll(async () => (await send(record)).status).toBe(404);
    left.abort();
    await expect(waiting).rejects.toThrow(/abort/);
  });

  it('has no effect before its time', async () => {
    strike({ match: /records/, method: 'DELETE', kind: 'late-effect', ms: 600_000 });
    const left = new AbortController();
    const waiting = remove(left.signal);
    waiting.catch(() => undefined);
    await expect.poll(() => standIn.server.requests.length).toBe(1);
    expect(await isKept()).toBe(true);
    left.abort();
    await expect(waiting).rejects.toThrow(/abort/);
  });

  it('has its effect late, even when the client did not wait', async () => {
    strike({ match: /records/, method: 'DELETE', kind: 'late-effect', ms: 20 });
    const left = new AbortController();
    const waiting = remove(left.signal);
    waiting.catch(() => undefined);
    await expect.poll(() => standIn.server.requests.length).toBeGreaterThan(0);
    left.abort();
    await expect.poll(async () => (await send(record)).status).toBe(404);
  });

  it('dribbles the answer byte by byte', async () => {
    strike({ match: /teams$/, kind: 'slow-loris', msPerByte: 2 });
    const response = await fetch(`${standIn.baseUrl}/teams`, { headers });
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body ?? []) chunks.push(chunk);
    expect(JSON.parse(Buffer.concat(chunks).toString())).toHaveLength(3);
    expect(chunks.length).toBeGreaterThan(1);
  });

  it('sends headers at once and may never finish', async () => {
    strike({ match: /teams$/, kind: 'slow-loris', msPerByte: 600_000 });
    const response = await fetch(`${standIn.baseUrl}/teams`, { headers, signal: AbortSignal.timeout(500) });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow(/timeout/);
  });
});

describe('when a fault strikes', () => {
  const statuses = async (count: number, method = 'GET') => {
    const found: number[] = [];
    for (let at = 0; at < count; at += 1) found.push((await send('/teams', { method })).status);
    return found;
  };

  it('follows the order the rules were set in, each as often as it says', async () => {
    strike({ match: /teams/, kind: 'status', status: 429, times: 2 });
    strike({ match: /teams/, kind: 'status', status: 503, times: 1 });
    expect(await statuses(4)).toEqual([429, 429, 503, 200]);
  });

  it('keeps to its method and its pattern, which may look at the query', async () => {
    strike({ match: /\?page=2$/, method: 'GET', kind: 'status', status: 503 });
    expect((await send(`${contacts}?page=1`)).status).toBe(200);
    expect((await send(`${contacts}?page=2`)).status).toBe(503);
    expect((await send(`${contacts}?page=2`, { method: 'POST', body: { fields: {} } })).status).toBe(200);
  });

  it('is not misled by a pattern that remembers its place', async () => {
    strike({ match: /teams/g, kind: 'status', status: 503 });
    expect(await statuses(3)).toEqual([503, 503, 503]);
  });

  it('ends with clear, and one alone with what set gave back', async () => {
    const takeBack = strike({ match: /teams/, kind: 'status', status: 429 });
    strike({ match: /teams/, kind: 'status', status: 503 });
    takeBack();
    expect(await statuses(1)).toEqual([503]);
    standIn.server.faults.clear();
    expect(await statuses(1)).toEqual([200]);
  });

  it('comes before the key is looked at', async () => {
    strike({ match: /teams/, kind: 'status', status: 503 });
    expect((await send('/teams', { key: null })).status).toBe(503);
  });

  it('still needs a key to have an effect', async () => {
    strike({ match: /records/, kind: 'status', status: 502, applied: true });
    await send(record, { method: 'DELETE', key: 'wrong' });
    expect(await isKept()).toBe(true);
  });
});
