import { createHmac, hkdfSync } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { expect, test } from 'vitest';
import { createVisitorTokens } from './visitor-tokens.ts';

const secret = Buffer.alloc(32, 5);
const visitor = { widgetId: 'w1', visitorId: 'v1', origin: 'https://shop.example' };
const start = Date.parse('2026-11-24T10:00:00Z');
const day = 24 * 3600 * 1000;
const at = (now: number, key = secret) => createVisitorTokens({ secret: key, clock: () => new Date(now) });

test('a token says what was signed, for 30 days', async () => {
  const token = await at(start).sign(visitor);
  expect(await at(start).verify(token)).toEqual({ ...visitor, expiresAt: new Date(start + 30 * day) });
  expect(await at(start + 30 * day - 1000).verify(token)).not.toBeNull();
  expect(await at(start + 30 * day).verify(token)).toBeNull();
});

test('nothing that was signed otherwise is taken', async () => {
  const [head = '', body = '', signature = ''] = (await at(start).sign(visitor)).split('.');
  const other = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), sub: 'v2' }));
  const claims = () =>
    new SignJWT({ origin: visitor.origin })
      .setAudience('w1')
      .setSubject('v1')
      .setIssuedAt(start / 1000);
  const derived = new Uint8Array(hkdfSync('sha256', secret, '', 'personas: widget visitor tokens, v1', 32));
  const forged = [
    '',
    'x.y.z',
    `${head}.${other.toString('base64url')}.${signature}`,
    `${head}.${body}.${createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url')}`,
    await at(start, Buffer.alloc(32, 6)).sign(visitor),
    new UnsecuredJWT({ origin: visitor.origin, aud: 'w1', sub: 'v1', iat: start / 1000, exp: start }).encode(),
    // The right key, and a token of another kind.
    await claims().setProtectedHeader({ alg: 'HS256' }).setExpirationTime(start).sign(derived),
    await claims().setProtectedHeader({ alg: 'HS256', typ: 'visitor+jwt' }).sign(derived),
    await claims().setProtectedHeader({ alg: 'HS512', typ: 'visitor+jwt' }).setExpirationTime(start).sign(derived),
  ];
  for (const token of forged) expect(await at(start).verify(token)).toBeNull();
});
