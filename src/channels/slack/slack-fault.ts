import { setTimeout as pause } from 'node:timers/promises';
import { ErrorCode } from '@slack/web-api';
import { EgressError } from '#integrations/egress-error.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';

/** What is known of a call that did not succeed. */
export type SlackFault =
  /** Slack said no: nothing has happened. */
  | { readonly kind: 'refused'; readonly code: string }
  /** As before, and it will never be otherwise. */
  | { readonly kind: 'over'; readonly code: string }
  | { readonly kind: 'limited'; readonly afterMs: number }
  /** It has not left. */
  | { readonly kind: 'unsent' }
  /** It may have had its effect. */
  | { readonly kind: 'unknown' };

/** Nothing can be written there any more, or not by us. */
const overCodes = new Set([
  'account_inactive',
  'app_uninstalled',
  'channel_is_archived',
  'channel_not_found',
  'invalid_auth',
  'is_archived',
  'is_inactive',
  'missing_scope',
  'not_authed',
  'not_connected',
  'not_in_channel',
  'team_access_not_granted',
  'thread_not_found',
  'token_expired',
  'token_revoked',
]);

/** Slack's own failures: some of what was asked for may have been done. */
const unsureCodes = new Set([
  'fatal_error',
  'internal_error',
  'messaging_processing_failed',
  'request_timeout',
  'service_unavailable',
]);

const limitedMs = 30_000;

export function faultOf(error: unknown): SlackFault {
  if (error instanceof UpstreamError) return { kind: 'over', code: 'not_connected' };
  if (error instanceof EgressError) return { kind: error.sent ? 'unknown' : 'unsent' };
  const { code, data, original, retryAfter, statusCode } = fieldsOf(error);
  if (code === ErrorCode.RequestError) return faultOf(original);
  if (code === ErrorCode.RateLimitedError) return { kind: 'limited', afterMs: Number(retryAfter) * 1_000 || limitedMs };
  if (code === ErrorCode.PlatformError) return platformFault(fieldsOf(data).error);
  if (code === ErrorCode.HTTPError && Number(statusCode) < 500)
    return { kind: 'refused', code: `http_${String(statusCode)}` };
  return { kind: 'unknown' };
}

function platformFault(told: unknown): SlackFault {
  const code = typeof told === 'string' ? told : '';
  if (code === 'ratelimited' || code === 'rate_limited') return { kind: 'limited', afterMs: limitedMs };
  if (unsureCodes.has(code)) return { kind: 'unknown' };
  return { kind: overCodes.has(code) ? 'over' : 'refused', code };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

export interface Insistence {
  /** Whether doing it twice is as good as once: then it is repeated as well where its outcome is not known. */
  readonly isRepeatable: boolean;
  readonly signal: AbortSignal;
}

const tries = 8;
const firstWaitMs = 250;
const longestWaitMs = 30_000;

/** Repeats a call that has surely done nothing, as long as that may pass. Throws what the last try threw. */
export async function insist<T>(call: () => Promise<T>, { isRepeatable, signal }: Insistence): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const waitMs = waitAfter(faultOf(error), attempt, isRepeatable);
      if (waitMs === null || attempt === tries || signal.aborted) throw error;
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

function waitAfter(fault: SlackFault, attempt: number, isRepeatable: boolean): number | null {
  if (fault.kind === 'limited') return Math.min(fault.afterMs, longestWaitMs);
  if (fault.kind === 'unsent' || (fault.kind === 'unknown' && isRepeatable)) {
    return Math.min(firstWaitMs * 2 ** (attempt - 1), longestWaitMs);
  }
  return null;
}
