import { AppError } from '#errors';
import type { PersonaDirectory, PersonaEntry } from '#personas/persona-directory.ts';
import { idPath } from '../../contract/common.ts';
import { personaDetailView } from '../../contract/personas.ts';
import { defineRoute, type Route } from '../../route.ts';
import type { PersonaPresenter } from './persona-view.ts';

interface Deps {
  readonly directory: Pick<PersonaDirectory, 'entry'>;
  readonly presenter: PersonaPresenter;
}

/** GET /api/v1/personas/:id */
export function createGetPersona({ directory, presenter }: Deps): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/personas/:id',
    tag: 'Personas',
    summary: 'One persona with its instructions and settings',
    access: 'personas:read',
    params: idPath,
    answer: personaDetailView,
    handle: async ({ actor, params }) =>
      presenter.presentDetail(await requireEntry(directory, actor.organizationId, params.id), actor),
  });
}

/** Throws AppError NOT_FOUND. */
export async function requireEntry(
  directory: Pick<PersonaDirectory, 'entry'>,
  organizationId: string,
  id: string,
): Promise<PersonaEntry> {
  const entry = await directory.entry(organizationId, id);
  if (entry === null) throw new AppError('NOT_FOUND', 'There is no such persona.');
  return entry;
}
