import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionRecord } from '#db/repositories/connections.ts';
import type { OauthConnect } from '#integrations/catalog.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { Secret } from '#vault/secret.ts';
import { SecretUnavailable } from '#vault/vault.ts';
import type { ConnectionDeps } from '../connection-deps.ts';
import { markNeedsReconnect } from '../needs-reconnect.ts';
import { originOf } from '../to-connection.ts';
import { type AuthorizationServer, OauthRefused, type Tokens } from './authorization-server.ts';

export interface RenewalDeps extends Pick<ConnectionDeps, 'db' | 'repository' | 'vault' | 'audit' | 'log' | 'clock'> {
  readonly server: AuthorizationServer;
  /** How the integration is signed in to, or null when it is not. */
  readonly connectOf: (integration: string) => OauthConnect | null;
  readonly wait?: (milliseconds: number) => Promise<void>;
}

/**
 * Gives the row with newer tokens than it has: renewed here, by a call beside this one, or by another process, but by one
 * of them only. The row comes back with status `needs_reconnect` when the service takes the refresh token no more. Throws
 * UpstreamError when the service cannot be reached.
 */
export type RenewTokens = (record: ConnectionRecord) => Promise<ConnectionRecord>;

/** Longer than a request for tokens can take, so that nobody else sends the same refresh token meanwhile. */
const leaseMs = 30_000;
const lookEveryMs = 200;
const storeAttempts = 5;

export function createTokenRenewal(deps: RenewalDeps): RenewTokens {
  const underWay = new Map<string, Promise<ConnectionRecord>>();
  return (record) => {
    const name = JSON.stringify([record.organizationId, record.id, record.secretVersion]);
    const known = underWay.get(name);
    if (known !== undefined) return known;
    const renewal = renewOrWait(deps, record).finally(() => underWay.delete(name));
    underWay.set(name, renewal);
    return renewal;
  };
}

/** Whoever gets the right renews; the others look until the row has changed, or that right has ended with its process. */
async function renewOrWait(deps: RenewalDeps, record: ConnectionRecord): Promise<ConnectionRecord> {
  const { repository, clock = () => new Date(), wait = pause } = deps;
  for (;;) {
    const now = clock();
    const lease = { now, until: new Date(now.getTime() + leaseMs) };
    if (await repository.claimRenewal(record, record.secretVersion, lease)) return renew(deps, record);
    const current = await repository.find(record);
    if (current === null) throw cannotRenew(record);
    if (current.secretVersion !== record.secretVersion || current.status !== 'active') return current;
    await wait(lookEveryMs);
  }
}

async function renew(deps: RenewalDeps, record: ConnectionRecord): Promise<ConnectionRecord> {
  const connect = deps.connectOf(record.integration);
  try {
    if (connect === null) throw new OauthRefused('failed');
    const { tokens, used } = await request(deps, record, connect);
    const stored = { ...tokens, refresh: tokens.refresh ?? used };
    return (
      (await storePatiently(deps, { record, connect, tokens: stored })) ??
      (await deps.repository.find(record)) ??
      record
    );
  } catch (error) {
    if (isOver(error)) return endsWithIt(deps, record);
    await letGo(deps, record);
    if (error instanceof OauthRefused) throw cannotRenew(record);
    throw error;
  }
}

function isOver(error: unknown): boolean {
  return error instanceof SecretUnavailable || (error instanceof OauthRefused && error.problem === 'invalid_grant');
}

async function request({ vault, server }: RenewalDeps, record: ConnectionRecord, connect: OauthConnect) {
  const { organizationId, id: holder, secretVersion: version } = record;
  const ref = { organizationId, holder, field: 'refresh_token', version } as const;
  return vault.withSecret(ref, originOf(connect.tokenEndpoint), async (used) => ({
    used,
    tokens: await server.refresh(connect, used),
  }));
}

interface NewTokens {
  readonly record: ConnectionRecord;
  readonly connect: OauthConnect;
  readonly tokens: Tokens;
}

/** The old refresh token may count no more: what came back must be kept, so a busy database is asked again. */
async function storePatiently(deps: RenewalDeps, renewed: NewTokens): Promise<ConnectionRecord | null> {
  const { wait = pause, log } = deps;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store(deps, renewed);
    } catch (error) {
      if (attempt === storeAttempts) throw error;
      log.warn({ err: error, connectionId: renewed.record.id }, 'renewed tokens could not be stored; trying again');
      await wait(lookEveryMs * attempt);
    }
  }
}

/** Null when the connection was revoked or signed in to anew meanwhile: then these tokens belong to nothing. */
async function store(deps: RenewalDeps, { record, connect, tokens }: NewTokens): Promise<ConnectionRecord | null> {
  const { db, repository, vault } = deps;
  const { organizationId, id: holder, secretVersion } = record;
  const version = secretVersion + 1;
  const stored = await db.transaction(async () => {
    const row = await repository.change({
      key: record,
      expected: { secretVersion, status: 'active' },
      values: { secretVersion: version, tokenExpiresAt: tokens.expiresAt, renewingUntil: null },
      counts: false,
    });
    if (row === null) return null;
    await sealTokens(vault, { organizationId, holder, version, connect, tokens });
    await vault.forget({ organizationId, holder, version: secretVersion });
    return row;
  });
  await db.durable();
  return stored;
}

export interface TokensToSeal {
  readonly organizationId: string;
  readonly holder: string;
  readonly version: number;
  readonly connect: OauthConnect;
  readonly tokens: { readonly access: Secret; readonly refresh: Secret | null };
}

/** Each is sealed for the one place it may be sent to. Joins the caller's transaction. */
export async function sealTokens(vault: ConnectionDeps['vault'], sealing: TokensToSeal): Promise<void> {
  const { organizationId, holder, version, connect, tokens } = sealing;
  const place = { organizationId, holder, version };
  await vault.seal({ ...place, field: 'access_token' }, originOf(connect.baseUrl), tokens.access);
  if (tokens.refresh === null) return;
  await vault.seal({ ...place, field: 'refresh_token' }, originOf(connect.tokenEndpoint), tokens.refresh);
}

/** A token that still counts for a while is used as long as it does; after that a person has to sign in again. */
function endsWithIt(deps: RenewalDeps, record: ConnectionRecord): Promise<ConnectionRecord> {
  const problem = `The sign-in behind the connection “${record.label}” has ended: the other service renews it no more. Sign in again to go on.`;
  return markNeedsReconnect(deps, record, problem);
}

async function letGo({ repository, log }: RenewalDeps, record: ConnectionRecord): Promise<void> {
  const expected = { secretVersion: record.secretVersion };
  await repository
    .change({ key: record, expected, values: { renewingUntil: null }, counts: false })
    .catch((error: unknown) => log.warn({ err: error }, 'the right to renew tokens ends by itself in half a minute'));
}

function cannotRenew({ label }: ConnectionRecord): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_UNAVAILABLE',
    `The access of the connection “${label}” has ended and could not be renewed just now, so nothing was sent. Try again in a minute.`,
  );
}
