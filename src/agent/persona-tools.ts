import type { LanguageModelV4FunctionTool } from '@ai-sdk/provider';
import type { Actor } from '#auth/actor.ts';
import type { Catalog } from '#integrations/catalog.ts';
import type { ApprovalPolicy, Grant } from '#integrations/rights.ts';
import type { Tool } from '#integrations/tool-definition.ts';
import { grantsFor, holdsTool } from '#personas/grants.ts';
import type { Persona } from '#personas/persona-schema.ts';
import { approvalPolicyFor } from './narrow-persona.ts';

type Offer = readonly LanguageModelV4FunctionTool[];

export type ToolOffer = (persona: Persona, actor: Pick<Actor, 'role' | 'organizationId'>) => Promise<Offer>;

export interface PersonaTool {
  readonly tool: Tool;
  readonly policy: ApprovalPolicy;
}

/** The tools a persona holds the scope for, each with the policy that counts. The guard decides again on every call. */
export function personaTools(catalog: Catalog, persona: Persona): PersonaTool[] {
  return toolsWithin(catalog, persona, [persona.grant]);
}

function toolsWithin(catalog: Catalog, persona: Persona, grants: readonly Grant[]): PersonaTool[] {
  return catalog.tools
    .filter((tool) => grants.every((grant) => holdsTool(grant, tool)))
    .map((tool) => ({ tool, policy: approvalPolicyFor(tool, persona.approvals) }));
}

interface Offers {
  readonly members: WeakMap<Persona, Offer>;
  readonly guests: WeakMap<Persona, Offer>;
}

/** What a model is offered on somebody's behalf: granted tools that are not forbidden outright. Made once per persona version. */
export function createToolOffer(base: Catalog): ToolOffer {
  const offersOf = new WeakMap<Catalog, Offers>();
  return async (persona, actor) => {
    const catalog = await base.of(actor.organizationId);
    const isGuest = actor.role === 'guest';
    const offersFor = offersOf.get(catalog) ?? { members: new WeakMap(), guests: new WeakMap() };
    offersOf.set(catalog, offersFor);
    const offers = isGuest ? offersFor.guests : offersFor.members;
    const known = offers.get(persona);
    if (known !== undefined) return known;
    const offer = toolsWithin(catalog, persona, grantsFor(persona, actor))
      .filter(({ tool, policy }) => policy !== 'deny' && (!isGuest || tool.effect === 'read'))
      .map(({ tool }) => ({
        type: 'function' as const,
        name: tool.name,
        description: tool.description,
        inputSchema: tool.parameters as unknown as LanguageModelV4FunctionTool['inputSchema'],
      }));
    offers.set(persona, offer);
    return offer;
  };
}
