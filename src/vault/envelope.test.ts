import { CompactEncrypt, FlattenedEncrypt } from 'jose';
import { describe, expect, test } from 'vitest';
import { bindingOf, EnvelopeError, openEnvelope, sealEnvelope } from './envelope.ts';
import { parseKeyRing, type VaultKey } from './key-ring.ts';
import { Secret } from './secret.ts';
import type { SecretRef } from './vault.ts';

const keyOf = (id: string, fill: number): VaultKey =>
  parseKeyRing(`${id}:${Buffer.alloc(32, fill).toString('base64')}`).primary;
const key = keyOf('one', 1);
const ref: SecretRef = { organizationId: 'org', holder: 'connection-1', field: 'api_key', version: 1 };
const origin = 'https://api.ninox.com';
const binding = bindingOf(ref, origin);
const value = 'k3y-Of-A-test_0123456789';
const sealed = await sealEnvelope(key, binding, new Secret(value));
const parts = ['protected', 'encrypted_key', 'iv', 'ciphertext', 'tag'] as const;
type Envelope = Record<(typeof parts)[number], string>;
const envelope = JSON.parse(sealed) as Envelope;
const header = JSON.parse(Buffer.from(envelope.protected, 'base64url').toString()) as Record<string, unknown>;

async function expectRefused(text: string, by: VaultKey = key, bound = binding): Promise<void> {
  const error: unknown = await openEnvelope(by, bound, text).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(EnvelopeError);
  expect(error).not.toHaveProperty('cause');
  expect((error as Error).message).toBe('A sealed value cannot be opened: it was altered, or belongs elsewhere.');
}
const withHeader = (change: object) => ({
  ...envelope,
  protected: Buffer.from(JSON.stringify({ ...header, ...change })).toString('base64url'),
});

test('what was sealed opens again, shows nothing, is small, and is never the same twice', async () => {
  expect((await openEnvelope(key, binding, sealed)).reveal()).toBe(value);
  expect(header).toMatchObject({ alg: 'A256GCMKW', enc: 'A256GCM', kid: 'one' });
  expect(Object.keys(envelope)).toEqual(parts);
  expect(sealed.length).toBeLessThan(400);
  expect(Buffer.from(envelope.ciphertext, 'base64url').toString('latin1')).not.toContain('k3y');
  const again = JSON.parse(await sealEnvelope(key, binding, new Secret(value))) as Envelope;
  for (const part of parts) expect(again[part]).not.toBe(envelope[part]);
});

test.each(['', 'ä€😀\u0000"\\', 'x'.repeat(20_000)])('any text comes back as it was', async (text) => {
  const envelope = await sealEnvelope(key, binding, new Secret(text));
  expect((await openEnvelope(key, binding, envelope)).reveal()).toBe(text);
});

describe('tampering', () => {
  test.each(parts)('every byte of %s, flipped once, is refused', async (part) => {
    const bytes = Buffer.from(envelope[part], 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const flipped = Buffer.from(bytes);
      flipped[index] = (flipped[index] ?? 0) ^ (1 << (index % 8));
      await expectRefused(JSON.stringify({ ...envelope, [part]: flipped.toString('base64url') }));
    }
  });

  test('every character of the whole text, changed once, is refused', async () => {
    for (let index = 0; index < sealed.length; index += 1) {
      const other = sealed[index] === 'A' ? 'B' : 'A';
      await expectRefused(`${sealed.slice(0, index)}${other}${sealed.slice(index + 1)}`);
    }
  });

  test.each(parts)('%s cut short, longer, empty, missing or no text is refused', async (part) => {
    const text = envelope[part];
    for (const wrong of [text.slice(0, -4), `${text}AAAA`, '', null, 7, undefined, [text]]) {
      await expectRefused(JSON.stringify({ ...envelope, [part]: wrong }));
    }
  });

  test.each([
    ['another member', { ...envelope, unprotected: { zip: 'DEF' } }],
    ['a header for a recipient', { ...envelope, header: { alg: 'dir' } }],
    ['a binding of its own', { ...envelope, aad: Buffer.from(binding).toString('base64url') }],
    ['its members in another order', Object.fromEntries(Object.entries(envelope).reverse())],
    ['a list', [envelope]],
    ['nothing', null],
  ])('%s is refused', async (_name, wrong) => {
    await expectRefused(JSON.stringify(wrong));
  });

  test.each(['', '{', `${sealed} `, sealed.replace('{', '{ ')])('text that is spelled otherwise is refused', (text) =>
    expectRefused(text),
  );

  test.each([
    { alg: 'dir' },
    { alg: 'A128GCMKW' },
    { alg: 'A256KW' },
    { alg: 'PBES2-HS512+A256KW', p2c: 1, p2s: 'AAAA' },
    { enc: 'A128GCM' },
    { enc: 'A256CBC-HS512' },
    { zip: 'DEF' },
    { crit: ['exp'] },
    { kid: 'two' },
    { kid: undefined },
  ])('a header with %o is refused', (change) => expectRefused(JSON.stringify(withHeader(change))));
});

