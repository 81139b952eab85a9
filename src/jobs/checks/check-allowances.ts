import { mayDecide } from '#agent/approvals/may-decide.ts';
import { approvalPolicyFor, approvalRuleFor, type RuledTool } from '#agent/narrow-persona.ts';
import type { Actor } from '#auth/actor.ts';
import type { Tool } from '#integrations/tool-definition.ts';
import { holdsTool } from '#personas/grants.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { Allowance } from '../job-definition.ts';
import type { JobDeps } from '../job-ports.ts';
import { type JobProblem, refusal } from './problem.ts';

/** An allowance that is to be given, and by whom. */
export interface Giving {
  readonly organizationId: string;
  /** Null where there is none that could use it. */
  readonly persona: Persona | null;
  /** Whom the job acts for. */
  readonly ownerId: string;
  readonly giver: Actor;
  readonly now: Date;
}

const longestMs = 366 * 24 * 3600 * 1000;

/** Whether the giver may approve in advance what the allowance approves. `index`: its place in the definition. */
export async function checkAllowance(
  { tools }: Pick<JobDeps, 'tools'>,
  giving: Giving,
  { allowance, index }: { readonly allowance: Allowance; readonly index: number },
): Promise<readonly JobProblem[]> {
  const path = `mandate.allowances.${index}`;
  const { organizationId, persona, now } = giving;
  const tool = await tools.find(organizationId, allowance.tool);
  if (tool === null) return [refusal(path, `There is no tool “${allowance.tool}”.`)];
  const until = new Date(allowance.expiresAt).getTime() - now.getTime();
  if (until <= 0) return [refusal(`${path}.expiresAt`, 'It would be over already. Choose a time in the future.')];
  if (until > longestMs) return [refusal(`${path}.expiresAt`, 'It may hold a year at most. Choose an earlier time.')];
  if (persona === null) return [];
  return [...checkUse(path, tool, persona), ...checkGiver(path, tool, { ...giving, persona })];
}

function checkUse(path: string, tool: Tool, persona: Persona): JobProblem[] {
  const { name } = persona;
  if (!holdsTool(persona.grant, tool)) {
    return [refusal(path, `“${name}” may not use “${tool.title}” at all. Remove this, or grant it ${tool.scope}.`)];
  }
  const policy = approvalPolicyFor(tool, persona.approvals);
  if (policy === 'deny') {
    return [refusal(path, `“${name}” is forbidden to use “${tool.title}”, which nobody can approve. Remove this.`)];
  }
  if (tool.effect === 'read' && policy === 'auto') {
    return [refusal(path, `“${tool.title}” only reads, and “${name}” is never asked about it. Remove this.`)];
  }
  return [];
}

function checkGiver(
  path: string,
  tool: Tool,
  { organizationId, persona, ownerId, giver }: Giving & { readonly persona: Persona },
): JobProblem[] {
  const verdict = mayGive({ organizationId, persona, tool, ownerId, giver });
  return verdict.ok ? [] : [refusal(path, `You cannot approve “${tool.title}” in advance. ${verdict.because}`)];
}

/** By the rules for a single decision on what the job asks for: whoever may decide on one call may do so for many. */
export function mayGive({
  organizationId,
  persona,
  tool,
  ownerId,
  giver,
}: Pick<Giving, 'organizationId' | 'ownerId' | 'giver'> & { readonly persona: Persona; readonly tool: RuledTool }) {
  const { people, fourEyes } = approvalRuleFor(tool, persona);
  const question = { organizationId, requesterId: ownerId, editorId: null, approvers: people, fourEyes };
  return mayDecide({ ...question, managersOnly: false }, giver);
}
