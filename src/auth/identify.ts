import type { ApiKeyRepository } from '#db/repositories/api-keys.ts';
import type { SessionRepository } from '#db/repositories/sessions.ts';
import { AppError } from '#errors';
import { type Auth, sessionRefreshSeconds } from './auth.ts';
import type { Client } from './client.ts';
import type { Identity } from './identity.ts';
import { personActor } from './person-actor.ts';
import { hashToken } from './tokens.ts';

export interface IdentifyDeps {
  readonly auth: Auth;
  readonly sessions: Pick<SessionRepository, 'findByToken'>;
  readonly apiKeys: Pick<ApiKeyRepository, 'findByHash' | 'noteUse'>;
  readonly clock?: () => Date;
}

export interface Identified {
  readonly identity: Identity | null;
  /** To be set with the answer: a session in use is moved on. */
  readonly cookies: readonly string[];
}

/** `moveOn: false` leaves a session that is in use as it is, for whoever asks again and again within one request. */
export type Identify = (client: Client, options?: { readonly moveOn: boolean }) => Promise<Identified>;

const nobody: Identified = { identity: null, cookies: [] };
const keyUseMs = 60_000;

/**
 * Who sent a request, read afresh every time: a role that was changed and a member or key that is gone count at once, in
 * every process. A key is asked before a cookie, and one that is not valid is refused with SIGN_IN_REFUSED.
 */
export function createIdentify(deps: IdentifyDeps): Identify {
  return async (client, { moveOn } = { moveOn: true }) => {
    const [, key] = /^Bearer\s+(\S+)\s*$/i.exec(client.authorization ?? '') ?? [];
    if (key !== undefined) return { identity: await identifyKey(deps, key), cookies: [] };
    return identifySession(deps, client, moveOn);
  };
}

async function identifySession(
  { auth, sessions, clock = () => new Date() }: IdentifyDeps,
  client: Client,
  moveOn: boolean,
): Promise<Identified> {
  const token = auth.readToken(client);
  const found = token === null ? null : await sessions.findByToken(token);
  const now = clock().getTime();
  if (found === null || found.session.expiresAt.getTime() <= now) return nobody;
  const { session, user, membership } = found;
  const isDue = moveOn && session.updatedAt.getTime() + sessionRefreshSeconds * 1000 <= now;
  return {
    identity: { user, sessionId: session.id, actor: membership === null ? null : personActor(user, membership) },
    cookies: isDue ? await auth.refresh(client) : [],
  };
}

async function identifyKey({ apiKeys, clock = () => new Date() }: IdentifyDeps, key: string): Promise<Identity> {
  const found = key.startsWith(apiKeyPrefix) ? await apiKeys.findByHash(hashToken(key)) : null;
  const now = clock().getTime();
  const isOver = found?.expiresAt !== null && (found?.expiresAt.getTime() ?? 0) <= now;
  if (found === null || found.revokedAt !== null || isOver) {
    throw new AppError(
      'SIGN_IN_REFUSED',
      'The API key is not valid: it is unknown, revoked or expired, or its maker has left. Make a new one in the settings.',
    );
  }
  const { id, name, organizationId, scopes, lastUsedAt, user, role } = found;
  if (lastUsedAt === null || lastUsedAt.getTime() + keyUseMs <= now) await apiKeys.noteUse(id);
  const person = personActor(user, { organizationId, role });
  return { user, sessionId: null, actor: { ...person, kind: 'key', keyScopes: scopes, apiKey: { id, name } } };
}

/** What every key begins with, so that people and scanners recognize one that is lying around. */
export const apiKeyPrefix = 'pfn_';
