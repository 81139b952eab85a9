import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { SlackApp } from './app.ts';
import { type Fields, isFields } from './fields.ts';
import type { ServerSocket } from './socket.ts';

export interface Attempt {
  /** Null where no answer came. */
  readonly status: number | null;
  readonly problem: 'http_timeout' | 'http_error' | 'connection_failed' | null;
  readonly ms: number;
  readonly body: string;
}

/** One thing that was told to the app. */
export interface Delivery {
  readonly kind: 'event' | 'action' | 'command';
  /** An event's id, or one of ours. */
  readonly id: string;
  readonly payload: Fields;
  readonly attempts: readonly Attempt[];
  readonly acknowledged: boolean;
}

export interface DeliveryOptions {
  /** Slack's own: three seconds. */
  readonly timeoutMs: number;
  /** Slack's own: at once, after a minute, after five. */
  readonly retryAfterMs: readonly number[];
}

interface Retry {
  readonly count: number;
  readonly reason: string;
}

export type Signature = (body: string, seconds: number) => string;

export function createDeliveries(app: SlackApp, options: DeliveryOptions) {
  const all: Delivery[] = [];
  const sockets = new Set<ServerSocket>();
  const acknowledgements = new Map<string, (payload: unknown) => void>();
  const underWay = new Set<Promise<unknown>>();
  const sign: Signature = (body, seconds) => {
    return `v0=${createHmac('sha256', app.signingSecret).update(`v0:${seconds}:${body}`).digest('hex')}`;
  };

  /** Sends it once, as it is, signed as of now unless said otherwise. */
  async function post(to: string, body: string, headers: Record<string, string>): Promise<Attempt> {
    const started = performance.now();
    const seconds = Math.floor(Date.now() / 1000);
    const signed = { 'x-slack-request-timestamp': String(seconds), 'x-slack-signature': sign(body, seconds) };
    const done = (status: number | null, problem: Attempt['problem'], text = ''): Attempt => {
      return { status, problem, ms: performance.now() - started, body: text };
    };
    try {
      const signal = AbortSignal.timeout(options.timeoutMs);
      const all = { 'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)', ...signed, ...headers };
      const response = await fetch(to, { method: 'POST', body, headers: all, redirect: 'manual', signal });
      const text = await response.text();
      return done(response.status, response.ok ? null : 'http_error', text);
    } catch (error) {
      const isLate = error instanceof Error && error.name === 'TimeoutError';
      return done(null, isLate ? 'http_timeout' : 'connection_failed');
    }
  }

  /** Through one of the sockets that are open, as Slack does. */
  async function push(type: string, payload: Fields, retry: Fields): Promise<Attempt> {
    const started = performance.now();
    const [socket] = [...sockets].sort(() => Math.random() - 0.5);
    const done = (status: number | null, problem: Attempt['problem'], body = ''): Attempt => {
      return { status, problem, ms: performance.now() - started, body };
    };
    if (socket === undefined) return done(null, 'connection_failed');
    const id = randomUUID();
    const { promise, resolve } = Promise.withResolvers<unknown>();
    acknowledgements.set(id, resolve);
    const stop = new AbortController();
    socket.send(
      JSON.stringify({ envelope_id: id, type, payload, accepts_response_payload: type !== 'events_api', ...retry }),
    );
    const late = pause(options.timeoutMs, 'late' as const, { signal: stop.signal }).catch(() => 'late' as const);
    const answer = await Promise.race([promise, late]);
    stop.abort();
    acknowledgements.delete(id);
    if (answer === 'late') return done(null, 'http_timeout');
    const isEmpty = answer === undefined || (isFields(answer) && Object.keys(answer).length === 0);
    return done(200, null, isEmpty ? '' : JSON.stringify(answer));
  }

  function once(kind: Delivery['kind'], payload: Fields, retry: Retry | null): Promise<Attempt> {
    return app.usesSocket ? onceBySocket(kind, payload, retry) : onceByPost(kind, payload, retry);
  }

  function onceBySocket(kind: Delivery['kind'], payload: Fields, retry: Retry | null): Promise<Attempt> {
    const type = { event: 'events_api', action: 'interactive', command: 'slash_commands' }[kind];
    const again = { retry_attempt: retry?.count ?? 0, retry_reason: retry === null ? '' : 'timeout' };
    return push(type, payload, kind === 'event' ? again : {});
  }

  function onceByPost(kind: Delivery['kind'], payload: Fields, retry: Retry | null): Promise<Attempt> {
    if (kind === 'event') {
      const again = { 'x-slack-retry-num': String(retry?.count), 'x-slack-retry-reason': retry?.reason ?? '' };
      const headers = { 'content-type': 'application/json', ...(retry === null ? {} : again) };
      return post(app.eventsUrl ?? '', JSON.stringify(payload), headers);
    }
    const isAction = kind === 'action';
    const url = isAction ? app.interactivityUrl : app.commands.get(String(payload.command));
    const form = isAction ? { payload: JSON.stringify(payload) } : (payload as Record<string, string>);
    return post(url ?? '', new URLSearchParams(form).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
  }

  async function carry(kind: Delivery['kind'], id: string, payload: Fields): Promise<Delivery> {
    const attempts: Attempt[] = [await once(kind, payload, null)];
    // Only events are sent again; whoever has pressed a button is shown that it did not work.
    const retries = kind === 'event' ? options.retryAfterMs : [];
    for (const [at, wait] of retries.entries()) {
      const last = attempts.at(-1);
      if (last === undefined || last.problem === null) break;
      if (wait > 0) await pause(wait);
      attempts.push(await once(kind, payload, { count: at + 1, reason: last.problem }));
    }
    const delivery = { kind, id, payload, attempts, acknowledged: attempts.at(-1)?.problem === null };
    all.push(delivery);
    return delivery;
  }

  const follow = <T>(promise: Promise<T>): Promise<T> => {
    underWay.add(promise);
    const forget = () => void underWay.delete(promise);
    promise.then(forget, forget);
    return promise;
  };

  return {
    /** Everything that was told, in the order in which it was over. */
    all: all as readonly Delivery[],
    sign,
    send: (kind: Delivery['kind'], id: string, payload: Fields) => follow(carry(kind, id, payload)),
    /** The same event another time, as when the acknowledgement was lost on the way. */
    repeat: (delivery: Delivery) => follow(once(delivery.kind, delivery.payload, { count: 1, reason: 'http_timeout' })),
    connected: () => sockets.size,
    /** A socket the app has opened. */
    join(socket: ServerSocket): void {
      sockets.add(socket);
      socket.send(
        JSON.stringify({ type: 'hello', num_connections: sockets.size, connection_info: { app_id: app.id } }),
      );
    },
    leave: (socket: ServerSocket) => void sockets.delete(socket),
    heard(text: string): void {
      const { envelope_id: id, payload } = JSON.parse(text) as { envelope_id: string; payload?: unknown };
      acknowledgements.get(id)?.(payload);
    },
    /** Tells the app to connect anew, as Slack does several times a day. */
    recycle(): void {
      for (const socket of sockets) socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
    },
    cutSockets(): void {
      for (const socket of sockets) socket.cut();
    },
    /** Resolves once nothing is being told. */
    async settled(): Promise<void> {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}
export type Deliveries = ReturnType<typeof createDeliveries>;
