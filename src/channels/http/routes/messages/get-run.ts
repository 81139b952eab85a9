import type { Actor } from '#auth/actor.ts';
import { answerOf, type RunReading, type StoredRun } from '#channels/chat/read-run.ts';
import { AppError } from '#errors';
import { idPath } from '../../contract/common.ts';
import { type RunView, runView } from '../../contract/messages.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentRun } from './run-view.ts';

/** GET /api/v1/runs/:id */
export function createGetRun(deps: RunReading): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/runs/:id',
    tag: 'Conversations',
    summary: 'One run of one’s own: how far it is, its answer and its tool calls',
    access: 'chat',
    params: idPath,
    answer: runView,
    handle: ({ actor, params }) => viewRun(deps, actor, params.id),
  });
}

/** Throws AppError NOT_FOUND for a run that is not there or not on the actor's behalf. */
export async function requireRun(deps: Pick<RunReading, 'stored'>, actor: Actor, id: string): Promise<StoredRun> {
  const run = await deps.stored.find(actor.organizationId, id);
  if (run === null || run.actorId !== actor.id) throw new AppError('NOT_FOUND', 'There is no such run.');
  return run;
}

/** Throws as `requireRun` does. */
export async function viewRun(deps: RunReading, actor: Actor, id: string): Promise<RunView> {
  const run = await requireRun(deps, actor, id);
  return presentRun(run, await answerOf(deps, run));
}
