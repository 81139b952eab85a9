import { randomUUID } from 'node:crypto';
import http from 'node:http';

export interface LoadResult {
  readonly turns: number;
  readonly seconds: number;
  /** Milliseconds from sending the message to the first text on the wire, sorted. */
  readonly firstTextMs: readonly number[];
}

/**
 * `concurrency` people chat at once, each sending the next message when the last answer is whole, `turns` in all. What
 * stands behind `#` in the address is the session's cookie.
 */
export async function runLoad(url: string, options: { concurrency: number; turns: number }): Promise<LoadResult> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: options.concurrency });
  const firstTextMs: number[] = [];
  let left = options.turns;
  const startedAt = performance.now();
  const person = async () => {
    while (left > 0) {
      left -= 1;
      firstTextMs.push(await oneTurn(url, agent));
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, person));
  const seconds = (performance.now() - startedAt) / 1000;
  agent.destroy();
  return { turns: options.turns, seconds, firstTextMs: firstTextMs.sort((a, b) => a - b) };
}

export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function oneTurn(url: string, agent: http.Agent): Promise<number> {
  const body = JSON.stringify({
    id: randomUUID(),
    personaId: 'ninox-assistant',
    message: { id: randomUUID(), role: 'user', parts: [{ type: 'text', text: 'Which databases do we have?' }] },
  });
  const [address = '', cookie] = url.split('#');
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...(cookie === undefined ? {} : { cookie: decodeURIComponent(cookie) }),
  };
  return new Promise((resolve, reject) => {
    const sentAt = performance.now();
    const request = http.request(`${address}/api/chat`, { method: 'POST', agent, headers }, (response) => {
      let firstText = Number.NaN;
      let tail = '';
      response.on('data', (chunk: Buffer) => {
        const text = tail + chunk.toString('latin1');
        if (Number.isNaN(firstText) && text.includes('"text-delta"')) firstText = performance.now() - sentAt;
        tail = text.slice(-40);
      });
      response.on('end', () => {
        if (response.statusCode === 200 && !Number.isNaN(firstText) && tail.includes('[DONE]')) resolve(firstText);
        else reject(new Error(`a turn ended badly: status ${response.statusCode}, tail ${tail}`));
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
