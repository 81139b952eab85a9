import { suggest } from '#personas/describe-issue.ts';
import { allowsTarget, holdsScope, holdsTool } from '#personas/grants.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { JobDefinition, Sync } from '../job-definition.ts';
import type { JobDeps } from '../job-ports.ts';
import { type JobProblem, refusal, warning } from './problem.ts';

interface Syncing {
  readonly organizationId: string;
  readonly definition: JobDefinition;
  readonly persona: Persona;
}

/** Whether the persona may read what is copied, and write where it goes. */
export async function checkSync(
  deps: Pick<JobDeps, 'tools'>,
  { organizationId, definition, persona }: Syncing,
): Promise<readonly JobProblem[]> {
  const { sync } = definition;
  if (sync === null) return [];
  return [...(await checkFrom(deps, { organizationId, sync, persona })), ...checkTo(sync, persona)];
}

interface Reading {
  readonly organizationId: string;
  readonly sync: Sync;
  readonly persona: Persona;
}

async function checkFrom(
  { tools }: Pick<JobDeps, 'tools'>,
  { organizationId, sync, persona }: Reading,
): Promise<JobProblem[]> {
  const { tool: name, arguments: args } = sync.from;
  const tool = await tools.find(organizationId, name);
  if (tool === null) {
    const names = (await tools.list(organizationId)).map((known) => known.name);
    return [refusal('sync.from.tool', `There is no tool “${name}”.${suggest(name, names)}`)];
  }
  if (tool.effect !== 'read') {
    return [
      refusal('sync.from.tool', `“${tool.title}” changes something. What is copied is read with a tool that reads.`),
    ];
  }
  if (!holdsTool(persona.grant, tool)) {
    return [refusal('sync.from.tool', `“${persona.name}” may not use “${tool.title}”. Grant it ${tool.scope}.`)];
  }
  // What is filled in later cannot be looked at now.
  if (JSON.stringify(args).includes('{{')) return [];
  const call = tool.prepare(args);
  if (!call.ok) return [refusal('sync.from.arguments', `${call.problem}.`)];
  if (allowsTarget(persona.grant.limits, call.target)) return [];
  return [refusal('sync.from.arguments', `What is read lies outside the limits of “${persona.name}”.`)];
}

function checkTo({ to }: Sync, { name, grant }: Persona): JobProblem[] {
  if (!holdsScope(grant, 'ninox:records:write')) {
    return [
      refusal('sync.to', `“${name}” may not write records. Grant it ninox:records:write, or choose another persona.`),
    ];
  }
  if (allowsTarget(grant.limits, to)) return [];
  return [warning('sync.to', `The target table lies outside the limits of “${name}”, so nothing would be written.`)];
}
