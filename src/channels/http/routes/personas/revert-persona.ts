import type { PersonaService } from '#personas/persona-service.ts';
import { idPath } from '../../contract/common.ts';
import { personaDetailView, revertPersonaRequest } from '../../contract/personas.ts';
import { defineRoute, type Route } from '../../route.ts';
import type { PersonaPresenter } from './persona-view.ts';

interface Deps {
  readonly service: Pick<PersonaService, 'revert'>;
  readonly presenter: PersonaPresenter;
}

/** POST /api/v1/personas/:id/revert: the earlier state becomes the newest revision. */
export function createRevertPersona({ service, presenter }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/personas/:id/revert',
    tag: 'Personas',
    summary: 'Go back to an earlier revision',
    access: 'personas:manage',
    params: idPath,
    body: revertPersonaRequest,
    answer: personaDetailView,
    handle: async ({ actor, params, body }) =>
      presenter.presentDetail(await service.revert(actor, params.id, body), actor),
  });
}
