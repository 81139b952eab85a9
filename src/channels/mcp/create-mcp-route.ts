import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { Actor } from '#auth/actor.ts';
import { defineRoute, type Route } from '#channels/http/route.ts';
import { AppError } from '#errors';
import { createCallsInFlight, type RequestKey } from './calls-in-flight.ts';
import { getRunName } from './list-tools.ts';
import { type MessageDeps, serveMessage } from './serve-message.ts';

export interface McpDeps extends Omit<MessageDeps, 'inFlight'> {
  /** Limits on what starts a run. */
  readonly before: readonly RequestHandler[];
}

/** Batches were taken out of the protocol; each of their calls would count as none of the messages that are limited. */
const message = z
  .looseObject({ jsonrpc: z.literal('2.0'), method: z.string().optional() }, 'must be one JSON-RPC message')
  .meta({ description: 'One JSON-RPC message of the Model Context Protocol, Streamable HTTP.' });

/** POST /mcp: the personas and their tools for clients of the Model Context Protocol, with an API key. */
export function createMcpRoute({ before, ...deps }: McpDeps): Route {
  const messages: MessageDeps = { ...deps, inFlight: createCallsInFlight() };
  return defineRoute({
    method: 'post',
    path: '/mcp',
    tag: 'Compatible',
    summary: 'The Model Context Protocol: ask personas and use their tools from any MCP client',
    access: 'chat',
    keyOnly: true,
    maxBody: '256kb',
    before: [...before.map(forCallsOnly), challenge],
    body: message,
    answer: {
      contentType: ['application/json', 'text/event-stream'],
      description: 'The answer of the protocol; calls of tools are answered as a stream.',
    },
    async handle({ actor, request, response }) {
      response.removeHeader(challengeHeader);
      response.setHeader('cache-control', 'no-store');
      const caller = requireKey(actor);
      const session = sessionOf(request, response);
      cancelWhatIsNamed(messages, { apiKeyId: caller.apiKey.id, session }, request.body);
      await serveMessage(messages, { actor: caller, session, request, response });
    },
  });
}

const challengeHeader = 'www-authenticate';

/** How to get in, for whoever is not let in; taken back from those who are. */
const challenge: RequestHandler = (_request, response, next) => {
  response.setHeader(challengeHeader, 'Bearer');
  next();
};

/** Listing, and asking after what was begun, starts nothing. */
function forCallsOnly(limit: RequestHandler): RequestHandler {
  return (request, response, next) => {
    const { method, params } = (request.body ?? {}) as { method?: unknown; params?: { name?: unknown } };
    if (method !== 'tools/call' || params?.name === getRunName) next();
    else void limit(request, response, next);
  };
}

function requireKey(actor: Actor): Actor & { readonly apiKey: NonNullable<Actor['apiKey']> } {
  const { apiKey } = actor;
  if (apiKey === null) throw new AppError('SIGN_IN_REQUIRED', 'Send an API key as “Authorization: Bearer <key>”.');
  return { ...actor, apiKey };
}

const sessionHeader = 'mcp-session-id';

/**
 * The name a client is given when it begins, and says from then on. It opens nothing and is kept nowhere: it only tells
 * the requests of one client from those of another with the same API key.
 */
function sessionOf({ body, headers }: Request, response: Response): string | null {
  const { [sessionHeader]: named } = headers;
  if ((body as { method?: unknown }).method === 'initialize') response.setHeader(sessionHeader, randomUUID());
  return typeof named === 'string' && /^[\x21-\x7e]{1,128}$/.test(named) ? named : null;
}

const cancellation = z.object({
  method: z.literal('notifications/cancelled'),
  params: z.object({ requestId: z.union([z.string(), z.number()]) }),
});

/** The server that answers the named request is another one than that of this message. */
function cancelWhatIsNamed({ inFlight }: MessageDeps, who: Omit<RequestKey, 'requestId'>, body: unknown): void {
  const { data } = cancellation.safeParse(body);
  if (data !== undefined) inFlight.cancel({ ...who, requestId: data.params.requestId });
}
