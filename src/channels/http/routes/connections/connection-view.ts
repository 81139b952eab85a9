import type { ConnectionFacts } from '#connections/connection-service.ts';
import type { ConnectionView } from '../../contract/connections.ts';

/** Everything that may leave; what is not named here does not. */
export function presentConnection(facts: ConnectionFacts): ConnectionView {
  const { record, status, baseUrl, isStandIn, manageable, owner, createdBy } = facts;
  return {
    id: record.id,
    integration: record.integration,
    label: record.label,
    ownership: record.ownerId === null ? 'organization' : 'personal',
    owner,
    place: record.place,
    baseUrl,
    auth: record.auth,
    // Somebody else's own: where it leads to is told, and nothing of how.
    settings: record.settings === null || isForeign(facts) ? null : { ...record.settings },
    status,
    scopes: [...record.scopes],
    limits: presentLimits(record.limits),
    limitNames: isForeign(facts) ? {} : { ...record.limitNames },
    revision: record.revision,
    isStandIn,
    manageable,
    health: {
      lastUsedAt: timeOf(record.lastUsedAt),
      lastCheckedAt: timeOf(record.lastCheckedAt),
      problem: record.lastCheckProblem,
      keySetAt: record.keySetAt.toISOString(),
      seen: seenBy(facts).map(({ id, name }) => ({ id, name })),
    },
    createdBy,
    createdAt: record.createdAt.toISOString(),
    revokedAt: timeOf(record.revokedAt),
  };
}

function presentLimits(limits: ConnectionFacts['record']['limits']): ConnectionView['limits'] {
  const given = Object.entries(limits).filter(([, list]) => list !== undefined);
  return Object.fromEntries(given.map(([level, list]) => [level, [...list]]));
}

/** Whoever only uses the connection is told no name from beyond its limits. */
function seenBy(facts: ConnectionFacts): ConnectionFacts['record']['seen'] {
  const { seen, limits } = facts.record;
  if (isForeign(facts)) return [];
  return seen.filter(({ id }) => facts.manageable || limits.teams === undefined || limits.teams.includes(id));
}

/** Somebody else's own: who manages connections may end it, and is told no name from inside it. */
function isForeign({ record, manageable }: ConnectionFacts): boolean {
  return record.ownerId !== null && !manageable;
}

function timeOf(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
