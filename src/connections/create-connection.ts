import { randomUUID } from 'node:crypto';
import { directEvent } from '#audit/direct-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { ConnectionRecord } from '#db/repositories/connections.ts';
import { AppError } from '#errors';
import type { FormConnect, Integration, Resource } from '#integrations/catalog.ts';
import { formPlace } from '#integrations/connection.ts';
import { Secret } from '#vault/secret.ts';
import { requireManage } from './access.ts';
import type { ConnectionDeps } from './connection-deps.ts';
import { resolveForm } from './resolve-form.ts';
import { type ConnectionRights, type StoredRights, toStoredRights } from './rights.ts';
import { originOf } from './to-connection.ts';
import { fingerprintOf, requireIntegration, type Trial, tryCredential } from './try-credential.ts';

export interface ConnectionTarget {
  readonly integration: string;
  readonly place: string;
  readonly address: string | null;
  /** Null where the place brings it. */
  readonly key: string | null;
  /** What was filled in, for an integration that is connected over a form. */
  readonly fields?: Readonly<Record<string, string>> | null;
}

export interface NewConnection extends ConnectionTarget, ConnectionRights {
  readonly label: string;
  readonly ownership: 'organization' | 'personal';
}

/** Tries a key with nothing stored. Throws AppError INPUT_INVALID or CONNECTION_REFUSED. */
export async function testTarget(
  deps: ConnectionDeps,
  actor: Actor,
  target: ConnectionTarget,
): Promise<{ readonly baseUrl: string; readonly sees: readonly Resource[] }> {
  const trial = trialOf(deps, actor, target);
  return { baseUrl: trial.baseUrl, sees: await tryCredential(deps, trial) };
}

/** Tests the key first; then row, secret and audit are stored as one. */
export async function createConnection(
  deps: ConnectionDeps,
  actor: Actor,
  wanted: NewConnection,
): Promise<ConnectionRecord> {
  const ownerId = wanted.ownership === 'personal' ? actor.id : null;
  requireManage(actor, { ownerId });
  const trial = trialOf(deps, actor, wanted);
  const rights = toStoredRights(trial.integration, wanted);
  const seen = await tryCredential(deps, trial);
  const { clock = () => new Date() } = deps;
  const record = newRecord({
    organizationId: actor.organizationId,
    integration: trial.integration.name,
    ownerId,
    label: wanted.label,
    place: trial.integration.connect.kind === 'form' ? formPlace : wanted.place,
    baseUrl: trial.baseUrl,
    auth: 'api_key',
    fingerprint: fingerprintOf(trial),
    settings: trial.settings,
    rights,
    createdBy: actor.id,
    seen,
    at: clock(),
  });
  await storeNew(deps, actor, {
    record,
    async seal() {
      const ref = { organizationId: record.organizationId, holder: record.id, field: 'api_key', version: 1 } as const;
      if (trial.credential !== null) await deps.vault.seal(ref, originOf(record.baseUrl), trial.credential);
    },
  });
  return record;
}

/** Row, secrets and audit as one. */
export async function storeNew(
  { db, repository, audit }: ConnectionDeps,
  actor: Actor,
  { record, seal }: { readonly record: ConnectionRecord; readonly seal: () => Promise<void> },
): Promise<void> {
  await db.transaction(async () => {
    await repository.insert(record);
    await seal();
    await audit.append(
      directEvent({ actor, action: 'connection.created', connectionId: record.id, details: factsOf(record) }),
    );
  });
  await db.durable();
}

/** What the audit says about a connection. */
export function factsOf({ integration, label, ownerId, place, baseUrl, scopes, limits }: ConnectionRecord) {
  const ownership = ownerId === null ? 'organization' : 'personal';
  return { integration, label, ownership, place, baseUrl, scopes, limits };
}

