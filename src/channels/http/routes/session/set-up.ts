import type { RequestHandler } from 'express';
import type { SetUp } from '#auth/set-up.ts';
import { done, doneView } from '../../contract/common.ts';
import { setUpRequest } from '../../contract/session.ts';
import { clientOf, setCookies } from '../../request-client.ts';
import { defineRoute, type Route } from '../../route.ts';

/** POST /api/v1/set-up */
export function createSetUpRoute({
  setUp,
  before,
}: {
  setUp: Pick<SetUp, 'complete'>;
  before: readonly RequestHandler[];
}): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/set-up',
    tag: 'Session',
    summary: 'Make the first account, once, with the link that the service shows at its start',
    access: 'anyone',
    before,
    body: setUpRequest,
    answer: doneView,
    async handle({ body, request, response }) {
      setCookies(response, await setUp.complete(body, clientOf(request)));
      return done;
    },
  });
}
