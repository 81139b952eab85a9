import { AppError } from '#errors';
import type { Catalog, Integration, Resource } from '#integrations/catalog.ts';
import { type Connection, noCredential, standInOrigin, standInPlace } from '#integrations/connection.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { Secret } from '#vault/secret.ts';
import type { Vault } from '#vault/vault.ts';
import { originOf } from './to-connection.ts';

export interface Trial {
  readonly organizationId: string;
  readonly integration: Integration;
  readonly baseUrl: string;
  /** Null where the service asks for none, and for the stand-in, which brings its own. */
  readonly credential: Secret | null;
  readonly isStandIn: boolean;
  readonly settings: Readonly<Record<string, unknown>> | null;
}

export interface TrialDeps {
  readonly vault: Vault;
  /** Milliseconds; 15,000 unless said otherwise. */
  readonly testTimeoutMs?: number;
}

const defaultTimeoutMs = 15_000;
/** Enough to show and to compare; nobody has more teams than that. */
const mostSeen = 500;

/** Throws AppError INPUT_INVALID. */
export function requireIntegration(catalog: Catalog, name: string): Integration {
  const integration = catalog.findIntegration(name);
  if (integration !== undefined) return integration;
  const names = catalog.integrations.map((known) => `“${known.name}”`).join(', ');
  throw new AppError('INPUT_INVALID', `integration: there is no such integration. There are: ${names}.`);
}

/** What the credential sees, with nothing stored. Throws AppError CONNECTION_REFUSED in words for whoever connects. */
export async function tryCredential(deps: TrialDeps, trial: Trial): Promise<readonly Resource[]> {
  const { credential, baseUrl, integration, isStandIn, settings } = trial;
  const origin = isStandIn ? standInOrigin : originOf(baseUrl);
  const loan = credential === null ? null : deps.vault.lend(origin, credential);
  const nothing = { organizationId: trial.organizationId, holder: standInPlace, field: 'api_key', version: 0 } as const;
  const connection: Connection = {
    id: 'trial',
    organizationId: trial.organizationId,
    integration: integration.name,
    ownerId: null,
    // Said in place of the name, which nobody has given yet.
    label: 'the one you are trying',
    baseUrl,
    status: 'active',
    settings,
    grant: { scopes: [], limits: {} },
    secret: loan?.ref ?? (isStandIn ? nothing : null),
    fingerprint: fingerprintOf(trial),
    origin,
  };
  try {
    return await inspect({ ...deps, wordsFor: trialWords }, integration, connection);
  } finally {
    loan?.release();
  }
}

/** Tells connections apart, those without a credential too. */
export function fingerprintOf({ credential, isStandIn }: Pick<Trial, 'credential' | 'isStandIn'>): string {
  if (isStandIn) return standInPlace;
  return credential?.fingerprint ?? noCredential;
}

export interface AskOptions extends Pick<TrialDeps, 'testTimeoutMs'> {
  /** Ends the asking before its time. */
  readonly signal?: AbortSignal;
  readonly wordsFor?: (integration: Integration, error: UpstreamError) => string;
}

/** What a connection sees. Throws AppError CONNECTION_REFUSED. */
export async function inspect(
  options: AskOptions,
  integration: Integration,
  connection: Connection,
): Promise<readonly Resource[]> {
  const seen = await askUpstream(options, integration, (signal) => integration.inspect(connection, signal));
  return seen.slice(0, mostSeen).map(({ id, name }) => ({ id, name }));
}

/** Asks the service within the time; what goes wrong there becomes AppError CONNECTION_REFUSED. */
export async function askUpstream<T>(
  options: AskOptions,
  integration: Integration,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { testTimeoutMs = defaultTimeoutMs, signal, wordsFor = (_integration, { message }) => message } = options;
  const deadline = AbortSignal.timeout(testTimeoutMs);
  try {
    return await ask(signal === undefined ? deadline : AbortSignal.any([deadline, signal]));
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    const words = deadline.aborted
      ? `${integration.title} did not answer within ${Math.ceil(testTimeoutMs / 1000)} seconds. Check the address, and that the server can be reached from where this service runs.`
      : wordsFor(integration, error);
    throw new AppError('CONNECTION_REFUSED', words, { cause: error });
  }
}

/** For whoever has just typed an address and a key. */
function trialWords({ title, connect }: Integration, { code, message }: UpstreamError): string {
  if (connect.kind === 'api_key' && code === 'UPSTREAM_UNAUTHORIZED') {
    return `${title} did not accept the key. Copy it again as a whole, and check that it belongs to this address and was not deleted.`;
  }
  if (code === 'UPSTREAM_NOT_FOUND') {
    return `Something answers at this address, but not as ${title} does. Check the address.`;
  }
  return message;
}
