import type { Connection } from '#integrations/connection.ts';
import type { JobDeps } from '../job-ports.ts';
import { type JobProblem, refusal, warning } from './problem.ts';

export interface NamedConnection {
  readonly organizationId: string;
  readonly ownerId: string;
  readonly id: string;
  readonly integration: string;
  readonly path: string;
}

export interface FoundConnection {
  /** Null where it cannot be used at all. */
  readonly connection: Connection | null;
  readonly problems: readonly JobProblem[];
}

/** A connection that a job names: there, of the right kind, its owner's to use, and alive. */
export async function findNamed(
  { connections }: Pick<JobDeps, 'connections'>,
  { organizationId, ownerId, id, integration, path }: NamedConnection,
): Promise<FoundConnection> {
  const connection = await connections.byId(organizationId, id);
  // Other people's are answered for as if they were not there.
  if (connection === null || (connection.ownerId !== null && connection.ownerId !== ownerId)) {
    return none(refusal(path, 'There is no such connection that this job may use. Choose another one.'));
  }
  const { label, status } = connection;
  if (connection.integration !== integration) {
    return none(
      refusal(path, `“${label}” is a connection to ${connection.integration}. Choose one to ${integration}.`),
    );
  }
  if (status === 'revoked') return none(refusal(path, `The connection “${label}” was revoked. Choose another one.`));
  if (status === 'active') return { connection, problems: [] };
  const problem = warning(path, `The connection “${label}” has to be connected again, on the integrations page.`);
  return { connection, problems: [problem] };
}

function none(problem: JobProblem): FoundConnection {
  return { connection: null, problems: [problem] };
}
