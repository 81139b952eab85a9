import type { PersonaService } from '#personas/persona-service.ts';
import { idPath, nothing } from '../../contract/common.ts';
import { personaDetailView } from '../../contract/personas.ts';
import { defineRoute, type Route } from '../../route.ts';
import type { PersonaPresenter } from './persona-view.ts';

interface Deps {
  readonly service: Pick<PersonaService, 'restore'>;
  readonly presenter: PersonaPresenter;
}

/** POST /api/v1/personas/:id/restore */
export function createRestorePersona({ service, presenter }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/personas/:id/restore',
    tag: 'Personas',
    summary: 'Bring an archived persona back',
    access: 'personas:manage',
    params: idPath,
    body: nothing,
    answer: personaDetailView,
    handle: async ({ actor, params }) => presenter.presentDetail(await service.restore(actor, params.id), actor),
  });
}
