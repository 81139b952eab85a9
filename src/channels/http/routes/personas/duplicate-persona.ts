import type { PersonaService } from '#personas/persona-service.ts';
import { idPath, nothing } from '../../contract/common.ts';
import { personaDetailView } from '../../contract/personas.ts';
import { defineRoute, type Route } from '../../route.ts';
import type { PersonaPresenter } from './persona-view.ts';

interface Deps {
  readonly service: Pick<PersonaService, 'duplicate'>;
  readonly presenter: PersonaPresenter;
}

/** POST /api/v1/personas/:id/duplicate */
export function createDuplicatePersona({ service, presenter }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/personas/:id/duplicate',
    tag: 'Personas',
    summary: 'Copy a persona, also one from a file',
    access: 'personas:manage',
    status: 201,
    params: idPath,
    body: nothing,
    answer: personaDetailView,
    handle: async ({ actor, params }) => presenter.presentDetail(await service.duplicate(actor, params.id), actor),
  });
}
