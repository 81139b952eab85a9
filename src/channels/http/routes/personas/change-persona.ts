import type { PersonaService } from '#personas/persona-service.ts';
import { idPath } from '../../contract/common.ts';
import { changePersonaRequest, personaDetailView } from '../../contract/personas.ts';
import { defineRoute, type Route } from '../../route.ts';
import type { PersonaPresenter } from './persona-view.ts';

interface Deps {
  readonly service: Pick<PersonaService, 'change'>;
  readonly presenter: PersonaPresenter;
}

/** PUT /api/v1/personas/:id: refused with PERSONA_CHANGED when `revision` is not the newest any more. */
export function createChangePersona({ service, presenter }: Deps): Route {
  return defineRoute({
    method: 'put',
    path: '/api/v1/personas/:id',
    tag: 'Personas',
    summary: 'Change a persona',
    access: 'personas:manage',
    maxBody: '256kb',
    params: idPath,
    body: changePersonaRequest,
    answer: personaDetailView,
    handle: async ({ actor, params, body }) =>
      presenter.presentDetail(await service.change(actor, params.id, body), actor),
  });
}
