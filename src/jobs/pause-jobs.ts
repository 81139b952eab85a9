import { may, type Role } from '#auth/permissions.ts';
import { serviceActor } from '#connections/service-actor.ts';
import type { Connection } from '#integrations/connection.ts';
import { integrationsOf } from './checks/check-persona-connections.ts';
import type { Job } from './job.ts';
import { jobLock, recordJob, storeChange } from './job-changes.ts';
import type { JobDeps, JobKey } from './job-ports.ts';
import { followTrigger } from './save-job.ts';

type RevokedConnection = Pick<Connection, 'organizationId' | 'id' | 'integration' | 'label'>;

/** Jobs that cannot go on are paused, with the reason; those who can mend it are told. */
export interface JobPausing {
  /** Somebody has left the organization. */
  ownerLeft(person: { readonly organizationId: string; readonly userId: string }): Promise<void>;
  /** Somebody has another role now. Pauses nothing where it is one with jobs of its own. */
  ownerChanged(person: {
    readonly organizationId: string;
    readonly userId: string;
    readonly role: Role;
  }): Promise<void>;
  /** To be called once it is revoked. Pauses the jobs that name it, and those whose personas have no other. */
  connectionRevoked(connection: RevokedConnection): Promise<void>;
  /** Pauses one. `reason`: one or two sentences for people. Does nothing where it is gone or paused already. */
  pause(job: JobKey, reason: string): Promise<void>;
}

export function createJobPausing(deps: JobDeps): JobPausing {
  const pauseOwned = async (organizationId: string, userId: string, reason: string) => {
    const active = await deps.jobs.listActive(organizationId);
    for (const job of active) if (job.ownerId === userId) await pauseJob(deps, job, reason);
  };
  return {
    ownerLeft: ({ organizationId, userId }) =>
      pauseOwned(
        organizationId,
        userId,
        'Whoever it acted for has left the organization. Export it and let somebody else import it, or delete it.',
      ),
    async ownerChanged({ organizationId, userId, role }) {
      if (may({ role, keyScopes: null }, 'jobs:own')) return;
      const reason = `Whoever it acts for is ${role} now, and nothing is done on behalf of that role. Give them another role and resume it, or delete it.`;
      await pauseOwned(organizationId, userId, reason);
    },
    async connectionRevoked(connection) {
      const reason = `The connection “${connection.label}”, which it works with, was revoked. Connect anew, choose another connection where the job names one, and resume it.`;
      for (const job of await deps.jobs.listActive(connection.organizationId)) {
        if (await stopsWith(deps, job, connection)) await pauseJob(deps, job, reason);
      }
    },
    pause: (job, reason) => pauseJob(deps, job, reason),
  };
}

async function stopsWith(deps: JobDeps, job: Job, connection: RevokedConnection): Promise<boolean> {
  const { organizationId, ownerId: actorId, definition } = job;
  if (namesConnection(job, connection.id)) return true;
  const { integration } = connection;
  const isAlive = async (attached: string | null) =>
    (await deps.connections.find({ organizationId, actorId, integration, attached }))?.status === 'active';
  const { trigger } = definition;
  if (trigger.kind === 'ninox_change' && integration === 'ninox' && trigger.connectionId === null) {
    if (!(await isAlive(null))) return true;
  }
  const persona = await deps.personas.find(organizationId, definition.persona);
  if (persona === null || !(await integrationsOf(deps, { organizationId, persona })).includes(integration))
    return false;
  return !(await isAlive(persona.connections[integration] ?? null));
}

function namesConnection({ definition: { trigger, deliveries } }: Job, id: string): boolean {
  if (trigger.kind === 'ninox_change' && trigger.connectionId === id) return true;
  return deliveries.some((delivery) => 'connectionId' in delivery && delivery.connectionId === id);
}

export async function pauseJob(deps: JobDeps, { organizationId, id }: JobKey, reason: string): Promise<void> {
  await deps.change(jobLock(id), async () => {
    const before = await deps.jobs.find({ organizationId, id });
    if (before === null || before.status === 'paused') return;
    const job = await storeChange(deps, before, { status: 'paused', pausedReason: reason, nextAt: null });
    await followTrigger(deps, job);
    await recordJob(deps, { actor: serviceActor(organizationId), action: 'job.paused', job, details: { reason } });
    await tellPaused(deps, job, reason);
  });
}

/** Its owner, as long as they are there, and whoever manages everybody's. */
async function tellPaused({ people, notify }: JobDeps, job: Job, reason: string): Promise<void> {
  const { organizationId, id: jobId, ownerId, definition } = job;
  const members = await people.list(organizationId);
  const userIds = members
    .filter(({ id, role }) => id === ownerId || may({ role, keyScopes: null }, 'jobs:manage'))
    .map(({ id }) => id);
  if (userIds.length === 0) return;
  await notify({ organizationId, userIds, title: `The job “${definition.name}” is paused`, body: reason, jobId });
}
