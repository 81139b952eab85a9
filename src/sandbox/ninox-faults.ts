import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { jsonReply, type Reply } from './ninox-reply.ts';

/** What can go wrong between a client and Ninox, for tests. Sizes are megabytes after decompression. */
export type Fault =
  | { readonly kind: 'latency'; readonly ms: number }
  /** The effect comes only after so long, whether or not anybody still waits for the answer. */
  | { readonly kind: 'late-effect'; readonly ms: number }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly kind: 'cut'; readonly when: 'before-answer' | 'within-body' }
  | { readonly kind: 'applied-then-cut' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'slow-loris'; readonly msPerByte: number }
  | { readonly kind: 'huge'; readonly megabytes: number }
  | { readonly kind: 'gzip-bomb'; readonly megabytes: number }
  | { readonly kind: 'invalid-json' }
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: number };

export type FaultRule = Fault & {
  /** Tried on the path with its query, as it arrived, e.g. `/v1/teams?x=1`. */
  readonly match: RegExp;
  /** Upper case; absent means every method. */
  readonly method?: string;
  /** How often it strikes; absent means until it is cleared. */
  readonly times?: number;
  /** Whether the request still has its effect. Where a fault needs Ninox's own answer, it always has. */
  readonly applied?: boolean;
};

export interface Faults {
  /** Rules are tried in the order they were set; the first that fits strikes. Returns what takes it back. */
  set(rule: FaultRule): () => void;
  clear(): void;
}

export interface FaultBox extends Faults {
  /** The fault that strikes this request, counted as used; null when none does. */
  take(method: string, url: string): FaultRule | null;
}

export function createFaults(): FaultBox {
  let rules: { readonly rule: FaultRule; left: number }[] = [];
  return {
    set(rule) {
      const entry = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
      rules.push(entry);
      return () => {
        rules = rules.filter((other) => other !== entry);
      };
    },
    clear() {
      rules = [];
    },
    take(method, url) {
      const found = rules.find(
        ({ rule, left }) => left > 0 && (rule.method ?? method) === method && url.search(rule.match) !== -1,
      );
      if (found === undefined) return null;
      found.left -= 1;
      return found.rule;
    },
  };
}

/** Whether the request goes on to its route although the answer will be a faulty one. */
export function isApplied(fault: FaultRule): boolean {
  switch (fault.kind) {
    case 'latency':
    case 'late-effect':
    case 'applied-then-cut':
    case 'slow-loris':
      return true;
    case 'cut':
      return fault.when === 'within-body' || fault.applied === true;
    default:
      return fault.applied === true;
  }
}

export interface Delivery {
  readonly response: ServerResponse;
  /** What the route answered; null when the fault kept the request from it. */
  readonly reply: Reply | null;
  /** Told once, with the status, when a complete answer is about to go out. */
  readonly answered: (status: number) => void;
}

/** Sends the answer as it should be. */
export function deliver({ response, reply, answered }: Delivery): void {
  const { status, headers, body } = reply ?? jsonReply(null);
  answered(status);
  response.writeHead(status, { ...headers, 'content-length': body.byteLength }).end(body);
}

/** Sends what the fault makes of the answer. */
export function deliverFaulty(fault: Fault, delivery: Delivery): void {
  switch (fault.kind) {
    case 'latency':
      afterDelay(delivery.response, fault.ms, () => deliver(delivery));
      break;
    case 'late-effect':
      deliver(delivery);
      break;
    case 'status':
      deliver({ ...delivery, reply: statusReply(fault) });
      break;
    case 'cut':
      if (fault.when === 'within-body') cutWithinBody(delivery);
      else cut(delivery);
      break;
    case 'applied-then-cut':
      cut(delivery);
      break;
    case 'hang':
      break;
    case 'slow-loris':
      dribble(delivery, fault.msPerByte);
      break;
    case 'huge':
      stream(delivery, { encoding: null, chunks: hugeChunks(fault.megabytes) });
      break;
    case 'gzip-bomb':
      stream(delivery, { encoding: 'gzip', chunks: bombChunks(fault.megabytes) });
      break;
    case 'invalid-json':
      deliver({ ...delivery, reply: { ...jsonReply(null), body: Buffer.from('[{"id":"cut off her') } });
      break;
    case 'redirect':
      deliver({ ...delivery, reply: redirectReply(fault) });
      break;
  }
}

function statusReply({ status, headers, body }: Extract<Fault, { kind: 'status' }>): Reply {
  const plain = jsonReply({ message: `Injected status ${status}` }, status);
  return {
    status,
    headers: { ...plain.headers, ...headers },
    body: body === undefined ? plain.body : Buffer.from(body),
  };
}

function redirectReply({ location, status = 302 }: Extract<Fault, { kind: 'redirect' }>): Reply {
  return { ...jsonReply(null, status), headers: { location } };
}

function cut({ response }: Delivery): void {
  response.socket?.destroy();
}

/** Headers that promise the whole body, then half of it, then the end of the connection. */
function cutWithinBody({ response, reply }: Delivery): void {
  const { status, headers, body } = reply ?? jsonReply(null);
  const promised = Math.max(body.byteLength, 2);
  response.writeHead(status, { ...headers, 'content-length': promised });
  response.flushHeaders();
  const half = body.subarray(0, Math.floor(body.byteLength / 2));
  response.write(half.byteLength > 0 ? half : ' ', () => response.socket?.destroySoon());
}

function dribble(delivery: Delivery, msPerByte: number): void {
  const { response, answered } = delivery;
  const { status, headers, body } = delivery.reply ?? jsonReply(null);
  let sent = 0;
  response.writeHead(status, { ...headers, 'content-length': body.byteLength });
  response.flushHeaders();
  const timer = setInterval(() => {
    sent += 1;
    if (sent <= body.byteLength) response.write(body.subarray(sent - 1, sent));
    if (sent < body.byteLength) return;
    clearInterval(timer);
    answered(status);
    response.end();
  }, msPerByte);
  response.once('close', () => clearInterval(timer));
}

function afterDelay(response: ServerResponse, ms: number, act: () => void): void {
  const timer = setTimeout(act, ms);
  response.once('close', () => clearTimeout(timer));
}

function stream(
  { response, answered }: Delivery,
  { encoding, chunks }: { readonly encoding: 'gzip' | null; readonly chunks: Iterable<Buffer> },
): void {
  const headers = encoding === null ? {} : { 'content-encoding': encoding };
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...headers });
  const source = Readable.from(chunks);
  source.once('end', () => answered(200));
  // A client that has had enough closes the connection; the rest is then not made.
  response.once('close', () => source.destroy());
  source.pipe(response);
}

const megabyte = 1_000_000;

/** One long JSON list of strings. */
function* hugeChunks(megabytes: number): Iterable<Buffer> {
  const filling = Buffer.from(`"${'x'.repeat(megabyte / 10 - 3)}",`);
  yield Buffer.from('[');
  for (let count = 0; count < megabytes * 10; count += 1) yield filling;
  yield Buffer.from('""]');
}

/** A gzip file may consist of several parts, so a megabyte of blanks is packed once and sent many times. */
function* bombChunks(megabytes: number): Iterable<Buffer> {
  const blanks = gzipSync(Buffer.alloc(megabyte, ' '), { level: 9 });
  yield gzipSync('[');
  for (let count = 0; count < megabytes; count += 1) yield blanks;
  yield gzipSync(']');
}
