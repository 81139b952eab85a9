import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { expect, test } from 'vitest';
import type { Secret } from './secret.ts';
import { SecretUnavailable, type Vault } from './vault.ts';
import { createWidgetKeys, type VerifyingKey } from './widget-keys.ts';

const now = Date.parse('2026-11-24T10:00:00Z') / 1000;
const place = { organizationId: 'org', widgetId: 'w1', keyId: 'k1' };
const person = { sub: 'customer-1', jti: 'j1', name: 'Karla' };

/** As much of the vault as keys need: a secret opens where, and only for what, it was sealed. */
function memoryVault() {
  const sealed = new Map<string, Secret>();
  const vault: Pick<Vault, 'seal' | 'withSecret' | 'forget'> = {
    async seal(ref, origin, value) {
      sealed.set(JSON.stringify([ref, origin]), value);
    },
    async withSecret(ref, origin, use) {
      const secret = sealed.get(JSON.stringify([ref, origin]));
      if (secret === undefined) throw new SecretUnavailable('missing');
      return use(secret);
    },
    async forget({ holder }) {
      for (const key of sealed.keys()) if (key.includes(`"${holder}"`)) sealed.delete(key);
    },
  };
  return { vault, sealed };
}

async function openKeys() {
  const { vault, sealed } = memoryVault();
  const keys = createWidgetKeys({ vault, clock: () => new Date(now * 1000) });
  const secret = (await keys.makeSecret(place)).reveal();
  const shared: VerifyingKey = { ...place, algorithm: 'HS256', publicKey: null };
  const pair = generateKeyPairSync('ed25519');
  const publicKey = keys.readPublicKey(JSON.stringify(pair.publicKey.export({ format: 'jwk' })));
  const own: VerifyingKey = { ...place, algorithm: 'EdDSA', publicKey };
  return { keys, sealed, secret, shared, own, pair };
}

interface TokenParts {
  readonly header?: object;
  readonly claims?: object;
  readonly leaveOut?: string;
}

function sign(key: string | Uint8Array | KeyObject, { header = {}, claims = {}, leaveOut = '' }: TokenParts = {}) {
  const all: Record<string, unknown> = { ...person, aud: 'w1', iat: now, exp: now + 300, ...claims };
  delete all[leaveOut];
  return new SignJWT(all)
    .setProtectedHeader({ alg: 'HS256', kid: 'k1', ...header })
    .sign(typeof key === 'string' ? new TextEncoder().encode(key) : key);
}

const refused = (words: string) => ({ code: 'IDENTITY_INVALID', message: expect.stringContaining(words) });

test('a token of the customer’s server says who the visitor is, with either kind of key', async () => {
  const { keys, secret, shared, own, pair } = await openKeys();
  const claims = { subject: 'customer-1', name: 'Karla', tokenId: 'j1', expiresAt: new Date((now + 300) * 1000) };
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  const token = await sign(secret);
  expect(keys.keyIdOf(token)).toBe('k1');
  expect(await keys.verify(token, shared)).toEqual(claims);
  expect(await keys.verify(await sign(pair.privateKey, { header: { alg: 'EdDSA' } }), own)).toEqual(claims);
  expect(await keys.verify(await sign(secret, { leaveOut: 'name' }), shared)).toMatchObject({ name: null });
});

test.each<[string, TokenParts, string]>([
  ['another audience', { claims: { aud: 'w2' } }, '“aud” must be the id of the widget, w1'],
  ['several audiences', { claims: { aud: ['w1', 'w2'] } }, 'several audiences'],
  ['no audience', { leaveOut: 'aud' }, '“aud”'],
  ['nobody', { leaveOut: 'sub' }, '“sub”'],
  ['an empty subject', { claims: { sub: ' ' } }, '“sub”'],
  ['a subject of two lines', { claims: { sub: 'a\nb' } }, '“sub”'],
  ['a subject that is too long', { claims: { sub: 's'.repeat(201) } }, '“sub”'],
  ['no id', { leaveOut: 'jti' }, '“jti”'],
  ['a name that is none', { claims: { name: { first: 'K' } } }, '“name”'],
  ['no beginning', { leaveOut: 'iat' }, '“iat”'],
  ['no end', { leaveOut: 'exp' }, '“exp”'],
  ['a life that is too long', { claims: { exp: now + 901 } }, '15 minutes'],
  ['a long life that began long ago', { claims: { iat: now - 890, exp: now + 12 } }, '15 minutes'],
  ['the end behind it', { claims: { iat: now - 600, exp: now - 31 } }, 'has expired'],
  ['a beginning ahead', { claims: { iat: now + 31, exp: now + 300 } }, 'in the future'],
  ['a time before which it is not good', { claims: { nbf: now + 31 } }, 'not good yet'],
  ['another algorithm', { header: { alg: 'HS512' } }, 'signed with HS256'],
])('a token with %s is refused, and the developer told why', async (_what, parts, words) => {
  const { keys, shared, secret } = await openKeys();
  // Long enough for every algorithm.
  const token = await sign(parts.header === undefined ? secret : secret.repeat(2), parts);
  await expect(keys.verify(token, shared)).rejects.toMatchObject(refused(words));
});

