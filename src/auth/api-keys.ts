import { randomUUID } from 'node:crypto';
import type { AuditLog } from '#audit/audit-event.ts';
import { directEvent } from '#audit/direct-event.ts';
import type { ApiKeyOwner, ApiKeyPlace, ApiKeyRecord, ApiKeyRepository } from '#db/repositories/api-keys.ts';
import { AppError } from '#errors';
import type { Actor } from './actor.ts';
import { type Change, organizationLock } from './change.ts';
import { apiKeyPrefix } from './identify.ts';
import { may, type Permission, permissions } from './permissions.ts';
import { hashToken, newToken } from './tokens.ts';

const hintLength = apiKeyPrefix.length + 6;

export interface ApiKeyDeps {
  readonly apiKeys: ApiKeyRepository;
  readonly audit: AuditLog;
  readonly change: Change;
  readonly clock?: () => Date;
}

export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
}

export interface ApiKeyService {
  /** One's own, or everybody's for those who manage them. */
  list(actor: Actor, after: ApiKeyPlace | null, limit: number): Promise<readonly ApiKeyRecord[]>;
  /** `key` is answered here and never again. */
  create(actor: Actor, request: NewApiKey): Promise<{ apiKey: ApiKeyRecord; key: string }>;
  /** Effective with the key's next request. Throws NOT_FOUND for a key the actor may not see. */
  revoke(actor: Actor, id: string): Promise<void>;
}

export function createApiKeys(deps: ApiKeyDeps): ApiKeyService {
  const { apiKeys, audit, change } = deps;
  return {
    list: (actor, after, limit) => apiKeys.list(visibleTo(actor), after, limit),
    create: (actor, request) => create(deps, actor, request),
    revoke: (actor, id) =>
      change(organizationLock(actor.organizationId), async () => {
        const key = await apiKeys.find(visibleTo(actor), id);
        if (key === null) throw new AppError('NOT_FOUND', 'There is no such API key.');
        if (!(await apiKeys.revoke(visibleTo(actor), id))) return;
        const details = { apiKeyId: id, name: key.name, owner: { id: key.userId, name: key.ownerName } };
        await audit.append(directEvent({ actor, action: 'api_key.revoked', details }));
      }),
  };
}

async function create(
  { apiKeys, audit, change, clock = () => new Date() }: ApiKeyDeps,
  actor: Actor,
  request: NewApiKey,
) {
  requireMayGive(actor, request, clock());
  const { organizationId } = actor;
  const key = apiKeyPrefix + newToken();
  const id = randomUUID();
  const { name, expiresAt } = request;
  const scopes = [...new Set(request.scopes)];
  const hint = key.slice(0, hintLength);
  const apiKey = await change(organizationLock(organizationId), async () => {
    await apiKeys.insert({ id, organizationId, userId: actor.id, name, hint, hash: hashToken(key), scopes, expiresAt });
    const details = { apiKeyId: id, name, scopes, expiresAt: expiresAt?.toISOString() ?? null };
    await audit.append(directEvent({ actor, action: 'api_key.created', details }));
    return apiKeys.find({ organizationId, userId: actor.id }, id);
  });
  if (apiKey === null) throw new Error('The API key that was just made is not there.');
  return { apiKey, key };
}

/** A key never holds more than its maker, nor lives longer: so keys make no keys. */
function requireMayGive(actor: Actor, { scopes, expiresAt }: NewApiKey, now: Date): void {
  if (actor.apiKey !== null) {
    throw new AppError('FORBIDDEN', 'An API key cannot make another one. Sign in to make it.');
  }
  if (expiresAt !== null && expiresAt <= now) {
    throw new AppError('INPUT_INVALID', 'expiresAt: must be in the future.');
  }
  const beyond = scopes.find((scope) => isPermission(scope) && !may(actor, scope));
  if (beyond === undefined) return;
  throw new AppError('FORBIDDEN', `Your role here, ${actor.role}, does not hold “${beyond}”, so no key of yours can.`);
}

function isPermission(scope: string): scope is Permission {
  return permissions.some((permission) => permission === scope);
}

function visibleTo(actor: Actor): ApiKeyOwner {
  const { organizationId, id } = actor;
  return may(actor, 'api-keys:manage') ? { organizationId } : { organizationId, userId: id };
}
