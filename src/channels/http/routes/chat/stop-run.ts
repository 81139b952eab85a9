import type { RunService } from '#agent/run-service.ts';
import { idPath } from '../../contract/common.ts';
import { stopView } from '../../contract/conversations.ts';
import { defineRoute, type Route } from '../../route.ts';

/** POST /api/chat/:id/stop: ends the running answer. Calls that were already sent are still finished and recorded. */
export function createStopRun(deps: { runs: RunService }): Route {
  return defineRoute({
    method: 'post',
    path: '/api/chat/:id/stop',
    tag: 'Conversations',
    summary: 'Stop the answer that is being written',
    access: 'chat',
    params: idPath,
    answer: stopView,
    handle({ actor, params }) {
      const run = deps.runs.active(actor, params.id);
      run?.stop('stopped');
      return { stopped: run !== null };
    },
  });
}
