import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { Actor } from '#auth/actor.ts';
import type { Identity } from '#auth/identity.ts';
import type { Permission } from '#auth/permissions.ts';
import { nothing } from './contract/common.ts';

/** Who may call: anyone, whoever is signed in, or who holds a permission in the organization they work in. */
export type Access = 'anyone' | 'signed-in' | Permission;

export const routeTags = [
  'Session',
  'Organization',
  'Integrations',
  'Connections',
  'Personas',
  'Conversations',
  'Approvals',
  'Widgets',
  'Jobs',
  'Inbox',
  'Slack',
  'Compatible',
  'Activity',
  'Service',
] as const;
export type RouteTag = (typeof routeTags)[number];

/** An answer the handler writes itself. */
export interface RawAnswer {
  /** One, or each that it may be answered in. */
  readonly contentType: string | readonly string[];
  readonly description: string;
  /** 200 unless said otherwise. */
  readonly status?: number;
  /** When it answers 204 instead. */
  readonly noContent?: string;
  /** When it answers 202 instead, with the same JSON. */
  readonly accepted?: string;
  /** What it holds where it is JSON. */
  readonly json?: z.ZodType;
}

/** What the door hands to every handler. Handlers take the organization from `actor`, never from the request. */
export interface Caller {
  readonly identity: Identity | null;
  readonly actor: Actor | null;
}

type CallerFor<Who extends Access> = Who extends 'anyone'
  ? Caller
  : Who extends 'signed-in'
    ? { readonly identity: Identity; readonly actor: Actor | null }
    : { readonly identity: Identity; readonly actor: Actor };

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : Record<string, never>;

type Handled<Answer> = Answer extends z.ZodType ? z.output<Answer> | Promise<z.output<Answer>> : void | Promise<void>;

interface RouteFacts {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Express' path: `/api/v1/personas/:id`. */
  readonly path: `/api/${string}` | `/v1/${string}` | `/hooks/${string}` | '/mcp';
  readonly tag: RouteTag;
  /** A few words for the reference: what it does. */
  readonly summary: string;
  /** A sentence or two more for the reference, e.g. on headers. */
  readonly note?: string;
  readonly access: Access;
  /** 200 unless said otherwise. */
  readonly status?: 200 | 201;
  /** The longest body it takes; 64 kB unless said otherwise. */
  readonly maxBody?: '256kb' | '1mb';
  /** A session is not enough: it takes API keys only. */
  readonly keyOnly?: true;
  /** Run before anybody is identified, e.g. rate limits; the body is parsed JSON then. */
  readonly before?: readonly RequestHandler[];
}

/** One endpoint, as it is declared. Leave `query` and `body` out where there is none: anything given is refused then. */
export interface RouteSpec<Who extends Access, Params, Query, Body, Answer> extends RouteFacts {
  readonly access: Who;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Answer;
  readonly handle: (
    call: CallerFor<Who> & {
      readonly params: Output<Params>;
      readonly query: Output<Query>;
      readonly body: Output<Body>;
      readonly request: Request;
      readonly response: Response;
    },
  ) => Handled<Answer>;
}

/** One endpoint with its types erased: what the door mounts and the OpenAPI document describes. */
export interface Route extends RouteFacts {
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  readonly answer: z.ZodType | RawAnswer;
  /** What to answer as JSON; undefined where the handler wrote the answer itself. */
  serve(request: Request, response: Response, caller: Caller): Promise<unknown>;
}

type Schema = z.ZodType | undefined;

/** Declares an endpoint. Whatever `handle` throws becomes a problem response. */
export function defineRoute<
  const Who extends Access,
  Answer extends z.ZodType | RawAnswer,
  Params extends Schema = undefined,
  Query extends Schema = undefined,
  Body extends Schema = undefined,
>(spec: RouteSpec<Who, Params, Query, Body, Answer>): Route {
  const params = spec.params ?? nothing;
  const query = spec.query ?? nothing;
  const body = spec.body ?? nothing;
  const { handle, ...facts } = spec;
  return {
    ...facts,
    params,
    query,
    body,
    async serve(request, response, caller) {
      const call = {
        ...caller,
        params: params.parse(request.params),
        query: query.parse(request.query),
        // A reading request has no body; the others were parsed by the door.
        body: spec.method === 'get' ? {} : body.parse(request.body),
        request,
        response,
      };
      // The door has held `access` against the caller, and the schemas have made these types true.
      return handle(call as unknown as Parameters<typeof handle>[0]);
    },
  };
}

export function isRaw(answer: Route['answer']): answer is RawAnswer {
  return !(answer instanceof z.ZodType);
}
