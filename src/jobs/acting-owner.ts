import type { Actor } from '#auth/actor.ts';
import { may } from '#auth/permissions.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { Job, JobRun } from './job.ts';
import type { JobDeps, JobPeople } from './job-ports.ts';
import { keyScopesOfTrial } from './trial-rights.ts';

export interface ActingDeps {
  readonly people: Pick<JobPeople, 'find'>;
  readonly personas: Pick<JobDeps['personas'], 'find'>;
}

export type Acting =
  | { readonly ok: true; readonly actor: Actor; readonly persona: Persona }
  /** In words for people. The job cannot go on before somebody has mended it. */
  | { readonly ok: false; readonly problem: string };

interface Owner {
  readonly id: string;
  readonly keyScopes: readonly string[] | null;
}

/** Whose a run is: the job's owner, or who tries a definition. Null for a run whose job is gone. */
export function ownerOf(run: JobRun, job: Job | null): Owner | null {
  if (run.trial)
    return run.startedBy === null ? null : { id: run.startedBy, keyScopes: keyScopesOfTrial(run.causeKey) };
  return job === null ? null : { id: job.ownerId, keyScopes: job.keyScopes };
}

/** On whose behalf and through whom a run works, with the rights of this moment. */
export async function findActing(deps: ActingDeps, run: JobRun, owner: Owner): Promise<Acting> {
  const { organizationId, definition } = run;
  const person = await deps.people.find(organizationId, owner.id);
  if (person === null) {
    return refused(
      'Whoever it acted for has left the organization. Export it and let somebody else import it, or delete it.',
    );
  }
  const { id, name, role } = person;
  const actor: Actor = { kind: 'schedule', id, name, organizationId, role, keyScopes: owner.keyScopes, apiKey: null };
  if (!may({ role, keyScopes: null }, 'jobs:own')) {
    return refused(
      `Whoever it acts for is ${role} now, and nothing is done on behalf of that role. Give them another role and resume it, or delete it.`,
    );
  }
  const persona = await deps.personas.find(organizationId, definition.persona);
  if (persona === null) {
    return refused(
      `Its persona “${definition.persona}” is not there any more. Restore the persona, or choose another one for the job, and resume it.`,
    );
  }
  if (!persona.channels.includes('job')) {
    return refused(
      `Its persona “${persona.name}” does not work for jobs: “job” is not among its channels. Add that channel to the persona, or choose another one for the job, and resume it.`,
    );
  }
  return { ok: true, actor, persona };
}

function refused(problem: string): Acting {
  return { ok: false, problem };
}
