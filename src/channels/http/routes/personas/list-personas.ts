import { z } from 'zod';
import type { PersonaDirectory } from '#personas/persona-directory.ts';
import { id } from '../../contract/common.ts';
import { personaListQuery, personaListView } from '../../contract/personas.ts';
import { readCursor, writeCursor } from '../../cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import { describeProblem, type PersonaPresenter } from './persona-view.ts';

interface Deps {
  readonly directory: Pick<PersonaDirectory, 'page' | 'problems'>;
  readonly presenter: PersonaPresenter;
}

const placeSchema = z.tuple([id]);

/** GET /api/v1/personas */
export function createListPersonas({ directory, presenter }: Deps): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/personas',
    tag: 'Personas',
    summary: 'The personas of the organization, by name',
    access: 'personas:read',
    query: personaListQuery,
    answer: personaListView,
    async handle({ actor, query: { cursor, limit, archived } }) {
      const after = readCursor(cursor, placeSchema)?.[0] ?? null;
      const { organizationId } = actor;
      const page = await directory.page({ organizationId, archived: archived === 'true', after, limit });
      const neverGood = directory.problems().filter(({ usingLastGood }) => !usingLastGood);
      return {
        items: await presenter.present(page.items, actor),
        nextCursor: page.next === null ? null : writeCursor([page.next]),
        problems: neverGood.map((problem) => ({ file: problem.file, problem: describeProblem(problem) })),
      };
    },
  });
}
