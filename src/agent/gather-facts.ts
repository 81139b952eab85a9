import type { Catalog } from '#integrations/catalog.ts';
import type { Connection, ConnectionStore } from '#integrations/connection.ts';
import type { PreparedCall } from '#integrations/tool-definition.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { parseOrText } from './compose-prompt.ts';
import type { Containment } from './decide-call.ts';
import { type CallFacts, type Judgement, judgeCall } from './judge-call.ts';
import { attachedTo } from './narrow-persona.ts';

/** Where the facts of a call come from; the same for the guard and for the X-ray. */
export interface FactSources {
  readonly catalog: Catalog;
  readonly connections: Pick<ConnectionStore, 'find'>;
}

export interface Judged {
  readonly facts: CallFacts;
  readonly judgement: Judgement;
}

const maxInputBytes = 64 * 1024;

/** What a model wrote as arguments. Too long ones are kept as the text they begin with, which no tool takes. */
export function readInput(rawInput: string): unknown {
  return rawInput.length > maxInputBytes ? rawInput.slice(0, 200) : parseOrText(rawInput);
}

export interface AskedCall {
  readonly organizationId: string;
  readonly toolName: string;
  readonly input: unknown;
}

export async function prepareCall({ catalog }: FactSources, { organizationId, toolName, input }: AskedCall) {
  const tool = (await catalog.of(organizationId)).findTool(toolName);
  return { toolName, tool, prepared: tool === undefined ? null : tool.prepare(input) };
}

/** As far as it goes without asking the service. The connection is looked for only once nothing before stands in the way. */
export async function judgeHere(sources: FactSources, facts: CallFacts): Promise<Judged> {
  const judgement = judgeCall(facts);
  if (judgement.open !== 'connection') return { facts, judgement };
  const known = { ...facts, connection: await findConnection(sources, facts) };
  return { facts: known, judgement: judgeCall(known) };
}

async function findConnection({ connections }: FactSources, facts: CallFacts): Promise<Connection | null> {
  const { tool, persona, actor } = facts;
  if (tool === undefined) return null;
  return connections.find({
    organizationId: actor.organizationId,
    actorId: actor.id,
    integration: tool.integration,
    attached: tool.connectionId ?? attachedTo(persona, tool.integration),
  });
}

export interface Whereabouts {
  readonly integration: string;
  readonly call: PreparedCall;
  readonly connection: Connection;
}

/** Asks the service itself whether the target's database lies in the target's team. */
export async function askContainment(
  { catalog }: FactSources,
  { integration, call, connection }: Whereabouts,
  signal: AbortSignal,
): Promise<Containment> {
  try {
    return (await catalog.findIntegration(integration)?.contains(connection, call.target, signal)) ?? false;
  } catch (error) {
    return { problem: error instanceof UpstreamError ? error.message : 'The check failed.' };
  }
}
