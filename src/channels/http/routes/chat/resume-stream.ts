import type { RunService } from '#agent/run-service.ts';
import { streamRun } from '#channels/chat/stream-run.ts';
import { idPath } from '../../contract/common.ts';
import { defineRoute, type Route } from '../../route.ts';
import { type ConversationReader, requireConversation } from '../conversations/get-conversation.ts';

/** GET /api/chat/:id/stream: the running answer from its beginning, or 204 when none is being written. */
export function createResumeStream(deps: {
  runs: RunService;
  conversations: Pick<ConversationReader, 'find'>;
  scrub: (text: string) => string;
}): Route {
  return defineRoute({
    method: 'get',
    path: '/api/chat/:id/stream',
    tag: 'Conversations',
    summary: 'Stream the answer that is being written, from its beginning; 204 when there is none',
    access: 'chat',
    params: idPath,
    answer: {
      contentType: 'text/event-stream',
      description: 'The UI message stream of the AI SDK.',
      noContent: 'No answer is being written.',
    },
    async handle({ actor, params, response }) {
      const run = deps.runs.active(actor, params.id);
      if (run !== null) return streamRun(run, response, deps.scrub);
      await requireConversation(deps.conversations, actor, params.id);
      response.status(204).end();
    },
  });
}
