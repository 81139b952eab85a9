import type { Request, RequestHandler } from 'express';
import type { Actor } from '#auth/actor.ts';

/** One endpoint: where it is and what it does. Handlers may be async; what they throw becomes a problem response. */
export interface Route {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly handle: RequestHandler;
}

/** Who is asking. Every handler takes its organization from here and never from the request itself. */
export type ActorOf = (request: Request) => Actor;
