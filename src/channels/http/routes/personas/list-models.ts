import { listModels } from '#agent/known-models.ts';
import { modelListView } from '../../contract/personas.ts';
import { defineRoute, type Route } from '../../route.ts';

interface Deps {
  /** The names of the configured providers. */
  readonly providers: readonly string[];
  readonly defaultModel: string;
}

/** GET /api/v1/models */
export function createListModels({ providers, defaultModel }: Deps): Route {
  const items = listModels(providers, defaultModel);
  return defineRoute({
    method: 'get',
    path: '/api/v1/models',
    tag: 'Personas',
    summary: 'Models a persona can be set to',
    access: 'personas:read',
    answer: modelListView,
    handle: () => ({ items, nextCursor: null, providers: [...providers] }),
  });
}
