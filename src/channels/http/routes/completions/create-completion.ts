import type { RequestHandler, Response } from 'express';
import type { ApprovalService } from '#agent/approvals/approval-service.ts';
import { summaryOf } from '#agent/approvals/describe-question.ts';
import type { Actor } from '#auth/actor.ts';
import { readIdempotencyKey } from '#channels/chat/call-once.ts';
import { sendEvents } from '#channels/chat/stream-run.ts';
import type { Logger } from '#log';
import type { PersonaDirectory } from '#personas/persona-directory.ts';
import { clientGone } from '../../client-gone.ts';
import { completionRequest, completionView } from '../../contract/completions.ts';
import { defineRoute, type Route } from '../../route.ts';
import {
  type BegunCompletion,
  beginCompletion,
  type CompletionBeginning,
  type CompletionCall,
} from './begin-completion.ts';
import { createChunkEncoder, presentCompletion } from './completion-view.ts';
import { concludeRun } from './conclude-run.ts';
import { requireModel } from './models.ts';
import { readMessages } from './read-messages.ts';
import { type Ending, type LastEvent, type Piece, type Pieces, readPieces } from './run-pieces.ts';

export interface CreateCompletionDeps extends CompletionBeginning {
  readonly directory: Pick<PersonaDirectory, 'find'>;
  readonly approvals: Pick<ApprovalService, 'find'>;
  readonly before: readonly RequestHandler[];
  readonly scrub: (text: string) => string;
  readonly log: Logger;
}

/** POST /v1/chat/completions */
export function createCreateCompletion(deps: CreateCompletionDeps): Route {
  return defineRoute({
    method: 'post',
    path: '/v1/chat/completions',
    tag: 'Compatible',
    summary: 'OpenAI’s chat completions: the model is a persona’s id',
    note: 'With the header `Idempotency-Key` it may be sent again for 24 hours: the same key and request is the same run.',
    access: 'chat',
    keyOnly: true,
    maxBody: '1mb',
    before: deps.before,
    body: completionRequest,
    answer: {
      contentType: ['application/json', 'text/event-stream'],
      json: completionView,
      description: 'The answer; or with `stream`, its chunks, and `[DONE]` at the end.',
    },
    async handle({ actor, body, request, response }) {
      await requireModel(deps.directory, actor, body.model);
      const sent = readMessages(body);
      const key = readIdempotencyKey(request.headers['idempotency-key']);
      const isRetry = Number(request.headers['x-stainless-retry-count'] ?? 0) > 0;
      const gone = clientGone(response);
      const call = { actor, sent, key, isRetry };
      const begun = await beginCompletion(deps, call, gone);
      const pieces = readPieces(begun.run, (last, text) => conclude(deps, { ...call, ...begun }, { last, text }));
      const facts = { runId: begun.run.runId, model: body.model, created: Math.floor(Date.now() / 1000) };
      if (body.stream === true) {
        const withUsage = body.stream_options?.include_usage === true;
        return streamPieces(deps, response, { pieces, encode: createChunkEncoder({ ...facts, withUsage }) });
      }
      const whole = await Promise.race([pieces.whole, aborted(gone)]);
      if (whole === null) return;
      if (whole.ending.problem !== null) throw whole.ending.problem;
      response.type('application/json').send(deps.scrub(JSON.stringify(presentCompletion(facts, whole))));
    },
  });
}

type Answered = CompletionCall & BegunCompletion;

async function conclude(
  deps: CreateCompletionDeps,
  answered: Answered,
  { last, text }: { readonly last: LastEvent; readonly text: string },
): Promise<Ending> {
  const { actor, run } = answered;
  const ending = await concludeRun(
    {
      ...run,
      describeApproval: (id) => describeApproval(deps, actor, id),
      approvalsAddress: `${deps.publicUrl()}/approvals`,
    },
    last,
    text,
  );
  const answer = [text, ending.words].filter(Boolean).join('\n\n');
  try {
    await remember(deps, answered, { ending, answer });
  } catch (error) {
    // The next request begins a new conversation then, which quotes this one.
    deps.log.error({ err: error, runId: run.runId }, 'a conversation will not be found by its history');
  }
  return ending;
}

/** By what the client will send next: the answer, or what it has sent now, where it may have kept no answer. */
async function remember(
  { threads }: CreateCompletionDeps,
  { actor, sent, run, thread, isJoined }: Answered,
  { ending, answer }: { readonly ending: Ending; readonly answer: string },
): Promise<void> {
  // Whoever began the run does; the conversation may have gone further since.
  if (isJoined) return;
  const { conversationId } = run;
  if (answer !== '') await threads.put(actor, sent, { conversationId, answer });
  if (ending.problem !== null && thread !== null) await threads.putBack(actor, sent, conversationId);
}

async function describeApproval({ approvals }: CreateCompletionDeps, actor: Actor, id: string): Promise<string | null> {
  try {
    return summaryOf((await approvals.find(actor, id)).question);
  } catch {
    // Somebody may have changed what is asked meanwhile; the page shows what it is now.
    return null;
  }
}

/** From here on nothing but the stream can tell of a fault. */
const latestHeadMs = 10_000;

interface Streaming {
  readonly pieces: Pieces;
  readonly encode: (piece: Piece) => string;
}

async function streamPieces(
  { scrub }: CreateCompletionDeps,
  response: Response,
  { pieces, encode }: Streaming,
): Promise<void> {
  const first = await Promise.race([pieces.first, aborted(AbortSignal.timeout(latestHeadMs))]);
  if (first?.type === 'end' && first.ending.problem !== null) throw first.ending.problem;
  sendEvents(pieces, response, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
    encode: (piece) => scrub(encode(piece)),
    isLast: ({ type }) => type === 'end',
    end: 'data: [DONE]\n\n',
  });
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}
