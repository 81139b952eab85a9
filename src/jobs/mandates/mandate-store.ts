import type { Mandate, MandateStore } from '#agent/mandates.ts';
import { personActor } from '#auth/person-actor.ts';
import type { MandateRecord, MandateRepository } from '#db/repositories/mandates.ts';
import type { Limits } from '#integrations/rights.ts';
import type { Persona } from '#personas/persona-schema.ts';
import { mayGive } from '../checks/check-allowances.ts';
import type { Job } from '../job.ts';
import type { JobDeps, JobPeople, JobRows } from '../job-ports.ts';

export interface MandateStoreDeps {
  readonly jobs: Pick<JobRows, 'find'>;
  readonly mandates: Pick<MandateRepository, 'inForce' | 'use'>;
  readonly people: Pick<JobPeople, 'find'>;
  readonly personas: Pick<JobDeps['personas'], 'find'>;
  readonly tools: Pick<JobDeps['tools'], 'find'>;
}

/** What was approved in advance, as the guard asks for it: everything is read anew with each question. */
export function createMandateStore(deps: MandateStoreDeps): MandateStore {
  const { jobs, mandates } = deps;
  return {
    async ruleOf(organizationId, id) {
      const job = await jobs.find({ organizationId, id });
      return job === null ? 'deny' : job.definition.mandate.rule;
    },
    async inForce(question) {
      const { organizationId, jobId, tool } = question;
      const job = await jobs.find({ organizationId, id: jobId });
      if (job === null || job.definition.mandate.rule !== 'pre_approved') return [];
      const persona = await deps.personas.find(organizationId, job.definition.persona);
      if (persona === null) return [];
      const rows = await mandates.inForce(question);
      const counts = await Promise.all(rows.map(({ givenBy }) => stillMay(deps, { job, persona, tool, givenBy })));
      return rows.filter((_, index) => counts[index] === true).map(toMandate);
    },
    use: (use) => mandates.use(use),
  };
}

interface Given {
  readonly job: Job;
  readonly persona: Persona;
  readonly tool: string;
  readonly givenBy: string;
}

/** Whether who has given it could give it now: they may have left, or have another role. */
async function stillMay({ people, tools }: MandateStoreDeps, { job, persona, tool, givenBy }: Given): Promise<boolean> {
  const { organizationId, ownerId } = job;
  const person = await people.find(organizationId, givenBy);
  if (person === null) return false;
  const giver = personActor(person, { organizationId, role: person.role });
  const known = (await tools.find(organizationId, tool)) ?? { name: tool };
  return mayGive({ organizationId, persona, tool: known, ownerId, giver }).ok;
}

export function toMandate({ organizationId: _organizationId, endedAt: _endedAt, ...row }: MandateRecord): Mandate {
  return { ...row, limits: row.limits as Limits };
}
