import { z } from 'zod';
import type { PersonaRevision, PersonaService } from '#personas/persona-service.ts';
import { idPath, listQuery } from '../../contract/common.ts';
import { type RevisionView, revisionListView } from '../../contract/personas.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import { nameIn, type PersonaPresenterDeps } from './persona-view.ts';

interface Deps extends Pick<PersonaPresenterDeps, 'namesOf'> {
  readonly service: Pick<PersonaService, 'revisions'>;
}

const placeSchema = z.tuple([z.int()]);

/** GET /api/v1/personas/:id/revisions */
export function createListRevisions({ service, namesOf }: Deps): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/personas/:id/revisions',
    tag: 'Personas',
    summary: 'Every state the persona was ever in, newest first',
    access: 'personas:read',
    params: idPath,
    query: listQuery,
    answer: revisionListView,
    async handle({ actor, params, query: { cursor, limit } }) {
      const { organizationId } = actor;
      const before = readCursor(cursor, placeSchema)?.[0] ?? null;
      const rows = await service.revisions({ organizationId, id: params.id, before, limit: limit + 1 });
      const { items, nextCursor } = pageOf(rows, limit, ({ revision }) => [revision]);
      const names = await namesOf(organizationId, [...new Set(items.map(({ changedBy }) => changedBy))]);
      return { items: items.map((row) => presentRevision(row, names)), nextCursor };
    },
  });
}

function presentRevision(row: PersonaRevision, names: ReadonlyMap<string, string>): RevisionView {
  const { revision, version, change, revertedTo, changedBy, changedAt, definition } = row;
  return {
    revision,
    version,
    change,
    revertedTo,
    changedBy: nameIn(names, changedBy),
    changedAt: changedAt.toISOString(),
    definition,
  };
}
