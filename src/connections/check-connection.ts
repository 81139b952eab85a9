import type { ConnectionRecord } from '#db/repositories/connections.ts';
import { AppError } from '#errors';
import type { ConnectionDeps } from './connection-deps.ts';
import { toConnection } from './to-connection.ts';
import { inspect, requireIntegration } from './try-credential.ts';

export type CheckDeps = Pick<ConnectionDeps, 'repository' | 'catalog' | 'clock' | 'testTimeoutMs'>;

/**
 * Asks the service what the credential sees and stores that, or why it sees nothing. A refused key stays active. Null when
 * `signal` ended the asking: then nothing was learned and nothing is stored.
 */
export async function checkConnection(
  deps: CheckDeps,
  record: ConnectionRecord,
  signal?: AbortSignal,
): Promise<ConnectionRecord | null> {
  const { repository, clock = () => new Date() } = deps;
  const outcome = await look(deps, record, signal);
  if (signal?.aborted === true) return null;
  const changed = await repository.change({
    key: record,
    // What was learned about a key says nothing about the one that has replaced it. Tokens are renewed by the check itself.
    expected: record.auth === 'oauth' ? {} : { secretVersion: record.secretVersion },
    values: { lastCheckedAt: clock(), ...outcome },
    counts: false,
  });
  return changed ?? (await repository.find(record)) ?? record;
}

async function look({ catalog, testTimeoutMs }: CheckDeps, record: ConnectionRecord, signal: AbortSignal | undefined) {
  const options = {
    ...(testTimeoutMs === undefined ? {} : { testTimeoutMs }),
    ...(signal === undefined ? {} : { signal }),
  };
  try {
    const integration = requireIntegration(catalog, record.integration);
    const seen = await inspect(options, integration, toConnection(record, catalog));
    return { lastCheckProblem: null, seen: [...seen] };
  } catch (error) {
    if (error instanceof AppError) return { lastCheckProblem: error.message };
    throw error;
  }
}
