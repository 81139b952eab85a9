import type { ApiKeyService } from '#auth/api-keys.ts';
import { done, doneView, idPath } from '../../contract/common.ts';
import { defineRoute, type Route } from '../../route.ts';

/** DELETE /api/v1/api-keys/:id */
export function createRevokeApiKey({ apiKeys }: { apiKeys: Pick<ApiKeyService, 'revoke'> }): Route {
  return defineRoute({
    method: 'delete',
    path: '/api/v1/api-keys/:id',
    tag: 'Organization',
    summary: 'Revoke an API key at once',
    access: 'api-keys:own',
    params: idPath,
    answer: doneView,
    async handle({ actor, params }) {
      await apiKeys.revoke(actor, params.id);
      return done;
    },
  });
}
