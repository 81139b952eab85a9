import type { Integration } from '#integrations/catalog.ts';
import { scopeTitles } from '#integrations/scope-titles.ts';
import type { IntegrationView } from '../../contract/connections.ts';

export function presentIntegration(integration: Integration, connections: number): IntegrationView {
  const { name, title, description, category, connect, tools } = integration;
  const isKey = connect.kind === 'api_key';
  return {
    name,
    title,
    description,
    category,
    auth: connect.kind,
    keyHelp: isKey ? connect.keyHelp : null,
    places: isKey ? connect.places.map((place) => ({ ...place })) : [],
    scopes: presentScopes(tools),
    tools: tools.map((tool) => ({
      name: tool.name,
      slug: tool.slug,
      title: tool.title,
      description: tool.description,
      integration: tool.integration,
      scope: tool.scope,
      effect: tool.effect,
      approval: tool.defaultApproval,
    })),
    connections,
  };
}

/** Each scope once, with the gravest effect among its tools. */
function presentScopes(tools: Integration['tools']): IntegrationView['scopes'] {
  const scopes = [...new Set(tools.map(({ scope }) => scope))];
  return scopes.map((scope) => {
    const isDestructive = tools.some((tool) => tool.scope === scope && tool.effect === 'destructive');
    return { scope, title: scopeTitles[scope], effect: isDestructive ? 'destructive' : 'read' };
  });
}