function trialOf({ catalog }: ConnectionDeps, actor: Actor, target: ConnectionTarget): Trial {
  const integration = requireIntegration(catalog, target.integration);
  const { organizationId } = actor;
  if (integration.connect.kind === 'form') {
    return { organizationId, integration, isStandIn: false, ...resolveFields(integration.connect, target) };
  }
  refuseFields(integration, target);
  const baseUrl = integration.resolveBaseUrl(target.place, target.address);
  const credential = credentialOf(integration, target);
  return { organizationId, integration, baseUrl, credential, isStandIn: credential === null, settings: null };
}

function resolveFields(connect: FormConnect, { fields = null, key, address }: ConnectionTarget) {
  if (key !== null) throw new AppError('INPUT_INVALID', 'key: this integration is connected with its own fields.');
  if (address !== null)
    throw new AppError('INPUT_INVALID', 'address: this integration is connected with its own fields.');
  return resolveForm(connect, fields ?? {});
}

function refuseFields({ title }: Integration, { fields = null }: ConnectionTarget): void {
  if (fields !== null) throw new AppError('INPUT_INVALID', `fields: ${title} is not connected over a form.`);
}

function credentialOf({ connect, title }: Integration, { place: placeId, key }: ConnectionTarget): Secret | null {
  if (connect.kind === 'own') {
    throw new AppError('INPUT_INVALID', `integration: ${title} is connected on a page of its own, not here.`);
  }
  if (connect.kind !== 'api_key') {
    throw new AppError('INPUT_INVALID', `integration: ${title} is connected by signing in there, not with a key.`);
  }
  if (connect.places.find((place) => place.id === placeId)?.bringsKey === true) {
    if (key === null) return null;
    throw new AppError('INPUT_INVALID', 'key: this place brings its own key. Leave the key out.');
  }
  if (key === null) throw new AppError('INPUT_INVALID', 'key: paste the key that the connection shall use.');
  requireKeyLike(key);
  return new Secret(key);
}

/** What a bearer token may hold. Other values could not be sent, and the error that says so would quote them. */
const tokenLike = /^[\w.~+/=-]+$/;
const shortestKey = 20;

/**
 * Throws AppError for what is no key. Every key in use is taken out of all that leaves the service, so a plain word as a
 * key would garble the pages of everybody.
 */
export function requireKeyLike(key: string): void {
  if (!tokenLike.test(key)) {
    throw new AppError(
      'CONNECTION_REFUSED',
      'This is no key: it holds spaces, line breaks or signs that no key has. Copy the key alone and as a whole.',
    );
  }
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(key)).length;
  if (key.length >= shortestKey && kinds >= 2) return;
  throw new AppError(
    'CONNECTION_REFUSED',
    `This is no key: a key has at least ${shortestKey} characters, letters and digits among them. Copy the key as a whole.`,
  );
}

export interface RecordFacts
  extends Pick<
    ConnectionRecord,
    'organizationId' | 'integration' | 'ownerId' | 'label' | 'place' | 'baseUrl' | 'auth' | 'fingerprint' | 'createdBy'
  > {
  readonly id?: string;
  readonly rights: StoredRights;
  readonly seen: readonly Resource[];
  readonly tokenExpiresAt?: Date | null;
  /** What belongs to it beside address and credential. */
  readonly settings?: Readonly<Record<string, unknown>> | null;
  readonly at: Date;
}

/** The row of a connection whose credential was just seen to work. */
export function newRecord({
  rights,
  at,
  id = randomUUID(),
  tokenExpiresAt = null,
  settings = null,
  ...facts
}: RecordFacts): ConnectionRecord {
  return {
    ...facts,
    ...rights,
    id,
    tokenExpiresAt,
    settings,
    seen: facts.seen.map((resource) => ({ id: resource.id, name: resource.name })),
    status: 'active',
    secretVersion: 1,
    revision: 1,
    createdAt: at,
    updatedAt: at,
    keySetAt: at,
    renewingUntil: null,
    lastUsedAt: null,
    lastCheckedAt: at,
    lastCheckProblem: null,
    revokedAt: null,
    revokedBy: null,
  };
}
