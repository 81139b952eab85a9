import type { RequestHandler } from 'express';
import type { RunService } from '#agent/run-service.ts';
import { streamRun } from '#channels/chat/stream-run.ts';
import { chatRequest } from '../../contract/conversations.ts';
import { defineRoute, type Route } from '../../route.ts';

/** POST /api/chat: takes one new message and streams the answer. The history is the server's own. */
export function createPostMessage(deps: {
  runs: RunService;
  before: readonly RequestHandler[];
  scrub: (text: string) => string;
}): Route {
  return defineRoute({
    method: 'post',
    path: '/api/chat',
    tag: 'Conversations',
    summary: 'Send a message and stream the answer',
    access: 'chat',
    before: deps.before,
    body: chatRequest,
    answer: { contentType: 'text/event-stream', description: 'The UI message stream of the AI SDK.' },
    async handle({ actor, body: { id, personaId, message }, response }) {
      const run = await deps.runs.start({
        actor,
        channel: actor.apiKey === null ? 'web' : 'api',
        conversationId: id,
        personaId,
        messageId: message.id,
        text: message.parts.map((part) => part.text).join(''),
      });
      streamRun(run, response, deps.scrub);
    },
  });
}
