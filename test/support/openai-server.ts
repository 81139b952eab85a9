import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, buildAnswer, errorEvent, numberMark, type Step } from './openai-answer.ts';
import { readModelRequest } from './openai-request.ts';
import type { Decide, Fault, ModelRequest, OpenAiApi, Point, ScriptedError, ScriptedTurn } from './openai-script.ts';

export interface OpenAiServer extends AsyncDisposable {
  /** Every request in the order of arrival. */
  readonly requests: readonly ModelRequest[];
  /** How many answers the client did not wait for. */
  readonly aborted: number;
  /** What `decide` threw; the client got it as status 400. */
  readonly failures: readonly unknown[];
  /** Resolves once so many requests have come, or answers been left by the client. */
  whenRequested(count: number): Promise<void>;
  whenAborted(count: number): Promise<void>;
  /** The base URL, `http://127.0.0.1:<port>/v1`. */
  listen(port?: number): Promise<string>;
  close(): Promise<void>;
}

const apis: Readonly<Record<string, OpenAiApi>> = { '/v1/responses': 'responses', '/v1/chat/completions': 'chat' };

/** An OpenAI-compatible server over real HTTP whose every answer a script decides: both APIs, streamed and not. */
export function createOpenAiServer(decide: Decide): OpenAiServer {
  const requests: ModelRequest[] = [];
  const failures: unknown[] = [];
  const requested = createCounter();
  const aborted = createCounter();
  const answers = createAnswerCache();
  let closing = false;

  const server = createServer((incoming, response) => {
    const exchange: Exchange = { response, brokenByUs: false, gone: onceClosed(response) };
    response.once('close', () => {
      if (!response.writableFinished && !exchange.brokenByUs && !closing) aborted.add();
    });
    // An answer can only fail here because its socket is gone, and that is counted above.
    answer(incoming, exchange).catch(() => response.destroy());
  });

  async function answer(incoming: IncomingMessage, exchange: Exchange): Promise<void> {
    const api = incoming.method === 'POST' ? apis[incoming.url ?? ''] : undefined;
    const text = await readText(incoming);
    if (api === undefined)
      return sendError(exchange.response, { status: 404, message: `There is no ${incoming.method} ${incoming.url}.` });
    try {
      const request = readModelRequest({ api, number: requests.length + 1, headers: incoming.headers, text });
      requests.push(request);
      requested.add();
      const turn = await decide(request);
      await play({ request, turn, exchange, answer: answers.find(turn, request) });
    } catch (error) {
      failures.push(error);
      if (exchange.response.headersSent) throw error;
      sendError(exchange.response, { status: 400, message: error instanceof Error ? error.message : String(error) });
    }
  }

  const close = () =>
    new Promise<void>((resolve) => {
      closing = true;
      server.close(() => resolve());
      server.closeAllConnections();
    });

  return {
    requests,
    failures,
    get aborted() {
      return aborted.count();
    },
    whenRequested: requested.reached,
    whenAborted: aborted.reached,
    async listen(port = 0) {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
      });
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Exchange {
  readonly response: ServerResponse;
  /** Resolves when the client is gone, so that nothing waits for a gate on its behalf. */
  readonly gone: Promise<void>;
  brokenByUs: boolean;
}

interface Performance {
  readonly request: ModelRequest;
  readonly turn: ScriptedTurn;
  readonly exchange: Exchange;
  readonly answer: Answer;
}

async function play(performance: Performance): Promise<void> {
  const { request, turn, exchange, answer } = performance;
  if (turn.error !== undefined) {
    await pass('start', performance);
    return sendError(exchange.response, turn.error);
  }
  return request.stream ? playStream(performance, answer.steps) : playWhole(performance);
}

async function playStream(performance: Performance, steps: readonly Step[]): Promise<void> {
  const { response } = performance.exchange;
  const number = String(performance.request.number);
  for (const step of steps) {
    if ('point' in step) {
      // Only where the script steps in: an answer without pauses costs no turn of the event loop.
      const stepsIn = pass(step.point, performance);
      if (stepsIn !== undefined && (await stepsIn) === 'over') return;
    } else {
      openStream(response);
      response.write(step.send.replaceAll(numberMark, number));
    }
  }
  response.end();
}

/** Not streamed, a fault after the start is a body that breaks off in the middle. */
async function playWhole(performance: Performance): Promise<void> {
  const { request, turn, exchange, answer } = performance;
  const { response } = exchange;
  if ((await pass('start', performance)) === 'over') return;
  await Promise.race([exchange.gone, Promise.all((turn.gates ?? []).map((gate) => gate.until))]);
  if (response.destroyed) return;
  const body = answer.json.replaceAll(numberMark, String(request.number));
  response.writeHead(200, { 'content-type': 'application/json' });
  if (turn.fault === undefined) response.end(body);
  else {
    response.write(body.slice(0, body.length / 2));
    await commit(turn.fault, performance);
    response.end();
  }
}

/** What the script wants at this moment, or undefined when it wants nothing. */
function pass(point: Point, performance: Performance): Promise<'on' | 'over'> | undefined {
  const { turn } = performance;
  const gates = turn.gates?.filter((gate) => gate.at === point) ?? [];
  const paced = typeof point === 'number' ? turn.pace?.(point) : undefined;
  const fault = turn.fault?.at === point ? turn.fault : undefined;
  if (gates.length === 0 && paced === undefined && fault === undefined) return undefined;
  return linger({ performance, waits: [...gates.map((gate) => gate.until), paced], fault });
}

async function linger(stay: {
  performance: Performance;
  waits: readonly unknown[];
  fault: Fault | undefined;
}): Promise<'on' | 'over'> {
  const { exchange } = stay.performance;
  await Promise.race([exchange.gone, Promise.all(stay.waits)]);
  if (exchange.response.destroyed) return 'over';
  return stay.fault === undefined ? 'on' : commit(stay.fault, stay.performance);
}

async function commit({ kind }: Fault, { request, exchange }: Performance): Promise<'on' | 'over'> {
  const { response } = exchange;
  if (kind !== 'reset' && kind !== 'hang') openStream(response);
  switch (kind) {
    case 'invalid-json':
      response.write('data: {"type": "response.output_text.delta", "delta": \n\n');
      return 'on';
    case 'error':
      response.write(errorEvent(request.api));
      response.end();
      return 'over';
    case 'end':
      response.end();
      return 'over';
    case 'reset':
      exchange.brokenByUs = true;
      // What was written must reach the client first, or the fault would be another one each time.
      if (response.headersSent) await new Promise((resolve) => response.write('\n', resolve));
      response.destroy();
      return 'over';
    case 'hang':
      await exchange.gone;
      return 'over';
  }
}

function openStream(response: ServerResponse): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
}

