import type { RunService } from '#agent/run-service.ts';
import { idPath } from '../../contract/common.ts';
import { stopView } from '../../contract/conversations.ts';
import { defineRoute, type Route } from '../../route.ts';
import { type ConversationReader, requireConversation } from '../conversations/get-conversation.ts';

/** POST /api/chat/:id/stop: ends the running answer. Calls that were already sent are still finished and recorded. */
export function createStopRun(deps: { runs: RunService; conversations: Pick<ConversationReader, 'find'> }): Route {
  return defineRoute({
    method: 'post',
    path: '/api/chat/:id/stop',
    tag: 'Conversations',
    summary: 'Stop the answer that is being written',
    access: 'chat',
    params: idPath,
    answer: stopView,
    async handle({ actor, params }) {
      const run = deps.runs.active(actor, params.id);
      if (run === null) await requireConversation(deps.conversations, actor, params.id);
      run?.stop('stopped');
      return { stopped: run !== null };
    },
  });
}
