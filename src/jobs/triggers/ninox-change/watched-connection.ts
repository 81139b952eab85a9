import type { Connection, ConnectionStore } from '#integrations/connection.ts';
import { allowsTarget, holdsScope } from '#personas/grants.ts';
import type { Job } from '../../job.ts';
import type { ChangeTrigger } from '../../job-definition.ts';
import type { JobConnections } from '../../job-ports.ts';

export interface WatchedConnections {
  readonly connections: JobConnections & Pick<ConnectionStore, 'follow'>;
}

/** `pauses`: it does not mend itself, so the job is paused; otherwise it is looked at again later. In words for people. */
export type FoundConnection =
  | { readonly ok: true; readonly connection: Connection }
  | { readonly ok: false; readonly problem: string; readonly pauses: boolean };

/** The connection over which a job watches: with the rights of its owner and of this moment. */
export async function findWatchedConnection(
  { connections }: WatchedConnections,
  job: Job,
  trigger: ChangeTrigger,
): Promise<FoundConnection> {
  const { organizationId, ownerId } = job;
  if (job.keyScopes !== null && !job.keyScopes.includes('ninox:records:read')) {
    return refused(
      'The API key that has made this job may not read records of Ninox, so it does not watch them. Let somebody store the job who may.',
    );
  }
  const connection =
    trigger.connectionId === null
      ? await connections.find({ organizationId, actorId: ownerId, integration: 'ninox', attached: null })
      : await named(connections, job, trigger.connectionId);
  if (connection === null) {
    return refused(
      'There is no connection to Ninox that this job may use, so it does not see what changes there. Connect Ninox, or choose another connection in the job, and resume it.',
    );
  }
  return usable(connection, trigger);
}

async function named(connections: JobConnections, { organizationId, ownerId }: Job, id: string) {
  const connection = await connections.byId(organizationId, id);
  if (connection === null || connection.integration !== 'ninox') return null;
  return connection.ownerId === null || connection.ownerId === ownerId ? connection : null;
}

function usable(connection: Connection, { team, database, table }: ChangeTrigger): FoundConnection {
  const { label, status, grant } = connection;
  if (status === 'revoked') {
    return refused(
      `The connection “${label}”, over which it watches Ninox, was revoked. Connect anew, choose another connection where the job names one, and resume it.`,
    );
  }
  if (status === 'needs_reconnect') {
    const problem = `The connection “${label}”, over which it watches Ninox, has to be connected again, on the integrations page. What changes until then is seen afterwards.`;
    return { ok: false, problem, pauses: false };
  }
  const target = table === null ? { team, database } : { team, database, table };
  if (holdsScope(grant, 'ninox:records:read') && allowsTarget(grant.limits, target)) return { ok: true, connection };
  const problem = `The connection “${label}” does not allow reading what the job watches. Change what it allows, or watch another place. What changes until then is seen afterwards.`;
  return { ok: false, problem, pauses: false };
}

function refused(problem: string): FoundConnection {
  return { ok: false, problem, pauses: true };
}
