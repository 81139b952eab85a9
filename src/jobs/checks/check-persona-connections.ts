import { holdsTool } from '#personas/grants.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { JobDeps } from '../job-ports.ts';
import { type JobProblem, warning } from './problem.ts';

export interface PersonaUse {
  readonly organizationId: string;
  readonly ownerId: string;
  readonly persona: Persona;
}

/** Whether the persona reaches, on the owner's behalf, whatever it holds permissions of. */
export async function checkPersonaConnections(
  deps: Pick<JobDeps, 'tools' | 'connections'>,
  use: PersonaUse,
): Promise<readonly JobProblem[]> {
  const problems = await Promise.all(
    (await integrationsOf(deps, use)).map((integration) => checkOne(deps, use, integration)),
  );
  return problems.flat();
}

/** By name, those whose tools the persona holds. */
export async function integrationsOf(
  { tools }: Pick<JobDeps, 'tools'>,
  { organizationId, persona }: Pick<PersonaUse, 'organizationId' | 'persona'>,
): Promise<readonly string[]> {
  const held = (await tools.list(organizationId)).filter((tool) => holdsTool(persona.grant, tool));
  return [...new Set(held.map(({ integration }) => integration))];
}

async function checkOne(
  { connections }: Pick<JobDeps, 'connections'>,
  { organizationId, ownerId: actorId, persona }: PersonaUse,
  integration: string,
): Promise<JobProblem[]> {
  const attached = persona.connections[integration] ?? null;
  const connection = await connections.find({ organizationId, actorId, integration, attached });
  if (connection === null) {
    return [
      warning(
        'persona',
        `“${persona.name}” works with ${integration}, and its job has no connection to it that it may use. Connect ${integration} on the integrations page.`,
      ),
    ];
  }
  if (connection.status === 'active') return [];
  const what = connection.status === 'revoked' ? 'was revoked' : 'has to be connected again';
  return [
    warning(
      'persona',
      `The connection “${connection.label}”, which “${persona.name}” works with, ${what}. See the integrations page.`,
    ),
  ];
}
