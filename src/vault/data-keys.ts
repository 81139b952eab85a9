import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { Secret } from './secret.ts';
import { SecretExists, type SecretRef, SecretUnavailable, type Vault } from './vault.ts';

/** Which data of an organization a key is for; each purpose has a key of its own. */
export type DataPurpose = 'audit' | 'snapshots' | 'approvals';

export interface DataPlace {
  readonly organizationId: string;
  readonly purpose: DataPurpose;
  /** What a text must not be moved away from: with another context it does not open. */
  readonly context: string;
}

/**
 * Encrypts bulk data with a key for each organization and purpose, which lies in the vault. When the vault's keys change,
 * only that key is sealed anew.
 */
export interface DataKeys {
  /** Makes the organization's key where there is none. */
  encrypt(place: DataPlace, text: string): Promise<string>;
  /** Throws DataUnreadable for what was altered or lies elsewhere, SecretUnavailable when the key is gone. */
  decrypt(place: DataPlace, encrypted: string): Promise<string>;
}

export class DataUnreadable extends Error {
  constructor() {
    super('Encrypted data cannot be read: it was altered, or belongs elsewhere.');
    this.name = 'DataUnreadable';
  }
}

export interface DataKeysDeps {
  readonly vault: Pick<Vault, 'seal' | 'withSecret'>;
  /** Whether the caller stands in a transaction of the database. */
  readonly inTransaction: () => boolean;
}

export function createDataKeys(deps: DataKeysDeps): DataKeys {
  const keyFor = createKeyCache(deps);
  return {
    async encrypt(place, text) {
      return encryptWith(await keyFor(place, 'make'), place, text);
    },
    async decrypt(place, encrypted) {
      return decryptWith(await keyFor(place, 'find'), place, encrypted);
    },
  };
}

/** Data keys are sent nowhere; this stands where a connection's secret has its origin. */
const dataOrigin = 'personas:data';
type IfMissing = 'make' | 'find';

function createKeyCache({ vault, inTransaction }: DataKeysDeps) {
  const known = new Map<string, KeyObject>();
  const underWay = new Map<string, Promise<KeyObject>>();

  async function load(ref: SecretRef, ifMissing: IfMissing): Promise<KeyObject> {
    try {
      return await readKey(vault, ref);
    } catch (error) {
      const isMissing = error instanceof SecretUnavailable && error.problem === 'missing';
      if (!isMissing || ifMissing === 'find') throw error;
      return makeKey(vault, ref);
    }
  }

  return async (place: DataPlace, ifMissing: IfMissing): Promise<KeyObject> => {
    const name = JSON.stringify([place.organizationId, place.purpose]);
    const key = known.get(name);
    if (key !== undefined) return key;
    // Neither kept nor shared: a key that this transaction makes is gone when it is rolled back, and a loading outside
    // may be waiting for its end.
    if (inTransaction()) return load(refOf(place), ifMissing);
    const loading = underWay.get(`${ifMissing} ${name}`) ?? load(refOf(place), ifMissing);
    underWay.set(`${ifMissing} ${name}`, loading);
    try {
      const loaded = await loading;
      known.set(name, loaded);
      return loaded;
    } finally {
      underWay.delete(`${ifMissing} ${name}`);
    }
  };
}

function refOf({ organizationId, purpose }: DataPlace): SecretRef {
  return { organizationId, holder: `data-key:${purpose}`, field: 'data_key', version: 1 };
}

function readKey(vault: DataKeysDeps['vault'], ref: SecretRef): Promise<KeyObject> {
  return vault.withSecret(ref, dataOrigin, async (secret) => createSecretKey(Buffer.from(secret.reveal(), 'base64')));
}

/** Of several processes that make one at once, all use the one that was stored first. */
async function makeKey(vault: DataKeysDeps['vault'], ref: SecretRef): Promise<KeyObject> {
  try {
    await vault.seal(ref, dataOrigin, new Secret(randomBytes(32).toString('base64')));
  } catch (error) {
    if (!(error instanceof SecretExists)) throw error;
  }
  return readKey(vault, ref);
}

const version = 'enc1';
const cipherName = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** `enc1.<iv>.<tag and ciphertext>`, both in base64url. */
function encryptWith(key: KeyObject, place: DataPlace, text: string): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(cipherName, key, iv).setAAD(bindingOf(place));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const sealed = Buffer.concat([cipher.getAuthTag(), body]);
  return `${version}.${iv.toString('base64url')}.${sealed.toString('base64url')}`;
}

function decryptWith(key: KeyObject, place: DataPlace, encrypted: string): string {
  const [, ivText = '', sealedText = ''] = /^enc1\.([\w-]{16})\.([\w-]{22,})$/.exec(encrypted) ?? [];
  const sealed = Buffer.from(sealedText, 'base64url');
  if (sealed.length < tagBytes || sealed.toString('base64url') !== sealedText) throw new DataUnreadable();
  try {
    const decipher = createDecipheriv(cipherName, key, Buffer.from(ivText, 'base64url'), { authTagLength: tagBytes })
      .setAAD(bindingOf(place))
      .setAuthTag(sealed.subarray(0, tagBytes));
    return decipher.update(sealed.subarray(tagBytes)).toString('utf8') + decipher.final('utf8');
  } catch {
    throw new DataUnreadable();
  }
}

function bindingOf({ organizationId, purpose, context }: DataPlace): Buffer {
  return Buffer.from(JSON.stringify([version, organizationId, purpose, context]));
}
