import type { PersonaService } from '#personas/persona-service.ts';
import { importPersonaRequest, personaDetailView } from '../../contract/personas.ts';
import { defineRoute, type Route } from '../../route.ts';
import type { PersonaPresenter } from './persona-view.ts';

interface Deps {
  readonly service: Pick<PersonaService, 'importFile'>;
  readonly presenter: PersonaPresenter;
}

/** POST /api/v1/persona-imports */
export function createImportPersona({ service, presenter }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/persona-imports',
    tag: 'Personas',
    summary: 'Make a persona from the text of a file',
    access: 'personas:manage',
    maxBody: '256kb',
    status: 201,
    body: importPersonaRequest,
    answer: personaDetailView,
    handle: async ({ actor, body }) => presenter.presentDetail(await service.importFile(actor, body), actor),
  });
}
