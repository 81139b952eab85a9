import { createPublicKey, randomBytes } from 'node:crypto';
import { decodeProtectedHeader, errors, importJWK, type JWTPayload, jwtVerify } from 'jose';
import { AppError } from '#errors';
import { Secret } from './secret.ts';
import type { SecretRef, Vault } from './vault.ts';

/** Where a key is kept: a shared secret lies in the vault, of an EdDSA key only the public half is known. */
export interface WidgetKeyPlace {
  readonly organizationId: string;
  readonly widgetId: string;
  readonly keyId: string;
}

export interface VerifyingKey extends WidgetKeyPlace {
  /** The only one that is taken, whatever a token says. */
  readonly algorithm: 'HS256' | 'EdDSA';
  /** JWK; null for a shared secret. */
  readonly publicKey: object | null;
}

/** What the customer's server says of a visitor. */
export interface IdentityClaims {
  readonly subject: string;
  readonly name: string | null;
  readonly tokenId: string;
  readonly expiresAt: Date;
}

export interface WidgetKeys {
  /** Makes and seals a shared secret; the text is what the customer's server signs with. Joins the caller's transaction. */
  makeSecret(place: WidgetKeyPlace): Promise<Secret>;
  forgetSecret(place: WidgetKeyPlace): Promise<void>;
  /** An Ed25519 public key out of JWK or PEM. Throws AppError INPUT_INVALID for everything else. */
  readPublicKey(text: string): object;
  /** The key a token names. Nothing of it is proved yet. Throws AppError IDENTITY_INVALID where it names none. */
  keyIdOf(token: string): string;
  /** Throws AppError IDENTITY_INVALID, with what whoever makes the tokens has to change. */
  verify(token: string, key: VerifyingKey): Promise<IdentityClaims>;
}

export interface WidgetKeyDeps {
  readonly vault: Pick<Vault, 'seal' | 'withSecret' | 'forget'>;
  readonly clock?: () => Date;
}

const longestLifeSeconds = 15 * 60;
const toleranceSeconds = 30;
const longestSubject = 200;
const longestToken = 4_000;
/** Whatever else anybody writes there is never looked for: some of it no database takes. */
const keyIdPattern = /^[\w-]{1,64}$/;

export function createWidgetKeys({ vault, clock = () => new Date() }: WidgetKeyDeps): WidgetKeys {
  return {
    async makeSecret(place) {
      // The text itself is the key: most libraries take one, and none has to be told how to decode it.
      const secret = new Secret(randomBytes(32).toString('base64url'));
      await vault.seal(refOf(place), originOf(place), secret);
      return secret;
    },
    forgetSecret: ({ organizationId, keyId }) => vault.forget({ organizationId, holder: holderOf(keyId) }),
    readPublicKey,
    keyIdOf,
    async verify(token, key) {
      const options = {
        algorithms: [key.algorithm],
        audience: key.widgetId,
        clockTolerance: toleranceSeconds,
        currentDate: clock(),
        requiredClaims: ['aud', 'sub', 'jti', 'iat', 'exp'],
      };
      try {
        const { payload } =
          key.algorithm === 'EdDSA'
            ? await jwtVerify(token, await importJWK({ ...key.publicKey }, key.algorithm), options)
            : await vault.withSecret(refOf(key), originOf(key), (secret) =>
                jwtVerify(token, new TextEncoder().encode(secret.reveal()), options),
              );
        return claimsOf(payload, clock());
      } catch (error) {
        throw error instanceof errors.JOSEError ? refuse(wordsFor(error, token, key)) : error;
      }
    },
  };
}

const holderOf = (keyId: string) => `widget-key:${keyId}`;
/** It is sent nowhere; this stands where a connection's secret has its origin. */
const originOf = ({ widgetId }: WidgetKeyPlace) => `personas:widget:${widgetId}`;

function refOf({ organizationId, keyId }: WidgetKeyPlace): SecretRef {
  return { organizationId, holder: holderOf(keyId), field: 'signing_key', version: 1 };
}

