import type { PersonaService } from '#personas/persona-service.ts';
import { idPath, nothing } from '../../contract/common.ts';
import { personaDetailView } from '../../contract/personas.ts';
import { defineRoute, type Route } from '../../route.ts';
import type { PersonaPresenter } from './persona-view.ts';

interface Deps {
  readonly service: Pick<PersonaService, 'archive'>;
  readonly presenter: PersonaPresenter;
}

/** POST /api/v1/personas/:id/archive: a run at work makes no further call. */
export function createArchivePersona({ service, presenter }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/personas/:id/archive',
    tag: 'Personas',
    summary: 'Take a persona out of use',
    access: 'personas:manage',
    params: idPath,
    body: nothing,
    answer: personaDetailView,
    handle: async ({ actor, params }) => presenter.presentDetail(await service.archive(actor, params.id), actor),
  });
}
