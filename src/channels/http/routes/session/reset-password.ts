import type { RequestHandler } from 'express';
import type { PasswordResetService } from '#auth/password-resets.ts';
import { done, doneView } from '../../contract/common.ts';
import { resetPasswordRequest } from '../../contract/session.ts';
import { defineRoute, type Route } from '../../route.ts';

/** POST /api/v1/password-resets */
export function createResetPassword({
  passwordResets,
  before,
}: {
  passwordResets: Pick<PasswordResetService, 'reset'>;
  before: readonly RequestHandler[];
}): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/password-resets',
    tag: 'Session',
    summary: 'Choose a new password with the link; signs out everywhere',
    access: 'anyone',
    before,
    body: resetPasswordRequest,
    answer: doneView,
    async handle({ body }) {
      await passwordResets.reset(body.token, body.newPassword);
      return done;
    },
  });
}
