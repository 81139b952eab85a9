import type { RunService } from '#agent/run-service.ts';
import { conversationPath, type StopView } from '../../contract.ts';
import type { ActorOf, Route } from '../../route.ts';

/** POST /api/chat/:id/stop: ends the running answer. Calls that were already sent are still finished and recorded. */
export function createStopRun(deps: { runs: RunService; actorOf: ActorOf }): Route {
  return {
    method: 'post',
    path: '/api/chat/:id/stop',
    handle(request, response) {
      const { id } = conversationPath.parse(request.params);
      const run = deps.runs.active(deps.actorOf(request), id);
      run?.stop('stopped');
      const view: StopView = { stopped: run !== null };
      response.status(202).json(view);
    },
  };
}
