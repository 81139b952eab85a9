import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import { beginRun, type RunBeginning } from '#channels/chat/begin-run.ts';
import { type CallOnce, readIdempotencyKey } from '#channels/chat/call-once.ts';
import { whenOver } from '#channels/chat/read-run.ts';
import { streamRun } from '#channels/chat/stream-run.ts';
import { clientGone } from '../../client-gone.ts';
import { idPath } from '../../contract/common.ts';
import { type RunView, runView, sendMessageRequest } from '../../contract/messages.ts';
import { defineRoute, type Route } from '../../route.ts';
import { type ConversationReader, requireConversation } from '../conversations/get-conversation.ts';
import { viewRun } from './get-run.ts';

export interface SendMessageDeps extends RunBeginning {
  readonly conversations: RunBeginning['conversations'] & Pick<ConversationReader, 'find'>;
  readonly calls: CallOnce;
  readonly before: readonly RequestHandler[];
  readonly scrub: (text: string) => string;
}

/** POST /api/v1/personas/:id/messages */
export function createSendMessage(deps: SendMessageDeps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/personas/:id/messages',
    tag: 'Conversations',
    summary: 'Send a message to a persona and get its answer: as JSON, as a stream, or as a run to be polled',
    note: 'With the header `Idempotency-Key` (1 to 200 printable characters) it may be sent again for 24 hours: the same key and request is the same run, and another request under the key is refused.',
    access: 'chat',
    before: deps.before,
    params: idPath,
    body: sendMessageRequest,
    answer: {
      contentType: ['application/json', 'text/event-stream'],
      json: runView,
      description: 'The run, which has ended; or with `stream`, the UI message stream of the AI SDK.',
      accepted: 'The run is still at work, or waits for approvals: get it again from `Location` after `Retry-After`.',
    },
    async handle({ actor, params: { id: personaId }, body, request, response }) {
      const { text, conversationId, stream, wait } = body;
      const key = readIdempotencyKey(request.headers['idempotency-key']);
      const call = { actor, key, asked: [personaId, conversationId ?? null, text] };
      const known = await deps.calls.find(call);
      if (known === null && conversationId !== undefined) {
        await requireConversation(deps.conversations, actor, conversationId);
      }
      const ids = known ?? (await deps.calls.keep(call, conversationId ?? randomUUID()));
      const gone = clientGone(response);
      const channel = actor.apiKey === null ? 'web' : 'api';
      // With a key, somebody may have kept it at the same moment, or before, and not have got further.
      const isRepeated = known !== null;
      const run = await beginRun(deps, { actor, channel, ...ids, personaId, text, isRepeated }, gone);
      if (stream) return streamRun(run, response, deps.scrub);
      await whenOver(run, { ms: wait * 1000, signal: gone });
      if (!gone.aborted) answer(deps, response, await viewRun(deps, actor, run.runId));
    },
  });
}

/** How long to wait before asking again: people take longer than models. */
const retryAfterSeconds = { running: 1, waiting: 10 } as const;

function answer({ scrub }: SendMessageDeps, response: Response, view: RunView): void {
  const { status, id } = view;
  if (status === 'running' || status === 'waiting') {
    response.status(202).location(`/api/v1/runs/${id}`).setHeader('retry-after', String(retryAfterSeconds[status]));
  }
  response.type('application/json').send(scrub(JSON.stringify(runView.parse(view))));
}
