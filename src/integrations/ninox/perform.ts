import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Connection } from '#integrations/connection.ts';
import type { Egress } from '#integrations/egress.ts';
import { kindOfStatus, NinoxError, type NinoxErrorKind, toNinoxError } from './errors.ts';
import { buildPath, type NinoxIds, type PathTemplate } from './ids.ts';
import { createRequestLanes, type Lane, LaneLeft } from './request-lanes.ts';
import type { Read } from './responses.ts';
import { backoffMs, isWorthRepeating, maxAttempts, maxWaitMs, parseRetryAfter } from './retry.ts';

/** With which connection and until when; a tool's CallContext is one. */
export interface NinoxCall {
  readonly connection: Connection;
  /** Ends waiting at any time, and a read on the wire; never a change that is on the wire. */
  readonly signal: AbortSignal;
}

export interface Operation<Result> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly template: PathTemplate;
  readonly ids: NinoxIds;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Where its answer may be larger than others. */
  readonly maxBytes?: number;
  readonly read: Read<Result>;
}

export interface PerformOptions {
  readonly egress: Egress;
  /** Milliseconds for one call with all its waiting and repeating. */
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** From 0 to 1. */
  readonly random?: () => number;
  /** Rejects when the signal is aborted. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export type Perform = <Result>(call: NinoxCall, operation: Operation<Result>) => Promise<Result>;

/** What the functions below share; the options with their defaults put in. */
type Machine = Required<Omit<PerformOptions, 'timeoutMs'>>;

interface Attempt<Result> {
  readonly call: NinoxCall;
  readonly operation: Operation<Result>;
  readonly path: string;
  readonly deadline: number;
  readonly lane: Lane;
  readonly fail: Fail;
}

type Fail = (
  kind: NinoxErrorKind,
  details: { sent: boolean; status?: number; retryAfterMs?: number | null },
) => NinoxError;

const neverAborted = new AbortController().signal;

/** A mistaken Retry-After of a year must not close a key until the next start. */
const maxPauseMs = 60_000;

/** Takes a call through its turn in the queue, its attempts and its deadline. */
export function createPerform({ timeoutMs = 30_000, ...options }: PerformOptions): Perform {
  const machine: Machine = {
    maxBytes: 2_000_000,
    now: Date.now,
    random: Math.random,
    sleep: sleepUnlessAborted,
    ...options,
  };
  const lanes = createRequestLanes(machine.now);

  return async (call, operation) => {
    const path = buildPath(operation.template, operation.ids);
    const deadline = machine.now() + timeoutMs;
    const fail = failureOf(call, operation);
    try {
      return await lanes.run(laneKey(call.connection), { deadline, signal: call.signal }, (lane) =>
        sendRepeatedly(machine, { call, operation, path, deadline, lane, fail }),
      );
    } catch (error) {
      if (!(error instanceof LaneLeft)) throw error;
      throw fail(error.reason === 'timeout' ? 'timeout_before_send' : 'cancelled', { sent: false });
    }
  };
}

/** The lane is kept through all attempts: while one call waits for Ninox to recover, the others wait too. */
async function sendRepeatedly<Result>(machine: Machine, attempt: Attempt<Result>): Promise<Result> {
  for (let count = 1; ; count += 1) {
    await sitOutPause(machine, attempt);
    try {
      return await sendOnce(machine, attempt);
    } catch (error) {
      await waitOrGiveUp(machine, attempt, { error, count });
    }
  }
}

async function sitOutPause<Result>(machine: Machine, attempt: Attempt<Result>): Promise<void> {
  const { lane, deadline, fail } = attempt;
  const remaining = lane.pausedUntil - machine.now();
  if (remaining <= 0) return;
  if (remaining > maxWaitMs || machine.now() + remaining >= deadline) {
    throw fail('rate_limited', { sent: false, retryAfterMs: remaining });
  }
  await wait(machine, attempt, remaining);
}

async function sendOnce<Result>(machine: Machine, attempt: Attempt<Result>): Promise<Result> {
  const { call, operation, path, deadline, fail } = attempt;
  const { connection } = call;
  const { method, query, body, read } = operation;
  const { egress, maxBytes, now } = machine;
  if (call.signal.aborted) throw fail('cancelled', { sent: false });
  // A change that is on the wire has its effect whether or not anybody waits for the answer, so the answer is waited for.
  const signal = method === 'GET' ? call.signal : neverAborted;
  try {
    const answer = await egress.send({
      connection,
      method,
      path,
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body }),
      timeoutMs: deadline - now(),
      maxBytes: operation.maxBytes ?? maxBytes,
      signal,
    });
    const { status, headers } = answer;
    if (status >= 200 && status < 300) return read(answer, (fault) => fail(fault, { sent: true }));
    const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now());
    throw fail(kindOfStatus(status), { sent: true, status, retryAfterMs });
  } catch (error) {
    throw toNinoxError(error, fail);
  }
}

/** Returns when the next attempt may start; throws the error when there is to be none. */
async function waitOrGiveUp<Result>(
  machine: Machine,
  attempt: Attempt<Result>,
  { error, count }: { error: unknown; count: number },
): Promise<void> {
  if (!isWorthRepeating(error)) throw error;
  const { now, random } = machine;
  const delay = error.retryAfterMs ?? backoffMs(count, random);
  const pauses = error.kind === 'rate_limited' || error.retryAfterMs !== null;
  if (pauses) attempt.lane.pauseUntil(now() + Math.min(delay, maxPauseMs));
  const repeats = attempt.operation.method === 'GET' && count < maxAttempts;
  if (!repeats || delay > maxWaitMs || now() + delay >= attempt.deadline) throw error;
  // A pause is sat out by the next round, together with whatever else asked for one.
  if (!pauses) await wait(machine, attempt, delay);
}

async function wait<Result>(machine: Machine, { call, fail }: Attempt<Result>, milliseconds: number): Promise<void> {
  try {
    await machine.sleep(milliseconds, call.signal);
  } catch {
    throw fail('cancelled', { sent: false });
  }
}

function failureOf({ connection }: NinoxCall, { method }: { method: string }): Fail {
  return (kind, details) => new NinoxError({ kind, changes: method !== 'GET', label: connection.label, ...details });
}

/** Two connections with the same key share a lane, since Ninox counts by key. */
function laneKey({ fingerprint, origin }: Connection): string {
  return `${fingerprint}@${origin}`;
}

function sleepUnlessAborted(milliseconds: number, signal: AbortSignal): Promise<void> {
  return sleepFor(milliseconds, undefined, { signal });
}
