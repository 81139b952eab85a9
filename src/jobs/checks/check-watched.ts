import { allowsTarget, holdsScope } from '#personas/grants.ts';
import type { ChangeTrigger } from '../job-definition.ts';
import type { JobDeps } from '../job-ports.ts';
import { findNamed } from './check-connection.ts';
import type { Checked } from './check-definition.ts';
import { type JobProblem, refusal, warning } from './problem.ts';

export interface Watched extends Checked {
  readonly trigger: ChangeTrigger;
}

/** Whether the place that is watched for changes can be read over the connection. */
export async function checkChangeTrigger(
  deps: Pick<JobDeps, 'connections'>,
  { organizationId, owner, keyScopes, trigger }: Watched,
): Promise<readonly JobProblem[]> {
  if (owner === null) return [];
  if (keyScopes !== null && !keyScopes.includes('ninox:records:read')) {
    return [
      refusal(
        'trigger',
        'The API key that makes this job may not read records of Ninox, so it cannot watch them either.',
      ),
    ];
  }
  const path = 'trigger.connectionId';
  const { connectionId, team, database, table } = trigger;
  const { id: ownerId } = owner;
  const { connection, problems } =
    connectionId === null
      ? await findAny(deps, { organizationId, ownerId, path })
      : await findNamed(deps, { organizationId, ownerId, id: connectionId, integration: 'ninox', path });
  if (connection === null) return problems;
  const { label, grant } = connection;
  const target = table === null ? { team, database } : { team, database, table };
  const allowed = holdsScope(grant, 'ninox:records:read') && allowsTarget(grant.limits, target);
  if (allowed) return problems;
  return [
    ...problems,
    refusal(
      'trigger',
      `The connection “${label}” does not allow reading there. Change what it allows, or watch another place.`,
    ),
  ];
}

async function findAny(
  { connections }: Pick<JobDeps, 'connections'>,
  { organizationId, ownerId: actorId, path }: { organizationId: string; ownerId: string; path: string },
) {
  const connection = await connections.find({ organizationId, actorId, integration: 'ninox', attached: null });
  if (connection !== null && connection.status === 'active') return { connection, problems: [] };
  const problem = warning(path, 'There is no connection to Ninox that works for this job. See the integrations page.');
  return { connection: null, problems: [problem] };
}
