import type { Connection } from '#integrations/connection.ts';
import type { ResourceTarget } from '#integrations/rights.ts';
import type { NinoxClient } from './client.ts';

const keptForMs = 30_000;
const maxKept = 1_000;

export type Contains = (connection: Connection, target: ResourceTarget, signal: AbortSignal) => Promise<boolean>;

/**
 * Asks Ninox whether a database is in a team. Only a yes is remembered, for at most 30 seconds: a database that
 * was just created must be found at once.
 */
export function createContainment(client: NinoxClient, now: () => number): Contains {
  const knownUntil = new Map<string, number>();

  function remember(key: string): void {
    // A Map keeps the order of insertion, so the first key is the oldest.
    knownUntil.delete(key);
    const [oldest] = knownUntil.keys();
    if (oldest !== undefined && knownUntil.size >= maxKept) knownUntil.delete(oldest);
    knownUntil.set(key, now() + keptForMs);
  }

  return async (connection, { team, database }, signal) => {
    if (team === undefined || database === undefined) return false;
    const key = [connection.id, connection.fingerprint, connection.baseUrl, team, database].join(' ');
    if ((knownUntil.get(key) ?? 0) > now()) return true;
    const databases = await client.listDatabases({ connection, signal }, team);
    const contained = databases.some((found) => found.id === database);
    if (contained) remember(key);
    else knownUntil.delete(key);
    return contained;
  };
}
