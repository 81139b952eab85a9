import type { LanguageModelV4FunctionTool } from '@ai-sdk/provider';
import { z } from 'zod';
import type { Catalog } from '#integrations/catalog.ts';
import type { ApprovalPolicy } from '#integrations/rights.ts';
import type { Tool } from '#integrations/tool-definition.ts';
import { holdsScope } from '#personas/grants.ts';
import type { Persona } from '#personas/persona-schema.ts';
import { approvalPolicyFor } from './narrow-persona.ts';

export interface PersonaTool {
  readonly tool: Tool;
  readonly policy: ApprovalPolicy;
}

/** The tools a persona holds the scope for, each with the policy that counts. The guard decides again on every call. */
export function personaTools(catalog: Catalog, persona: Persona): PersonaTool[] {
  return catalog.tools
    .filter((tool) => holdsScope(persona.grant, tool.scope))
    .map((tool) => ({ tool, policy: approvalPolicyFor(tool, persona.approvals) }));
}

/** What a model is offered: granted tools that are not forbidden outright. Made once per persona version. */
export function createToolOffer(catalog: Catalog): (persona: Persona) => readonly LanguageModelV4FunctionTool[] {
  const schemas = new Map(
    catalog.tools.map((tool) => [tool.name, z.toJSONSchema(tool.parameters.strict(), { target: 'draft-7' })]),
  );
  const offers = new WeakMap<Persona, readonly LanguageModelV4FunctionTool[]>();
  return (persona) => {
    const known = offers.get(persona);
    if (known !== undefined) return known;
    const offer = personaTools(catalog, persona)
      .filter(({ policy }) => policy !== 'deny')
      .map(({ tool }) => ({
        type: 'function' as const,
        name: tool.name,
        description: tool.description,
        inputSchema: schemas.get(tool.name) as LanguageModelV4FunctionTool['inputSchema'],
      }));
    offers.set(persona, offer);
    return offer;
  };
}
