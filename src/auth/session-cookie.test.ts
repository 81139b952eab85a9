import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSessionToken, sessionCookieName } from './session-cookie.ts';

const secret = 'a secret';
const name = sessionCookieName(false);
const sign = (token: string, by = secret) =>
  encodeURIComponent(`${token}.${createHmac('sha256', by).update(token).digest('base64')}`);

test('a token that was signed is read, wherever its cookie stands', () => {
  expect(readSessionToken(`${name}=${sign('abc')}`, name, secret)).toBe('abc');
  expect(readSessionToken(`a=b; x${name}=y;  ${name} = ${sign('abc')} ; c=d`, name, secret)).toBe('abc');
  expect(readSessionToken(`${name}=${sign('a.b')}`, name, secret)).toBe('a.b');
});

test('nothing else is', () => {
  expect(readSessionToken(undefined, name, secret)).toBeNull();
  expect(readSessionToken('', name, secret)).toBeNull();
  expect(readSessionToken(`${name}=${sign('abc', 'another')}`, name, secret)).toBeNull();
  expect(readSessionToken(`${sessionCookieName(true)}=${sign('abc')}`, name, secret)).toBeNull();
  expect(readSessionToken(`${name}=${sign('')}`, name, secret)).toBeNull();
});

test('no text makes it throw, and none but a signed one gives a token', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readSessionToken(text, name, secret)).toBeNull();
      expect(readSessionToken(`${name}=${text}`, name, secret)).toBeNull();
      expect(readSessionToken(`${name}=${text}.${text}`, name, secret)).toBeNull();
    }),
  );
});