test.each<[string, TokenParts]>([
  ['lives as long as any may', { claims: { exp: now + 900 } }],
  ['ended within what clocks differ', { claims: { iat: now - 600, exp: now - 29 } }],
  ['begins within what clocks differ', { claims: { iat: now + 29, exp: now + 300 } }],
  ['has the longest subject', { claims: { sub: 's'.repeat(200) } }],
])('a token that %s is taken', async (_what, parts) => {
  const { keys, shared, secret } = await openKeys();
  await expect(keys.verify(await sign(secret, parts), shared)).resolves.toMatchObject({ tokenId: 'j1' });
});

test('the key alone says how a token is signed, whatever the token says', async () => {
  const { keys, own, shared, pair, secret } = await openKeys();
  const unsigned = new UnsecuredJWT({ ...person, aud: 'w1', iat: now, exp: now + 300 }).encode();
  const { x = '' } = pair.publicKey.export({ format: 'jwk' });
  const pem = pair.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  for (const known of [x, Buffer.from(x, 'base64url'), pem, JSON.stringify(own.publicKey)]) {
    // The public half, known to anybody, as if it were a shared secret.
    await expect(keys.verify(await sign(known), own)).rejects.toMatchObject(refused('signed with EdDSA'));
  }
  await expect(keys.verify(unsigned, own)).rejects.toMatchObject(refused('its header says “none”'));
  await expect(keys.verify(unsigned, shared)).rejects.toMatchObject(refused('signed with HS256'));
  const eddsa = await sign(pair.privateKey, { header: { alg: 'EdDSA' } });
  await expect(keys.verify(eddsa, shared)).rejects.toMatchObject(refused('signed with HS256'));
  const stranger = generateKeyPairSync('ed25519').privateKey;
  await expect(keys.verify(await sign(stranger, { header: { alg: 'EdDSA' } }), own)).rejects.toMatchObject(
    refused('signature'),
  );
  await expect(keys.verify(await sign(randomBytes(32)), shared)).rejects.toMatchObject(refused('signature'));
  const [head, body] = (await sign(secret)).split('.');
  for (const broken of [`${head}.${body}.`, `${head}.${body}`, `${head}.${body}.AAAA`]) {
    await expect(keys.verify(broken, shared)).rejects.toMatchObject({ code: 'IDENTITY_INVALID' });
  }
});

test('a secret belongs to its widget, and is gone once it was forgotten', async () => {
  const { keys, shared, secret, sealed } = await openKeys();
  const token = await sign(secret, { claims: { aud: 'w2' } });
  await expect(keys.verify(token, { ...shared, widgetId: 'w2' })).rejects.toBeInstanceOf(SecretUnavailable);
  await keys.forgetSecret(place);
  expect(sealed.size).toBe(0);
});

test('no refusal quotes what it must not', async () => {
  const { keys, shared, secret } = await openKeys();
  const token = await sign(randomBytes(32), { claims: { sub: 'somebody private' } });
  const error = await keys.verify(token, shared).catch((reason: Error) => reason);
  const { message } = error as Error;
  for (const hidden of [secret, token, token.split('.')[2] ?? '', 'somebody private'])
    expect(message).not.toContain(hidden);
});

test.each([
  ['', 'is no JWT'],
  ['a.b', 'is no JWT'],
  ['x.y.z', 'is no JWT'],
  [`${Buffer.from('{"alg":"HS256"}').toString('base64url')}.e30.x`, '“kid”'],
  [`${Buffer.from('{"alg":"HS256","kid":7}').toString('base64url')}.e30.x`, '“kid”'],
  [`${Buffer.from('{"alg":"HS256","kid":"k\\u0000"}').toString('base64url')}.e30.x`, '“kid”'],
  ['x'.repeat(4_001), 'longer than'],
])('%s names no key', async (token, words) => {
  const { keys } = await openKeys();
  expect(() => keys.keyIdOf(token)).toThrow(words);
});

test('of a key only an Ed25519 public half is taken, in JWK or PEM', async () => {
  const { keys, own, pair } = await openKeys();
  expect(Object.keys(own.publicKey ?? {})).toEqual(['kty', 'crv', 'x']);
  expect(keys.readPublicKey(pair.publicKey.export({ format: 'pem', type: 'spki' }).toString())).toEqual(own.publicKey);
  const privateHalves = [
    pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    JSON.stringify(pair.privateKey.export({ format: 'jwk' })),
  ];
  for (const text of privateHalves) expect(() => keys.readPublicKey(text)).toThrow('is a private key');
  const others = [
    '{"kty":"oct","k":"AAAA"}',
    '{"kty":"OKP","crv":"Ed25519","x":"AAAA"}',
    '{"kty":"OKP","crv":"X25519","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}',
    '{',
    'a key',
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  ];
  for (const text of others) expect(() => keys.readPublicKey(text)).toThrow('must be an Ed25519 public key');
});
