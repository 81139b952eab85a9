import { ErrorCode } from '@slack/web-api';
import { expect, test } from 'vitest';
import { EgressError } from '#integrations/egress-error.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { faultOf, insist } from './slack-fault.ts';

const failure = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more });
const refusal = (error: string) => failure(ErrorCode.PlatformError, { data: { ok: false, error } });

test.each([
  [refusal('msg_too_long'), { kind: 'refused', code: 'msg_too_long' }],
  [refusal('channel_not_found'), { kind: 'over', code: 'channel_not_found' }],
  [refusal('internal_error'), { kind: 'unknown' }],
  [refusal('ratelimited'), { kind: 'limited', afterMs: 30_000 }],
  [failure(ErrorCode.RateLimitedError, { retryAfter: 7 }), { kind: 'limited', afterMs: 7_000 }],
  [failure(ErrorCode.HTTPError, { statusCode: 503 }), { kind: 'unknown' }],
  [failure(ErrorCode.HTTPError, { statusCode: 404 }), { kind: 'refused', code: 'http_404' }],
  [failure(ErrorCode.RequestError, { original: new EgressError('unreachable', { sent: false }) }), { kind: 'unsent' }],
  [failure(ErrorCode.RequestError, { original: new EgressError('timeout', { sent: true }) }), { kind: 'unknown' }],
  [
    failure(ErrorCode.RequestError, { original: new UpstreamError('UPSTREAM_UNAUTHORIZED', 'gone') }),
    { kind: 'over', code: 'not_connected' },
  ],
  [new Error('who knows'), { kind: 'unknown' }],
  [null, { kind: 'unknown' }],
])('%s', (error, fault) => {
  expect(faultOf(error)).toEqual(fault);
});

async function outcomeOf(errors: readonly Error[], isRepeatable: boolean) {
  const left = [...errors];
  let calls = 0;
  const call = async () => {
    calls += 1;
    const error = left.shift();
    if (error !== undefined) throw error;
    return 'done';
  };
  const { signal } = new AbortController();
  const outcome = await insist(call, { isRepeatable, signal }).catch((error: Error) => error.message);
  return [outcome, calls];
}

test('what has surely done nothing is repeated; what may have, only where that does not matter', async () => {
  const unsent = new EgressError('unreachable', { sent: false });
  const limited = failure(ErrorCode.RateLimitedError, { retryAfter: 0.001 });
  const lost = new EgressError('timeout', { sent: true });
  expect(await outcomeOf([unsent, limited], false)).toEqual(['done', 3]);
  expect(await outcomeOf([lost], false)).toEqual([lost.message, 1]);
  expect(await outcomeOf([lost], true)).toEqual(['done', 2]);
  expect(await outcomeOf([refusal('no_text')], true)).toEqual([ErrorCode.PlatformError, 1]);
});