function sendError(response: ServerResponse, error: ScriptedError): void {
  const type = error.html === undefined ? 'application/json' : 'text/html';
  response.writeHead(error.status, { 'content-type': type, ...error.headers });
  const { message = 'scripted error', code = null } = error;
  response.end(error.html ?? JSON.stringify({ error: { message, type: 'scripted', param: null, code } }));
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function onceClosed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', () => resolve());
  });
}

/** A script that hands out the same turn again and again, as a benchmark does, has its bytes made once. */
function createAnswerCache() {
  const known = new WeakMap<ScriptedTurn, Map<string, Answer>>();
  return {
    find(turn: ScriptedTurn, { api, model }: ModelRequest): Answer {
      const ofTurn = known.get(turn) ?? new Map<string, Answer>();
      known.set(turn, ofTurn);
      const key = `${api} ${model}`;
      const answer = ofTurn.get(key) ?? buildAnswer(turn, api, model);
      ofTurn.set(key, answer);
      return answer;
    },
  };
}

/** Counts, and tells those who wait for a count. */
function createCounter() {
  let count = 0;
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  return {
    count: () => count,
    add() {
      count += 1;
      for (const each of waiting) if (each.count <= count) each.resolve();
    },
    reached: (wanted: number) =>
      new Promise<void>((resolve) => {
        if (wanted <= count) resolve();
        else waiting.push({ count: wanted, resolve });
      }),
  };
}
