import { NinoxError, type NinoxErrorKind } from './errors.ts';

export const maxAttempts = 3;
/** The longest wait Ninox can ask for that a running call sits out; for more the call gives up. */
export const maxWaitMs = 10_000;

const backoffBaseMs = 250;
const backoffCapMs = 4_000;

const worthRepeating = new Set<NinoxErrorKind>([
  'rate_limited',
  'server_error',
  'timeout_before_send',
  'timeout_after_send',
  'unreachable',
  'connection_lost',
]);

export function isWorthRepeating(error: unknown): error is NinoxError {
  return error instanceof NinoxError && worthRepeating.has(error.kind);
}

/** Exponential with full jitter; `attempt` counts from 1, `random` gives 0 to 1. */
export function backoffMs(attempt: number, random: () => number): number {
  return random() * Math.min(backoffCapMs, backoffBaseMs * 2 ** (attempt - 1));
}

/** Milliseconds from `now` that a Retry-After header asks for, given as seconds or as an HTTP date; null if it says nothing. */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const value = header.trim();
  if (/^[0-9]{1,9}$/.test(value)) return Number(value) * 1000;
  // Date.parse takes almost anything ("-5" is a year), an HTTP date starts with the name of a day.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
