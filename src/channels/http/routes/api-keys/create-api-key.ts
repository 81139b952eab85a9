import type { ApiKeyService } from '#auth/api-keys.ts';
import { createApiKeyRequest, createdApiKeyView } from '../../contract/organization.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentApiKey } from './api-key-view.ts';

/** POST /api/v1/api-keys */
export function createCreateApiKey({ apiKeys }: { apiKeys: Pick<ApiKeyService, 'create'> }): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/api-keys',
    tag: 'Organization',
    summary: 'Make an API key; the answer shows it once',
    access: 'api-keys:own',
    status: 201,
    body: createApiKeyRequest,
    answer: createdApiKeyView,
    async handle({ actor, body: { name, scopes, expiresAt } }) {
      const until = expiresAt === null ? null : new Date(expiresAt);
      const { apiKey, key } = await apiKeys.create(actor, { name, scopes, expiresAt: until });
      return { apiKey: presentApiKey(apiKey, new Date()), key };
    },
  });
}
