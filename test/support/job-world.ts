import { randomUUID } from 'node:crypto';
import type { Role } from '#auth/permissions.ts';
import type { Job, JobRun, Start } from '#jobs/job.ts';
import { type JobDefinition, jobDefinitionSchema } from '#jobs/job-definition.ts';
import { createLogger } from '#log';
import { createJobs, type Jobs } from '../../src/compose-jobs.ts';
import { eventually } from './eventually.ts';
import { openRunWorld, type RunProcess, type RunWorld, type RunWorldOptions } from './run-world.ts';

const organizationId = 'org';

/** What a test may change while it goes. */
interface Scene {
  readonly members: Map<string, Role>;
  /** How far the clock of the jobs is ahead. */
  ahead: number;
}

export interface JobWorldOptions extends RunWorldOptions {
  readonly leaseMs?: number;
  readonly lookAgainMs?: { readonly waiting: number; readonly elsewhere: number };
}

/**
 * Jobs over the runs of a `RunWorld`: real rows, the real queue and the real worker. Where their answers go is stored as
 * it will be, and sent nowhere. Ann and Ben are members.
 */
export async function openJobWorld({ leaseMs, lookAgainMs, ...options }: JobWorldOptions) {
  const world = await openRunWorld(options);
  const { persona } = world.scene;
  if (persona !== null) world.scene.persona = { ...persona, channels: ['job'] };
  const scene: Scene = {
    members: new Map<string, Role>([
      ['ann', 'member'],
      ['ben', 'member'],
    ]),
    ahead: 0,
  };
  const opened = new AsyncDisposableStack();
  opened.use(world);
  const join = (process: RunProcess): Jobs => {
    const jobs = joinJobs({ process, world, scene }, { leaseMs, lookAgainMs });
    opened.defer(() => jobs.close(1_000));
    return jobs;
  };
  const jobs = join(world);
  return {
    world,
    jobs,
    people: scene,
    /** Jobs of another process on the same database. */
    async joinAnother(): Promise<{ readonly process: RunProcess; readonly jobs: Jobs }> {
      const process = await world.start();
      return { process, jobs: join(process) };
    },
    ...doing(world, jobs),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
export type JobWorld = Awaited<ReturnType<typeof openJobWorld>>;

interface Timing {
  readonly leaseMs: number | undefined;
  readonly lookAgainMs: JobWorldOptions['lookAgainMs'] | undefined;
}

interface Joined {
  readonly process: RunProcess;
  readonly world: RunWorld;
  readonly scene: Scene;
}

function joinJobs({ process, world, scene }: Joined, { leaseMs, lookAgainMs }: Timing): Jobs {
  const { db, runs, store } = process;
  const jobs: Jobs = createJobs({
    db,
    runs,
    log: createLogger({ level: 'silent' }),
    clock: () => new Date(Date.now() + scene.ahead),
    conversations: store,
    organizations: {
      async findMember(organization, userId) {
        const role = scene.members.get(userId);
        if (role === undefined) return null;
        const [name, email] = [userId, `${userId}@example.com`];
        return { organizationId: organization, userId, name, email, role, joinedAt: new Date(0) };
      },
    },
    personas: { find: async () => world.scene.persona },
    defaultModel: 'test/test',
    async pauseJob(key, pausedReason) {
      const job = await jobs.rows.find(key);
      if (job !== null) await jobs.rows.change(key, job.revision, { status: 'paused', pausedReason });
    },
    deliveries: { add: (run) => planDeliveries(process, run) },
    ...(leaseMs === undefined ? {} : { leaseMs }),
    lookAgainMs: lookAgainMs ?? { waiting: 50, elsewhere: 50 },
  });
  return jobs;
}

async function planDeliveries({ db }: RunProcess, run: JobRun): Promise<string[]> {
  const rows = run.definition.deliveries.map((target) => ({
    organizationId: run.organizationId,
    id: randomUUID(),
    jobId: run.jobId,
    jobRunId: run.id,
    kind: target.kind,
    target,
    status: 'pending' as const,
    attempts: 0,
    problem: null,
    createdAt: new Date(),
    endedAt: null,
  }));
  for (const row of rows) await db.query.insert(db.tables.jobDeliveries).values(row);
  return rows.map(({ id }) => id);
}

/** What a test does and sees. */
function doing({ db, store }: RunWorld, jobs: Jobs) {
  /** What of the queue is still to be done. */
  const queued = async (topic: 'job-run' | 'delivery') => {
    const rows = await db.query.select().from(db.tables.queueItems);
    return rows.filter((row) => row.topic === topic);
  };
  return {
    insert(definition: Partial<JobDefinition> = {}, change: Partial<Job> = {}): Promise<Job> {
      return jobs.rows.insert({
        organizationId,
        id: randomUUID(),
        ownerId: 'ann',
        keyScopes: null,
        definition: jobDefinitionSchema.parse({
          name: 'Tidy up',
          persona: 'tester',
          trigger: { kind: 'manual' },
          prompt: 'Tidy up on {{date}}.',
          ...definition,
        }),
        status: 'active',
        pausedReason: null,
        file: null,
        nextAt: null,
        createdBy: 'ann',
        ...change,
      });
    },
    async begin(job: Job, start: Partial<Start> = {}): Promise<JobRun> {
      const run = await jobs.startJob(job, { cause: 'manual', causeKey: randomUUID(), ...start });
      if (run === null) throw new Error('The job was not started.');
      return run;
    },
    /** The run once it is so. */
    until(run: JobRun, isSo: (now: JobRun) => boolean, withinMs = 20_000): Promise<JobRun> {
      let last: JobRun | null = null;
      return eventually(
        async () => {
          last = await jobs.runRows.find(run);
          return last !== null && isSo(last) ? last : null;
        },
        { why: () => `the run is ${JSON.stringify(last)}`, withinMs },
      );
    },
    /** The agent's runs for it, the first first. */
    async answersOf({ id }: JobRun) {
      const rows = await db.query.select().from(db.tables.runs);
      return rows.filter(({ jobRunId }) => jobRunId === id).sort((a, b) => Number(a.startedAt) - Number(b.startedAt));
    },
    messagesOf: ({ id }: JobRun) => store.messages(organizationId, id),
    async deliveriesOf({ id }: JobRun) {
      const rows = await db.query.select().from(db.tables.jobDeliveries);
      return rows.filter(({ jobRunId }) => jobRunId === id);
    },
    queued,
    /** Resolves once nothing of it is to be done any more. */
    emptied: (topic: 'job-run' | 'delivery') =>
      eventually(async () => ((await queued(topic)).length === 0 ? true : null), {
        why: () => `there is something left in the queue “${topic}”`,
      }),
  };
}

export const hasEnded = ({ endedAt }: JobRun): boolean => endedAt !== null;
