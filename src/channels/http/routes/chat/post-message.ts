import type { RunService } from '#agent/run-service.ts';
import { streamRun } from '#channels/chat/stream-run.ts';
import { chatRequest } from '../../contract.ts';
import type { ActorOf, Route } from '../../route.ts';

/** POST /api/chat: takes one new message and streams the answer. The history is the server's own. */
export function createPostMessage(deps: { runs: RunService; actorOf: ActorOf }): Route {
  return {
    method: 'post',
    path: '/api/chat',
    async handle(request, response) {
      const { id, personaId, message } = chatRequest.parse(request.body);
      const run = await deps.runs.start({
        actor: deps.actorOf(request),
        channel: 'web',
        conversationId: id,
        personaId,
        messageId: message.id,
        text: message.parts.map((part) => part.text).join(''),
      });
      streamRun(run, response);
    },
  };
}
