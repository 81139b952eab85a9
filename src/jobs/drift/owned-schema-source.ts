import type { Connection } from '#integrations/connection.ts';
import { allowsTarget, holdsScope } from '#personas/grants.ts';
import type { Job } from '../job.ts';
import type { JobConnections } from '../job-ports.ts';
import type { ChangeSource } from '../triggers/ninox-change/change-ports.ts';
import type { SchemaSource } from './schema-drift.ts';

export interface OwnedSchemaDeps {
  readonly connections: JobConnections;
  readonly source: Pick<ChangeSource, 'tables'>;
}

/** Schemas over the connection that the job watches with, else over the one its owner’s calls would use. */
export function createOwnedSchemaSource({ connections, source }: OwnedSchemaDeps): SchemaSource {
  return {
    async tables(job, place, signal) {
      const connection = await connectionOf(connections, job);
      if (connection?.status !== 'active' || !holdsScope(connection.grant, 'ninox:records:read')) return null;
      if (!allowsTarget(connection.grant.limits, place)) return null;
      return source.tables(connection, place, signal);
    },
  };
}

async function connectionOf(connections: JobConnections, job: Job): Promise<Connection | null> {
  const { organizationId, ownerId, definition } = job;
  const { trigger } = definition;
  const named = trigger.kind === 'ninox_change' ? trigger.connectionId : null;
  if (named === null) {
    return connections.find({ organizationId, actorId: ownerId, integration: 'ninox', attached: null });
  }
  const found = await connections.byId(organizationId, named);
  return found?.integration === 'ninox' && (found.ownerId === null || found.ownerId === ownerId) ? found : null;
}