describe('envelopes that are whole, made with the right key by somebody else', () => {
  const bytes = new TextEncoder().encode(value);
  const aad = new TextEncoder().encode(binding);
  const writtenAs = (jwe: object) =>
    JSON.stringify(Object.fromEntries(parts.map((part) => [part, (jwe as Partial<Envelope>)[part] ?? ''])));

  test.each([
    ['another content encryption', { alg: 'A256GCMKW', enc: 'A128GCM' }],
    ['another key encryption', { alg: 'A256KW', enc: 'A256GCM' }],
    ['no key encryption', { alg: 'dir', enc: 'A256GCM' }],
  ])('with %s are refused', async (_name, { alg, enc }) => {
    const jwe = await new FlattenedEncrypt(bytes)
      .setProtectedHeader({ alg, enc, kid: 'one' })
      .setAdditionalAuthenticatedData(aad)
      .encrypt(key.key);
    await expectRefused(writtenAs(jwe));
  });

  test('with a further protected member are refused', async () => {
    const jwe = await new FlattenedEncrypt(bytes)
      .setProtectedHeader({ alg: 'A256GCMKW', enc: 'A256GCM', kid: 'one', typ: 'x' })
      .setAdditionalAuthenticatedData(aad)
      .encrypt(key.key);
    await expectRefused(writtenAs(jwe));
  });

  test('that are compressed are refused', async () => {
    const jwe = await new FlattenedEncrypt(bytes)
      .setProtectedHeader({ alg: 'A256GCMKW', enc: 'A256GCM', kid: 'one', zip: 'DEF' })
      .setAdditionalAuthenticatedData(aad)
      .encrypt(key.key);
    await expectRefused(writtenAs(jwe));
  });

  test('that are bound to nothing are refused, written compact as well', async () => {
    const protectedHeader = { alg: 'A256GCMKW', enc: 'A256GCM', kid: 'one' };
    await expectRefused(
      writtenAs(await new FlattenedEncrypt(bytes).setProtectedHeader(protectedHeader).encrypt(key.key)),
    );
    await expectRefused(await new CompactEncrypt(bytes).setProtectedHeader(protectedHeader).encrypt(key.key));
  });
});

test('another key under the same id, and the same key under another id, open nothing', async () => {
  await expectRefused(sealed, keyOf('one', 2));
  await expectRefused(sealed, keyOf('two', 1));
});

test.each([
  ['organization', bindingOf({ ...ref, organizationId: 'other' }, origin)],
  ['holder', bindingOf({ ...ref, holder: 'connection-2' }, origin)],
  ['field', bindingOf({ ...ref, field: 'refresh_token' }, origin)],
  ['version', bindingOf({ ...ref, version: 2 }, origin)],
  ['host of the origin', bindingOf(ref, 'https://api.ninox.com.evil.example')],
  ['scheme of the origin', bindingOf(ref, 'http://api.ninox.com')],
  ['port of the origin', bindingOf(ref, 'https://api.ninox.com:8443')],
  [
    'place where one part ends and the next begins',
    bindingOf({ ...ref, organizationId: 'org","connection-1' }, origin),
  ],
  ['version of the binding', binding.replace('v1', 'v2')],
])('a secret does not open with another %s', (_name, other) => expectRefused(sealed, key, other));

test('the binding is a list of everything a secret is bound to', () => {
  expect(JSON.parse(binding)).toEqual(['v1', 'org', 'connection-1', 'api_key', 1, origin]);
});
