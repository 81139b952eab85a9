import type { ConnectionView } from '#channels/http/contract/connections.ts';

export function connectionsOf(connections: readonly ConnectionView[], integration: string): readonly ConnectionView[] {
  return connections.filter((connection) => connection.integration === integration);
}

/** The connection a call of the person at the page would use: the attached one, else their own, else the organization's. */
export function connectionInUse(
  connections: readonly ConnectionView[],
  integration: string,
  attached: string | null,
): ConnectionView | null {
  const all = connectionsOf(connections, integration);
  if (attached !== null) return all.find(({ id }) => id === attached) ?? null;
  const usable = all.filter(({ status }) => status !== 'revoked');
  return usable.find(({ ownership }) => ownership === 'personal') ?? usable[0] ?? null;
}
