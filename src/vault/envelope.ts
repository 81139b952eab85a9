import { FlattenedEncrypt, flattenedDecrypt } from 'jose';
import type { VaultKey } from './key-ring.ts';
import { Secret } from './secret.ts';
import type { SecretRef } from './vault.ts';

/** An envelope that cannot be opened. Says nothing of what is in it. */
export class EnvelopeError extends Error {
  constructor() {
    super('A sealed value cannot be opened: it was altered, or belongs elsewhere.');
    this.name = 'EnvelopeError';
  }
}

const alg = 'A256GCMKW';
const enc = 'A256GCM';
/** Everything an envelope has, in this order. What it is bound to is not among it: the opener has to know that. */
const parts = ['protected', 'encrypted_key', 'iv', 'ciphertext', 'tag'] as const;
const headerMembers = ['alg', 'enc', 'kid', 'iv', 'tag'] as const;
type Envelope = Record<(typeof parts)[number], string>;

/** What a secret is bound to: sealed for one place, it opens in no other and is sent to no other origin. */
export function bindingOf(ref: SecretRef, origin: string): string {
  return JSON.stringify(['v1', ref.organizationId, ref.holder, ref.field, ref.version, origin]);
}

/** Seals a value as JWE (flattened JSON), bound to `binding`. */
export async function sealEnvelope(key: VaultKey, binding: string, value: Secret): Promise<string> {
  const sealed = await new FlattenedEncrypt(new TextEncoder().encode(value.reveal()))
    .setProtectedHeader({ alg, enc, kid: key.id })
    .setAdditionalAuthenticatedData(new TextEncoder().encode(binding))
    .encrypt(key.key);
  return writeEnvelope(sealed as Partial<Envelope>);
}

/**
 * Opens what was sealed with this key and bound to the same. Throws EnvelopeError for every other text, also for one that
 * means the same but is spelled differently.
 */
export async function openEnvelope(key: VaultKey, binding: string, sealed: string): Promise<Secret> {
  try {
    const envelope = JSON.parse(sealed) as Partial<Envelope>;
    if (writeEnvelope(envelope) !== sealed || !isHeader(envelope.protected ?? '', key.id)) throw new EnvelopeError();
    const jwe = { ...(envelope as Envelope), aad: Buffer.from(binding).toString('base64url') };
    const { plaintext } = await flattenedDecrypt(jwe, key.key, {
      keyManagementAlgorithms: [alg],
      contentEncryptionAlgorithms: [enc],
    });
    return new Secret(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plaintext));
  } catch {
    // The cause is left behind: no error of a parser or of the library may carry content out.
    throw new EnvelopeError();
  }
}

function writeEnvelope(envelope: Partial<Envelope>): string {
  const written = parts.map((name) => [name, canonical(envelope[name])]);
  return JSON.stringify(Object.fromEntries(written));
}

/** Base64url has spellings that differ in bits nobody reads; only one of them is taken. */
function canonical(text: unknown): string {
  if (typeof text !== 'string' || Buffer.from(text, 'base64url').toString('base64url') !== text) {
    throw new EnvelopeError();
  }
  return text;
}

/** Nothing but the two algorithms, the key and what the key's algorithm adds: no `zip`, no `crit`, no further recipient. */
function isHeader(encoded: string, keyId: string): boolean {
  const header = JSON.parse(Buffer.from(encoded, 'base64url').toString()) as Record<string, unknown>;
  const names = Object.keys(header);
  return (
    names.length === headerMembers.length &&
    headerMembers.every((name) => names.includes(name)) &&
    header.alg === alg &&
    header.enc === enc &&
    header.kid === keyId
  );
}
