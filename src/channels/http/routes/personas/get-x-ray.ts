import type { XRay, XRayResult } from '#agent/x-ray.ts';
import type { Actor } from '#auth/actor.ts';
import type { PersonaDirectory } from '#personas/persona-directory.ts';
import { idPath } from '../../contract/common.ts';
import { type XRayView, xRayQuery, xRayView } from '../../contract/personas.ts';
import { defineRoute, type Route } from '../../route.ts';
import { requireEntry } from './get-persona.ts';
import { onBehalfOf } from './on-behalf-of.ts';
import { presentRule, presentTool } from './persona-view.ts';

interface Deps {
  readonly directory: Pick<PersonaDirectory, 'entry'>;
  readonly xRay: Pick<XRay, 'xRay'>;
}

/** GET /api/v1/personas/:id/x-ray */
export function createGetXRay({ directory, xRay }: Deps): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/personas/:id/x-ray',
    tag: 'Personas',
    summary: 'What the persona can do for the caller, or for a guest, computed as the guard computes it',
    access: 'personas:read',
    params: idPath,
    query: xRayQuery,
    answer: xRayView,
    async handle({ actor: caller, params, query }) {
      const actor = onBehalfOf(caller, query.as);
      const { persona, archived } = await requireEntry(directory, actor.organizationId, params.id);
      return presentXRay(actor, await xRay.xRay({ persona, archived, actor }));
    },
  });
}

function presentXRay({ id, name, role }: Actor, result: XRayResult): XRayView {
  return {
    actor: { id, name, role },
    connections: result.connections.map(({ integration, connection }) => ({
      integration,
      connection:
        connection === null
          ? null
          : {
              id: connection.id,
              label: connection.label,
              ownership: connection.ownerId === null ? ('organization' as const) : ('personal' as const),
              status: connection.status,
            },
    })),
    tools: result.tools.map((found) => ({
      tool: presentTool(found),
      parameters: Object.entries(found.tool.parameters.properties).map(([name, schema]) => ({
        name,
        description: 'description' in schema ? String(schema.description) : '',
      })),
      allowed: found.blockedBy === null,
      blockedBy: found.blockedBy,
      gates: [...found.gates],
      rule: {
        ...presentRule(found.rule, result.members),
        deciders: found.deciders.map(({ id, name }) => ({ id, name })),
      },
      effects: found.effects,
    })),
    outsideText: result.outsideText,
    publicTables: [...result.publicTables],
    grants: result.grants.map(({ integration, scopes, limits }) => ({ integration, scopes: [...scopes], limits })),
    names: result.names,
  };
}
