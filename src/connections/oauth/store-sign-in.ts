import { randomUUID } from 'node:crypto';
import { directEvent } from '#audit/direct-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { Integration, OauthConnect, Resource } from '#integrations/catalog.ts';
import { changedMeanwhile, findManageable, requireAlive } from '../access.ts';
import type { ConnectionDeps } from '../connection-deps.ts';
import { newRecord, storeNew } from '../create-connection.ts';
import type { Tokens } from './authorization-server.ts';
import { sealTokens } from './renew-tokens.ts';
import type { SignInPlan } from './sign-in.ts';

/** Connections made by signing in have no choice of places. */
const signInPlace = 'sign-in';

export interface FinishedSignIn {
  readonly actor: Actor;
  readonly integration: Integration;
  readonly connect: OauthConnect;
  readonly tokens: Tokens;
  /** What the new access token sees. */
  readonly seen: readonly Resource[];
  readonly plan: SignInPlan;
}

/** Makes the connection, or renews the one the person set out to renew; gives its id. Throws AppError. */
export async function storeSignIn(deps: ConnectionDeps, finished: FinishedSignIn): Promise<string> {
  const { connectionId } = finished.plan;
  return connectionId === null ? create(deps, finished) : reconnect(deps, finished, connectionId);
}

async function create(deps: ConnectionDeps, finished: FinishedSignIn): Promise<string> {
  const { actor, integration, connect, tokens, seen, plan } = finished;
  const { clock = () => new Date() } = deps;
  const { organizationId } = actor;
  const { scopes, limits, limitNames } = plan;
  const id = randomUUID();
  const record = newRecord({
    id,
    organizationId,
    integration: integration.name,
    ownerId: plan.ownership === 'personal' ? actor.id : null,
    label: plan.label,
    place: signInPlace,
    baseUrl: connect.baseUrl,
    auth: 'oauth',
    fingerprint: tokens.access.fingerprint,
    rights: { scopes, limits, limitNames },
    createdBy: actor.id,
    seen,
    tokenExpiresAt: tokens.expiresAt,
    at: clock(),
  });
  await storeNew(deps, actor, {
    record,
    seal: () => sealTokens(deps.vault, { organizationId, holder: id, version: 1, connect, tokens }),
  });
  return id;
}

async function reconnect(deps: ConnectionDeps, finished: FinishedSignIn, id: string): Promise<string> {
  const { db, repository, vault, audit, clock = () => new Date() } = deps;
  const { actor, connect, tokens, seen } = finished;
  const record = await findManageable(repository, actor, id);
  requireAlive(record);
  const { organizationId, secretVersion } = record;
  const version = secretVersion + 1;
  const at = clock();
  await db.transaction(async () => {
    const row = await repository.change({
      key: record,
      expected: { secretVersion },
      values: {
        status: 'active',
        secretVersion: version,
        tokenExpiresAt: tokens.expiresAt,
        renewingUntil: null,
        seen: seen.map((resource) => ({ id: resource.id, name: resource.name })),
        keySetAt: at,
        updatedAt: at,
        lastCheckedAt: at,
        lastCheckProblem: null,
      },
      counts: true,
    });
    if (row === null) throw changedMeanwhile();
    await sealTokens(vault, { organizationId, holder: id, version, connect, tokens });
    await vault.forget({ organizationId, holder: id, version: secretVersion });
    const details = { label: record.label };
    await audit.append(directEvent({ actor, action: 'connection.reconnected', connectionId: id, details }));
  });
  await db.durable();
  return id;
}
