import { expect, test } from 'vitest';
import { toEgressError } from './egress-error.ts';

const unknownState = { stoppedBy: null, certainlyUnsent: false };

function fetchFailed(cause: unknown): TypeError {
  return new TypeError('fetch failed', { cause });
}

function systemError(code: string, syscall?: string): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { code, ...(syscall === undefined ? {} : { syscall }) });
}

test.each([
  ['a refused connection', systemError('ECONNREFUSED', 'connect'), { reason: 'unreachable', sent: false }],
  ['a connect that timed out', systemError('ETIMEDOUT', 'connect'), { reason: 'unreachable', sent: false }],
  ['an unknown host', systemError('ENOTFOUND', 'getaddrinfo'), { reason: 'unreachable', sent: false }],
  [
    'every address refused',
    new AggregateError([systemError('ECONNREFUSED', 'connect')]),
    { reason: 'unreachable', sent: false },
  ],
  [
    'the connect timeout of the HTTP client',
    systemError('UND_ERR_CONNECT_TIMEOUT'),
    { reason: 'timeout', sent: false },
  ],
  ['its headers timeout', systemError('UND_ERR_HEADERS_TIMEOUT'), { reason: 'timeout', sent: true }],
  ['a read that timed out', systemError('ETIMEDOUT', 'read'), { reason: 'connection_lost', sent: true }],
  ['a reset', systemError('ECONNRESET', 'read'), { reason: 'connection_lost', sent: true }],
  [
    'one address lost while open',
    new AggregateError([systemError('ECONNRESET', 'read')]),
    { reason: 'connection_lost', sent: true },
  ],
  ['an empty collection', new AggregateError([]), { reason: 'connection_lost', sent: true }],
  ['a self-signed certificate', systemError('DEPTH_ZERO_SELF_SIGNED_CERT'), { reason: 'certificate', sent: false }],
  [
    'a certificate of another host',
    systemError('ERR_TLS_CERT_ALTNAME_INVALID'),
    { reason: 'certificate', sent: false },
  ],
  ['a certificate that has ended', systemError('CERT_HAS_EXPIRED'), { reason: 'certificate', sent: false }],
  ['something unknown', 'what', { reason: 'connection_lost', sent: true }],
])('%s is told apart by its cause alone', (_name, cause, expected) => {
  expect(toEgressError(fetchFailed(cause), unknownState)).toMatchObject(expected);
});

test('keeps a code for the log only when it looks like one', () => {
  expect(toEgressError(fetchFailed({ code: 'ECONNRESET' }), unknownState).systemCode).toBe('ECONNRESET');
  expect(toEgressError(fetchFailed({ code: 'Bearer abc' }), unknownState).systemCode).toBeNull();
});
