import type { ApiKeyView } from '../../contract/organization.ts';

export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly userId: string;
  readonly ownerName: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

export function presentApiKey(key: ApiKeyRow, now: Date): ApiKeyView {
  const { id, name, hint, userId, ownerName, scopes, createdAt, expiresAt, lastUsedAt } = key;
  return {
    id,
    name,
    hint,
    owner: { id: userId, name: ownerName },
    scopes: [...scopes],
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    status: statusOf(key, now),
  };
}

function statusOf({ revokedAt, expiresAt }: ApiKeyRow, now: Date): ApiKeyView['status'] {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}
