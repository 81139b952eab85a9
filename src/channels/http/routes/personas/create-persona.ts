import type { PersonaService } from '#personas/persona-service.ts';
import { createPersonaRequest, personaDetailView } from '../../contract/personas.ts';
import { defineRoute, type Route } from '../../route.ts';
import type { PersonaPresenter } from './persona-view.ts';

interface Deps {
  readonly service: Pick<PersonaService, 'create'>;
  readonly presenter: PersonaPresenter;
}

/** POST /api/v1/personas */
export function createCreatePersona({ service, presenter }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/personas',
    tag: 'Personas',
    summary: 'Create a persona',
    access: 'personas:manage',
    maxBody: '256kb',
    status: 201,
    body: createPersonaRequest,
    answer: personaDetailView,
    handle: async ({ actor, body }) => presenter.presentDetail(await service.create(actor, body.definition), actor),
  });
}
