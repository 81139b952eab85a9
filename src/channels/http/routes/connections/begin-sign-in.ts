import type { SignInService } from '#connections/oauth/sign-in.ts';
import { AppError } from '#errors';
import { authorizationView, authorizeRequest } from '../../contract/connections.ts';
import { defineRoute } from '../../route.ts';

export function createBeginSignIn({ signIns }: { signIns: Pick<SignInService, 'begin'> }) {
  return defineRoute({
    method: 'post',
    path: '/api/v1/connection-authorizations',
    tag: 'Connections',
    summary: 'Begin to connect by signing in at the other service',
    access: 'connections:own',
    body: authorizeRequest,
    answer: authorizationView,
    async handle({ actor, identity, body }) {
      const { sessionId } = identity;
      if (sessionId === null) {
        throw new AppError('FORBIDDEN', 'An API key cannot sign in at another service. Do this in the browser.');
      }
      const { connectionId = null, ...request } = body;
      return signIns.begin({ actor, sessionId }, { ...request, connectionId });
    },
  });
}