function readPublicKey(text: string): object {
  if (/PRIVATE/.test(text) || /"d"\s*:/.test(text)) {
    throw wrongKey('is a private key. Keep that on your server, make a new pair now, and give its public half here');
  }
  try {
    const key = text.startsWith('{')
      ? createPublicKey({ key: JSON.parse(text) as Record<string, string>, format: 'jwk' })
      : createPublicKey({ key: text, format: 'pem' });
    const { kty, crv, x } = key.export({ format: 'jwk' });
    if (key.asymmetricKeyType === 'ed25519') return { kty, crv, x };
  } catch {
    // What a parser says of a key helps nobody, and might quote it.
  }
  throw wrongKey('must be an Ed25519 public key, as JWK ({"kty":"OKP","crv":"Ed25519","x":…}) or in PEM');
}

function wrongKey(problem: string): AppError {
  return new AppError('INPUT_INVALID', `publicKey: ${problem}.`);
}

function keyIdOf(token: string): string {
  if (token.length > longestToken) throw refuse(`is longer than ${longestToken} characters`);
  const { kid } = headerOf(token);
  if (typeof kid === 'string' && keyIdPattern.test(kid)) return kid;
  throw refuse('names no key: put the id of one of the widget’s keys into its header as “kid”');
}

function headerOf(token: string): Readonly<Record<string, unknown>> {
  try {
    return decodeProtectedHeader(token) as Record<string, unknown>;
  } catch {
    throw refuse('is no JWT: three parts of base64url with dots between them were expected');
  }
}

function claimsOf({ sub, jti, iat, exp, aud, name }: JWTPayload, now: Date): IdentityClaims {
  if (iat === undefined || exp === undefined) throw refuse('needs “iat” and “exp”, in seconds since 1970');
  if (iat > now.getTime() / 1000 + toleranceSeconds) {
    throw refuse('was made in the future (“iat”): set the clock of your server');
  }
  if (exp - iat > longestLifeSeconds)
    throw refuse('is good for longer than 15 minutes (“exp” − “iat”): make it shorter');
  if (typeof aud !== 'string') throw refuse('is for several audiences: “aud” must be the id of the widget alone');
  if (!isLine(sub, longestSubject)) {
    throw refuse(`needs who the visitor is as “sub”: one line of 1 to ${longestSubject} characters`);
  }
  if (!isLine(jti, longestSubject)) throw refuse('needs an id of its own as “jti”, another one for each token');
  if (name !== undefined && name !== null && !isLine(name, longestSubject)) {
    throw refuse(`has a “name” that is not one line of 1 to ${longestSubject} characters`);
  }
  return { subject: sub, tokenId: jti, name: typeof name === 'string' ? name : null, expiresAt: new Date(exp * 1000) };
}

function isLine(value: unknown, longest: number): value is string {
  if (typeof value !== 'string' || value.trim() === '' || value.length > longest) return false;
  return /^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u.test(value);
}

function wordsFor(error: errors.JOSEError, token: string, { algorithm, keyId, widgetId }: VerifyingKey): string {
  if (error instanceof errors.JWTExpired) return 'has expired: get a new one from your server';
  if (error instanceof errors.JOSEAlgNotAllowed) {
    const { alg } = headerOf(token);
    const said = typeof alg === 'string' ? `“${alg.slice(0, 20)}”` : 'none';
    return `must be signed with ${algorithm}, which is what the key “${keyId}” is for; its header says ${said}`;
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return `has a signature that does not fit the key “${keyId}”: sign it with exactly that one`;
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return `is for somebody else: “aud” must be the id of the widget, ${widgetId}`;
    if (error.claim === 'nbf') return 'is not good yet (“nbf”): set the clock of your server';
    return `needs “${error.claim}”, which is missing or of the wrong kind`;
  }
  return 'cannot be read: make it with a library for JWT';
}

function refuse(problem: string): AppError {
  return new AppError('IDENTITY_INVALID', `The visitor’s token ${problem}.`);
}
