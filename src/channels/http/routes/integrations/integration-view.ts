import type { Integration } from '#integrations/catalog.ts';
import { effects } from '#integrations/rights.ts';
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
    const found = tools.filter((tool) => tool.scope === scope).map(({ effect }) => effect);
    return { scope, title: scopeTitles[scope], effect: effects.findLast((effect) => found.includes(effect)) ?? 'read' };
  });
}
