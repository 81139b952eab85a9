import { directEvent } from '#audit/direct-event.ts';
import type { ConnectionRecord } from '#db/repositories/connections.ts';
import { standInPlace } from '#integrations/connection.ts';
import type { Secret } from '#vault/secret.ts';
import type { ConnectionDeps } from './connection-deps.ts';
import { newRecord } from './create-connection.ts';
import { serviceActor, serviceActorId } from './service-actor.ts';
import { originOf } from './to-connection.ts';
import { requireIntegration } from './try-credential.ts';

/** A connection that the service's environment describes: the real service where a key is set, else the stand-in. */
export interface ServiceConnection {
  readonly organizationId: string;
  readonly integration: string;
  readonly label: string;
  readonly place: string;
  readonly baseUrl: string;
  /** The stand-in's own is never stored: it is new at each start, and the egress client has it. */
  readonly key: Secret;
}

/**
 * Sees to it that the organization has this connection, under the integration's name as its id. One that was revoked stays
 * so until the environment names another key or place. Several processes may start at once.
 */
export async function ensureServiceConnection(deps: ConnectionDeps, wanted: ServiceConnection): Promise<void> {
  const { db, repository } = deps;
  const key = { organizationId: wanted.organizationId, id: wanted.integration };
  await db.transaction(async () => {
    await db.lock(`service connection ${wanted.integration} of ${wanted.organizationId}`);
    const existing = await repository.find(key);
    if (existing === null) await insert(deps, wanted);
    else if (!isSame(existing, wanted)) await renew(deps, existing, wanted);
  });
  await db.durable();
}

function fingerprintOf({ place, key }: ServiceConnection): string {
  return place === standInPlace ? standInPlace : key.fingerprint;
}

function isSame(existing: ConnectionRecord, wanted: ServiceConnection): boolean {
  if (existing.place !== wanted.place || existing.fingerprint !== fingerprintOf(wanted)) return false;
  return wanted.place === standInPlace || existing.baseUrl === wanted.baseUrl;
}

async function insert(deps: ConnectionDeps, wanted: ServiceConnection): Promise<void> {
  const { organizationId, integration, label, place, baseUrl } = wanted;
  const record = newRecord({
    organizationId,
    id: integration,
    integration,
    ownerId: null,
    label,
    place,
    baseUrl,
    auth: 'api_key',
    fingerprint: fingerprintOf(wanted),
    rights: everything(deps, integration),
    createdBy: serviceActorId,
    seen: [],
    at: (deps.clock ?? (() => new Date()))(),
  });
  // Not looked at yet: the daily check does that first thing, so that a Ninox that is down does not hold up the start.
  await deps.repository.insert({ ...record, lastCheckedAt: null });
  await seal(deps, wanted, 1);
  await note(deps, wanted, 'connection.created');
}

async function renew(deps: ConnectionDeps, existing: ConnectionRecord, wanted: ServiceConnection): Promise<void> {
  const { repository, vault, clock = () => new Date() } = deps;
  const { label, place, baseUrl } = wanted;
  const version = existing.secretVersion + 1;
  const at = clock();
  // Limits name teams of the place they were picked in.
  const rights = existing.place === place ? {} : everything(deps, wanted.integration);
  await repository.change({
    key: existing,
    expected: { status: existing.status, revision: existing.revision },
    values: {
      ...rights,
      label: existing.place === place ? existing.label : label,
      place,
      baseUrl,
      fingerprint: fingerprintOf(wanted),
      secretVersion: version,
      status: 'active',
      revokedAt: null,
      revokedBy: null,
      seen: [],
      lastCheckedAt: null,
      lastCheckProblem: null,
      keySetAt: at,
      updatedAt: at,
    },
    counts: true,
  });
  await vault.forget({ organizationId: existing.organizationId, holder: existing.id });
  await seal(deps, wanted, version);
  await note(deps, wanted, 'connection.key_replaced');
}

async function seal({ vault }: ConnectionDeps, wanted: ServiceConnection, version: number): Promise<void> {
  if (wanted.place === standInPlace) return;
  const { organizationId, integration: holder, baseUrl, key } = wanted;
  await vault.seal({ organizationId, holder, field: 'api_key', version }, originOf(baseUrl), key);
}

function everything({ catalog }: ConnectionDeps, integration: string) {
  const scopes = [...new Set(requireIntegration(catalog, integration).tools.map(({ scope }) => scope))];
  return { scopes, limits: {}, limitNames: {} };
}

async function note(
  { audit }: ConnectionDeps,
  wanted: ServiceConnection,
  action: 'connection.created' | 'connection.key_replaced',
): Promise<void> {
  const { organizationId, integration, label, place, baseUrl } = wanted;
  const actor = serviceActor(organizationId);
  await audit.append(
    directEvent({ actor, action, connectionId: integration, details: { integration, label, place, baseUrl } }),
  );
}
