import { expect, test } from 'vitest';
import { kindOfStatus, NinoxError, type NinoxErrorKind, ninoxErrorKinds } from './errors.ts';

function codeOf(kind: NinoxErrorKind, changes: boolean, more: { sent?: boolean; status?: number } = {}): string {
  return new NinoxError({ kind, changes, label: 'Main', sent: true, ...more }).code;
}

test('a read never has an unknown outcome', () => {
  for (const kind of ninoxErrorKinds) expect(codeOf(kind, false)).not.toBe('OUTCOME_UNKNOWN');
});

test.each(['timeout_after_send', 'connection_lost', 'not_json', 'unexpected_shape', 'too_large', 'cancelled'] as const)(
  'a change that ends with %s has an unknown outcome',
  (kind) => expect(codeOf(kind, true)).toBe('OUTCOME_UNKNOWN'),
);

test.each([
  'unauthorized',
  'forbidden',
  'not_found',
  'rate_limited',
  'bad_request',
  'unreachable',
  'timeout_before_send',
  'redirect',
] as const)('a change that ends with %s did not happen', (kind) =>
  expect(codeOf(kind, true)).not.toBe('OUTCOME_UNKNOWN'),
);

test.each([
  [500, 'UPSTREAM_UNAVAILABLE'],
  [501, 'UPSTREAM_UNAVAILABLE'],
  [502, 'OUTCOME_UNKNOWN'],
  [503, 'OUTCOME_UNKNOWN'],
  [504, 'OUTCOME_UNKNOWN'],
  [524, 'OUTCOME_UNKNOWN'],
])('a change answered %d is %s', (status, code) => {
  expect(codeOf(kindOfStatus(status), true, { status })).toBe(code);
});

test('a change that was stopped before it was sent did not happen', () => {
  expect(codeOf('cancelled', true, { sent: false })).toBe('UPSTREAM_UNAVAILABLE');
});

test('every message is a sentence for people that names no address and leaves no placeholder', () => {
  for (const kind of ninoxErrorKinds) {
    const { message } = new NinoxError({ kind, changes: false, label: 'Main $& key', sent: true });
    expect(message).toMatch(/^[A-Z].*\.$/);
    expect(message).not.toMatch(/[{}]|:\/\//);
  }
});

test('says which connection needs a new key', () => {
  const { message } = new NinoxError({ kind: 'unauthorized', changes: false, label: 'Main $& key', sent: true });
  expect(message).toContain('“Main $& key”');
});

test('says how long to wait', () => {
  const failure = { kind: 'rate_limited', changes: false, label: 'Main', sent: true } as const;
  expect(new NinoxError({ ...failure, retryAfterMs: 61_200 }).message).toContain('62 seconds');
  expect(new NinoxError({ ...failure, retryAfterMs: 0 }).message).toContain('1 second.');
});
