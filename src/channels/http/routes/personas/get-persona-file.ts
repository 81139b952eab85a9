import type { PersonaService } from '#personas/persona-service.ts';
import { idPath } from '../../contract/common.ts';
import { personaFileView } from '../../contract/personas.ts';
import { defineRoute, type Route } from '../../route.ts';

/** GET /api/v1/personas/:id/file */
export function createGetPersonaFile({ service }: { service: Pick<PersonaService, 'exportFile'> }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/personas/:id/file',
    tag: 'Personas',
    summary: 'The persona as the text of a file',
    access: 'personas:read',
    params: idPath,
    answer: personaFileView,
    handle: ({ actor, params }) => service.exportFile(actor.organizationId, params.id),
  });
}
