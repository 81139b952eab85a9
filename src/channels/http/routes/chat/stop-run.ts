import type { RunService } from '#agent/run-service.ts';
import type { Actor } from '#auth/actor.ts';
import { idPath } from '../../contract/common.ts';
import { stopView } from '../../contract/conversations.ts';
import { defineRoute, type Route } from '../../route.ts';
import { type ConversationReader, requireConversation } from '../conversations/get-conversation.ts';

/**
 * POST /api/chat/:id/stop: ends the answer that runs or waits. Calls that were already sent are still finished and
 * recorded; those that wait for a decision are never sent.
 */
export function createStopRun(deps: { runs: RunService; conversations: Pick<ConversationReader, 'find'> }): Route {
  return defineRoute({
    method: 'post',
    path: '/api/chat/:id/stop',
    tag: 'Conversations',
    summary: 'Stop the answer that is being written, or that waits for a decision',
    access: 'chat',
    params: idPath,
    answer: stopView,
    async handle({ actor, params }) {
      if (stopActive(deps.runs, actor, params.id)) return { stopped: true };
      await requireConversation(deps.conversations, actor, params.id);
      if (await deps.runs.stopWaiting(actor, params.id)) return { stopped: true };
      // Somebody may have decided meanwhile, and it has gone on.
      return { stopped: stopActive(deps.runs, actor, params.id) };
    },
  });
}

function stopActive(runs: RunService, actor: Actor, conversationId: string): boolean {
  const run = runs.active(actor, conversationId);
  run?.stop('stopped');
  return run !== null;
}
