import type { RequestHandler } from 'express';
import type { PasswordResetService } from '#auth/password-resets.ts';
import { done, doneView } from '../../contract/common.ts';
import { requestResetRequest } from '../../contract/session.ts';
import { defineRoute, type Route } from '../../route.ts';

/** POST /api/v1/password-reset-requests */
export function createRequestPasswordReset({
  passwordResets,
  before,
}: {
  passwordResets: Pick<PasswordResetService, 'request'>;
  before: readonly RequestHandler[];
}): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/password-reset-requests',
    tag: 'Session',
    summary: 'Have a link for a new password mailed; answers alike for every address',
    access: 'anyone',
    before,
    body: requestResetRequest,
    answer: doneView,
    async handle({ body }) {
      await passwordResets.request(body.email);
      return done;
    },
  });
}
