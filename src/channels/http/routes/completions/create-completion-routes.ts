import type { CompletionThreadRepository } from '#db/repositories/completion-threads.ts';
import type { Route } from '../../route.ts';
import { createCompletionThreads } from './completion-threads.ts';
import { type CreateCompletionDeps, createCreateCompletion } from './create-completion.ts';
import { createGetModel, createListModels, type ModelDeps } from './models.ts';

export interface CompletionRouteDeps extends Omit<CreateCompletionDeps, 'threads' | 'directory'>, ModelDeps {
  readonly threads: CompletionThreadRepository;
}

/** Everything for clients of OpenAI's API. */
export function createCompletionRoutes(deps: CompletionRouteDeps): readonly Route[] {
  const threads = createCompletionThreads(deps.threads);
  return [createCreateCompletion({ ...deps, threads }), createListModels(deps), createGetModel(deps)];
}
