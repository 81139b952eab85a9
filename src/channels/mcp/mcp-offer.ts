import { personaTools } from '#agent/persona-tools.ts';
import type { Actor } from '#auth/actor.ts';
import type { Catalog } from '#integrations/catalog.ts';
import type { Tool } from '#integrations/tool-definition.ts';
import { actorHoldsScope } from '#personas/grants.ts';
import type { Persona } from '#personas/persona-schema.ts';
import { askToolName } from './ask-tool-name.ts';

export interface OfferDeps {
  readonly catalog: Catalog;
  /** All that are in use, by name. */
  readonly personasOf: (organizationId: string) => Promise<readonly Persona[]>;
}

/** A tool of the catalog with the personas that can make its calls. */
export interface OfferedTool {
  readonly tool: Tool;
  readonly holders: readonly Persona[];
}

/** A persona with what it can do on behalf of the caller. */
export interface OfferedPersona {
  readonly persona: Persona;
  readonly tools: readonly Tool[];
}

/** What a caller may use, by the names of the tools it sees. */
export interface Offer {
  readonly personas: ReadonlyMap<string, OfferedPersona>;
  readonly tools: ReadonlyMap<string, OfferedTool>;
}

/**
 * The personas that answer on the API, and the tools they hold whose scope the API key was given. Read afresh for every
 * request; what is not in here is not there for the caller. The guard decides again on every call.
 */
export async function offerTo(deps: OfferDeps, actor: Actor): Promise<Offer> {
  const { personasOf } = deps;
  const catalog = await deps.catalog.of(actor.organizationId);
  const answering = (await personasOf(actor.organizationId)).filter(({ channels }) => channels.includes('api'));
  const offered = answering.map((persona): OfferedPersona => ({ persona, tools: toolsOf(catalog, persona, actor) }));
  const holdersOf = (tool: Tool) => offered.filter(({ tools }) => tools.includes(tool)).map(({ persona }) => persona);
  const tools = catalog.tools
    .map((tool) => ({ tool, holders: holdersOf(tool) }))
    .filter(({ holders }) => holders.length > 0);
  return {
    personas: new Map(offered.map((one) => [askToolName(one.persona.id), one])),
    tools: new Map(tools.map((one) => [one.tool.name, one])),
  };
}

function toolsOf(catalog: Catalog, persona: Persona, actor: Actor): readonly Tool[] {
  return personaTools(catalog, persona)
    .filter(({ tool, policy }) => policy !== 'deny' && actorHoldsScope(actor, tool.scope))
    .map(({ tool }) => tool);
}
