import type { RunService } from '#agent/run-service.ts';
import { streamRun } from '#channels/chat/stream-run.ts';
import { conversationPath } from '../../contract.ts';
import type { ActorOf, Route } from '../../route.ts';

/** GET /api/chat/:id/stream: the running answer from its beginning, or 204 when none is being written. */
export function createResumeStream(deps: { runs: RunService; actorOf: ActorOf }): Route {
  return {
    method: 'get',
    path: '/api/chat/:id/stream',
    handle(request, response) {
      const { id } = conversationPath.parse(request.params);
      const run = deps.runs.active(deps.actorOf(request), id);
      if (run === null) response.status(204).end();
      else streamRun(run, response);
    },
  };
}
