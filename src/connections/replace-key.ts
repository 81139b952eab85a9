import { directEvent } from '#audit/direct-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { ConnectionRecord } from '#db/repositories/connections.ts';
import { AppError } from '#errors';
import type { Integration, Resource } from '#integrations/catalog.ts';
import { standInPlace } from '#integrations/connection.ts';
import { Secret } from '#vault/secret.ts';
import { changedMeanwhile, findManageable, requireAlive } from './access.ts';
import type { ConnectionDeps } from './connection-deps.ts';
import { requireKeyLike } from './create-connection.ts';
import { resolveSecret } from './resolve-form.ts';
import { originOf } from './to-connection.ts';
import { requireIntegration, tryCredential } from './try-credential.ts';

export interface KeyReplacement {
  readonly id: string;
  readonly key: string;
  /** Whether the new key may see less than the old one. */
  readonly acceptLoss: boolean;
}

export interface ReplacedKey {
  readonly replaced: boolean;
  /** What the old key saw and the new one does not. */
  readonly lost: readonly Resource[];
  readonly record: ConnectionRecord;
}

/**
 * Tests the new key against what the old one saw, then puts it in the old one's place in one step. Calls on the wire
 * finish with the old key; those that come later find the new one. Throws AppError.
 */
export async function replaceKey(deps: ConnectionDeps, actor: Actor, wanted: KeyReplacement): Promise<ReplacedKey> {
  const record = await findManageable(deps.repository, actor, wanted.id);
  requireAlive(record);
  requireOwnKey(record);
  const integration = requireIntegration(deps.catalog, record.integration);
  requireKeyKind(integration);
  const { organizationId, baseUrl, settings } = record;
  const credential = credentialFrom(integration, record, wanted.key);
  const seen = await tryCredential(deps, {
    organizationId,
    integration,
    baseUrl,
    credential,
    settings,
    isStandIn: false,
  });
  const lost = record.seen.filter(({ id }) => !seen.some((resource) => resource.id === id));
  if (lost.length > 0 && !wanted.acceptLoss) return { replaced: false, lost, record };
  return { replaced: true, lost: [], record: await store(deps, actor, { record, credential, seen, lost }) };
}

function credentialFrom({ connect }: Integration, { settings }: ConnectionRecord, key: string): Secret {
  if (connect.kind !== 'form') {
    requireKeyLike(key);
    return new Secret(key);
  }
  const { credential } = resolveSecret(connect, settings, key);
  if (credential !== null) return credential;
  throw new AppError('INPUT_INVALID', 'key: this connection has nothing secret to replace.');
}

interface TestedKey {
  readonly record: ConnectionRecord;
  readonly credential: Secret;
  readonly seen: readonly Resource[];
  readonly lost: readonly Resource[];
}

async function store(deps: ConnectionDeps, actor: Actor, tested: TestedKey): Promise<ConnectionRecord> {
  const { db, repository, vault, audit, clock = () => new Date() } = deps;
  const { record, credential, seen, lost } = tested;
  const { organizationId, id, secretVersion } = record;
  const at = clock();
  const version = secretVersion + 1;
  const changed = await db.transaction(async () => {
    const row = await repository.change({
      key: record,
      expected: { secretVersion },
      values: {
        secretVersion: version,
        fingerprint: credential.fingerprint,
        status: 'active',
        seen: [...seen],
        keySetAt: at,
        updatedAt: at,
        lastCheckedAt: at,
        lastCheckProblem: null,
      },
      counts: true,
    });
    if (row === null) throw changedMeanwhile();
    await vault.seal({ organizationId, holder: id, field: 'api_key', version }, originOf(record.baseUrl), credential);
    await vault.forget({ organizationId, holder: id, version: secretVersion });
    const details = { label: record.label, ...(lost.length === 0 ? {} : { lost }) };
    await audit.append(directEvent({ actor, action: 'connection.key_replaced', connectionId: id, details }));
    return row;
  });
  await db.durable();
  return changed;
}

/** What is connected over a way of its own is so again, which looks that it is the same that is there. */
function requireKeyKind({ connect, title }: Integration): void {
  if (connect.kind !== 'own') return;
  throw new AppError(
    'INPUT_INVALID',
    `Connect ${title} again in the way it was connected; this connection is renewed.`,
  );
}

function requireOwnKey({ auth, place }: ConnectionRecord): void {
  if (auth === 'oauth') {
    throw new AppError(
      'INPUT_INVALID',
      'This connection has no key: its tokens are renewed by themselves. Sign in again to renew it by hand.',
    );
  }
  if (place === standInPlace) {
    throw new AppError('INPUT_INVALID', 'The stand-in brings its own key, which is new at each start.');
  }
}
