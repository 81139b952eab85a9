import { type FormField, type Integration, scopesOf } from '#integrations/catalog.ts';
import { effects } from '#integrations/rights.ts';
import { scopeTitles } from '#integrations/scope-titles.ts';
import type { FormFieldView, IntegrationView } from '../../contract/connections.ts';

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
    fields: connect.kind === 'form' ? connect.fields.map(presentField) : [],
    places: isKey ? connect.places.map((place) => ({ ...place })) : [],
    scopes: presentScopes(integration),
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

function presentField({ name, title, help, kind, required, choices = [], example }: FormField): FormFieldView {
  const choicesOf = choices.map((choice) => ({ ...choice }));
  return { name, title, help, kind, required, choices: choicesOf, example: example ?? null };
}

/** Each scope once, with the gravest effect among its tools. */
function presentScopes(integration: Integration): IntegrationView['scopes'] {
  const { tools, discovery } = integration;
  return scopesOf(integration).map((scope) => {
    // What nobody knows yet may do anything.
    const unknown = discovery === undefined ? 'read' : 'destructive';
    const found = tools.filter((tool) => tool.scope === scope).map(({ effect }) => effect);
    return {
      scope,
      title: scopeTitles[scope],
      effect: effects.findLast((effect) => found.includes(effect)) ?? unknown,
    };
  });
}
