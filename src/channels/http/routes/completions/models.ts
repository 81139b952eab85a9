import { z } from 'zod';
import type { Actor } from '#auth/actor.ts';
import type { PersonaDirectory, PersonaEntry } from '#personas/persona-directory.ts';
import { CompatibleProblem } from '../../compatible-problem.ts';
import { type ModelView, modelListView, modelView } from '../../contract/completions.ts';
import { defineRoute, type Route } from '../../route.ts';

export interface ModelDeps {
  readonly directory: Pick<PersonaDirectory, 'find' | 'entry' | 'page'>;
}

const channel = 'api';
const mostModels = 1_000;

/** GET /v1/models */
export function createListModels({ directory }: ModelDeps): Route {
  return defineRoute({
    method: 'get',
    path: '/v1/models',
    tag: 'Compatible',
    summary: 'The personas that answer on the channel API, as OpenAI’s models',
    access: 'chat',
    keyOnly: true,
    answer: modelListView,
    async handle({ actor: { organizationId } }) {
      const { items } = await directory.page({ organizationId, archived: false, after: null, limit: mostModels });
      const data = items.filter(({ persona }) => persona.channels.includes(channel)).map(presentModel);
      return { object: 'list' as const, data };
    },
  });
}

/** GET /v1/models/:id */
export function createGetModel({ directory }: ModelDeps): Route {
  return defineRoute({
    method: 'get',
    path: '/v1/models/:id',
    tag: 'Compatible',
    summary: 'One persona that answers on the channel API, as OpenAI’s model',
    access: 'chat',
    keyOnly: true,
    params: z.strictObject({ id: z.string() }),
    answer: modelView,
    async handle({ actor, params: { id } }) {
      await requireModel(directory, actor, id);
      const entry = await directory.entry(actor.organizationId, id);
      if (entry === null) throw noSuchModel(id);
      return presentModel(entry);
    },
  });
}

/** Throws CompatibleProblem where no persona of that id answers on this channel. */
export async function requireModel(
  directory: Pick<PersonaDirectory, 'find'>,
  { organizationId }: Actor,
  id: string,
): Promise<void> {
  const persona = await directory.find(organizationId, id);
  if (persona?.channels.includes(channel) !== true) throw noSuchModel(id);
}

function noSuchModel(id: string): CompatibleProblem {
  return new CompatibleProblem(
    'NOT_FOUND',
    `The model “${id.slice(0, 100)}” is not there: a model is the id of a persona that has the channel API ticked. GET /v1/models lists them.`,
    { param: 'model', code: 'model_not_found' },
  );
}

function presentModel({ persona: { id, name, description }, record }: PersonaEntry): ModelView {
  // A file says nothing about when it was made.
  const created = Math.floor((record?.updatedAt.getTime() ?? 0) / 1000);
  return { id, object: 'model', created, owned_by: 'organization', name, description };
}
