import type { ConnectionRecord } from '#db/repositories/connections.ts';
import { AppError } from '#errors';
import type { Integration } from '#integrations/catalog.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { ConnectionDeps } from './connection-deps.ts';
import { markNeedsReconnect, type ReconnectDeps } from './needs-reconnect.ts';
import { toConnection } from './to-connection.ts';
import { inspect, requireIntegration } from './try-credential.ts';

export type CheckDeps = Pick<ConnectionDeps, 'catalog' | 'testTimeoutMs'> & ReconnectDeps;

/**
 * Asks the service what the credential sees and stores that, or why it sees nothing. A refused key stays active, a
 * credential that is over when it is refused has to be reconnected. Null when `signal` ended the asking: then nothing was
 * learned and nothing is stored.
 */
export async function checkConnection(
  deps: CheckDeps,
  record: ConnectionRecord,
  signal?: AbortSignal,
): Promise<ConnectionRecord | null> {
  const { repository, clock = () => new Date() } = deps;
  const { over, ...outcome } = await look(deps, record, signal);
  if (signal?.aborted === true) return null;
  const changed = await repository.change({
    key: record,
    // What was learned about a key says nothing about the one that has replaced it. Tokens are renewed by the check itself.
    expected: record.auth === 'oauth' ? {} : { secretVersion: record.secretVersion },
    values: { lastCheckedAt: clock(), ...outcome },
    counts: false,
  });
  const current = changed ?? (await repository.find(record)) ?? record;
  return over !== null && changed !== null ? markNeedsReconnect(deps, current, over) : current;
}

interface Look {
  /** Why the credential is over for good; null where it is not. */
  readonly over: string | null;
  readonly lastCheckProblem: string | null;
  /** Only where the check went well. */
  readonly seen?: ConnectionRecord['seen'];
}

async function look(
  { catalog, testTimeoutMs }: CheckDeps,
  record: ConnectionRecord,
  signal: AbortSignal | undefined,
): Promise<Look> {
  const options = {
    ...(testTimeoutMs === undefined ? {} : { testTimeoutMs }),
    ...(signal === undefined ? {} : { signal }),
  };
  const integration = catalog.findIntegration(record.integration);
  try {
    const known = requireIntegration(catalog, record.integration);
    const seen = await inspect(options, known, toConnection(record, catalog));
    return { over: null, lastCheckProblem: null, seen: [...seen] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { message } = error;
    return { over: isOver(integration, error) ? message : null, lastCheckProblem: message };
  }
}

function isOver(integration: Integration | undefined, { cause }: AppError): boolean {
  if (integration?.connect.kind !== 'own') return false;
  return cause instanceof UpstreamError && cause.code === 'UPSTREAM_UNAUTHORIZED';
}
