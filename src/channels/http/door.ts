import express, { type Express, type Request, type RequestHandler } from 'express';
import type { Identity } from '#auth/identity.ts';
import { may, personalPermissions } from '#auth/permissions.ts';
import { AppError } from '#errors';
import { isRaw, type Route } from './route.ts';

export interface DoorOptions {
  readonly routes: readonly Route[];
  /** Who sent the request, or null. Throws AppError for a credential that is there and not valid. */
  readonly identify: (request: Request) => Promise<Identity | null>;
  /** Takes secrets in use out of every answer. */
  readonly scrub: (text: string) => string;
}

/** The one door of pages and API: every route is let in by the same steps in the same order. */
export function mountRoutes(app: Express, options: DoorOptions): void {
  const parserFor = (limit: string) => express.json({ limit, type: 'application/json' });
  const parsers = { '64kb': parserFor('64kb'), '256kb': parserFor('256kb'), '1mb': parserFor('1mb') };
  for (const route of options.routes) {
    const parse = route.method === 'get' ? [] : [requireJson, parsers[route.maxBody ?? '64kb']];
    app[route.method](route.path, ...parse, ...(route.before ?? []), serveRoute(route, options));
  }
}

function serveRoute(route: Route, { identify, scrub }: DoorOptions): RequestHandler {
  return async (request, response) => {
    const identity = await identify(request);
    requireAccess(route, identity);
    const view = await route.serve(request, response, { identity, actor: identity?.actor ?? null });
    if (isRaw(route.answer)) return;
    response
      .status(route.status ?? 200)
      .type('application/json')
      .send(scrub(JSON.stringify(view)));
  };
}

function requireAccess({ access, keyOnly }: Route, identity: Identity | null): void {
  if (access === 'anyone') return;
  if (keyOnly && (identity === null || identity.sessionId !== null)) {
    throw new AppError('SIGN_IN_REQUIRED', 'Send an API key as “Authorization: Bearer <key>”.');
  }
  if (identity === null) throw new AppError('SIGN_IN_REQUIRED', 'Sign in to go on, or send a valid API key.');
  if (access === 'signed-in') {
    if (identity.sessionId !== null) return;
    throw new AppError('FORBIDDEN', 'An API key cannot do this. Sign in with your password instead.');
  }
  if (identity.actor === null) {
    throw new AppError('FORBIDDEN', 'You belong to no organization yet. Create one, or ask for an invitation.');
  }
  if (may(identity.actor, access)) return;
  const { apiKey, role } = identity.actor;
  if (apiKey !== null && personalPermissions.includes(access))
    throw new AppError('FORBIDDEN', 'Only a person who is signed in does this; an API key cannot.');
  throw new AppError(
    'FORBIDDEN',
    apiKey === null
      ? `Your role here, ${role}, does not allow this (${access}). An owner or admin can do it or change your role.`
      : `The API key “${apiKey.name}” does not allow this (${access}). Use a key that has this scope.`,
  );
}

/** State changes need JSON, which a foreign page cannot send without a preflight that is never granted. */
const requireJson: RequestHandler = (request, _response, next) => {
  // Asked of the header itself: a request without a body would otherwise pass, and such a one needs no preflight.
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new AppError('MEDIA_TYPE_UNSUPPORTED', 'Send the request as application/json.');
  }
  next();
};
