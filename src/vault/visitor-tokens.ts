import { hkdfSync } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';

/** What tells an anonymous visitor of a widget apart from the others; signed by this service. */
export interface VisitorClaims {
  readonly widgetId: string;
  /** Random, made at the first boot. */
  readonly visitorId: string;
  /** Of the page it was given to. */
  readonly origin: string;
  readonly expiresAt: Date;
}

export interface VisitorTokens {
  /** Good for 30 days from now. */
  sign(visitor: Omit<VisitorClaims, 'expiresAt'>): Promise<string>;
  /** Null for everything this service has not signed for this purpose, and for what is over. */
  verify(token: string): Promise<VisitorClaims | null>;
}

export interface VisitorTokenDeps {
  /** Long and random; a key of its own is derived from it. */
  readonly secret: Buffer;
  readonly clock?: () => Date;
}

const algorithm = 'HS256';
/** Keeps this kind of token apart from every other, whatever it is signed with. */
const typ = 'visitor+jwt';
const lifetimeMs = 30 * 24 * 3600 * 1000;

export function createVisitorTokens({ secret, clock = () => new Date() }: VisitorTokenDeps): VisitorTokens {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'personas: widget visitor tokens, v1', 32));
  return {
    sign: ({ widgetId, visitorId, origin }) => {
      const now = clock();
      return new SignJWT({ origin })
        .setProtectedHeader({ alg: algorithm, typ })
        .setAudience(widgetId)
        .setSubject(visitorId)
        .setIssuedAt(now)
        .setExpirationTime(new Date(now.getTime() + lifetimeMs))
        .sign(key);
    },
    async verify(token) {
      const payload = await verifiedPayload(token, key, clock());
      if (payload === null) return null;
      const { aud, sub, origin, exp } = payload;
      if (typeof aud !== 'string' || typeof sub !== 'string' || typeof origin !== 'string' || exp === undefined) {
        return null;
      }
      return { widgetId: aud, visitorId: sub, origin, expiresAt: new Date(exp * 1000) };
    },
  };
}

async function verifiedPayload(token: string, key: Uint8Array, currentDate: Date) {
  try {
    const required = ['aud', 'sub', 'iat', 'exp'];
    const options = { algorithms: [algorithm], typ, currentDate, requiredClaims: required };
    return (await jwtVerify(token, key, options)).payload;
  } catch {
    return null;
  }
}
