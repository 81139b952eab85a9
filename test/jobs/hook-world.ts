import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Webhook } from 'standardwebhooks';
import { createAuditLog } from '#audit/audit-log.ts';
import { personActor } from '#auth/person-actor.ts';
import { createHttpApp } from '#channels/http/create-http-app.ts';
import { type HookLimits, mountHooks } from '#channels/http/routes/hooks/receive-event.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { createHookEventRepository } from '#db/repositories/hook-events.ts';
import { createJobRunRepository } from '#db/repositories/job-runs.ts';
import { createJobRepository } from '#db/repositories/jobs.ts';
import { createQueueItemRepository } from '#db/repositories/queue-items.ts';
import { createSecretRepository } from '#db/repositories/secrets.ts';
import type { Job, StartJob } from '#jobs/job.ts';
import { type JobDefinition, jobDefinitionSchema } from '#jobs/job-definition.ts';
import { createEmbeddedQueue } from '#jobs/queue/embedded-queue.ts';
import { createStartJob } from '#jobs/start-job.ts';
import { createJobRows } from '#jobs/stored-jobs.ts';
import type { RecordPlace } from '#jobs/triggers/webhook/hook-ports.ts';
import { createHookReceiver } from '#jobs/triggers/webhook/hook-receiver.ts';
import { createHookService } from '#jobs/triggers/webhook/hook-service.ts';
import { createPayloadSchemas } from '#jobs/triggers/webhook/payload-schema.ts';
import { createLogger } from '#log';
import { listenLocally } from '#test/support/listen-locally.ts';
import { openTestDatabase } from '#test/support/test-database.ts';
import { createHookKeys } from '#vault/hook-keys.ts';
import { makeKeyLine } from '#vault/key-ring.ts';
import { openVault } from '#vault/open-vault.ts';
import { createSecretRegistry } from '#vault/secret-registry.ts';
import { keysOf } from '../contract/vault-fixture.ts';

export const ann = personActor({ id: 'ann', name: 'Ann' }, { organizationId: 'org', role: 'owner' });

const log = createLogger({ level: 'silent' });

export interface HookWorldOptions {
  readonly limits?: HookLimits;
  /** What else happens when a job is started, in the same transaction. */
  readonly onStart?: () => void;
}

export type HookWorld = Awaited<ReturnType<typeof openHookWorld>>;

/** Hooks over real HTTP, with a vault and a database on disk; the runs they start are put into the queue and not worked. */
export async function openHookWorld({ limits, onStart }: HookWorldOptions = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'personas-hooks-'));
  const db = await openTestDatabase(path.join(folder, 'test.db'));
  let now = Date.now();
  const clock = () => new Date(now);
  const key = makeKeyLine();
  const registry = createSecretRegistry();
  const vault = await openVault({ repository: createSecretRepository(db), keys: keysOf([key]), registry });
  const secrets = createHookKeys({ vault, clock });
  const events = createHookEventRepository(db);
  const jobs = createJobRows({ rows: createJobRepository(db), clock });
  const runs = createJobRunRepository(db);
  const queue = createEmbeddedQueue({ rows: createQueueItemRepository(db), log, clock });
  const begin = createStartJob({ runs, queue, transaction: db.transaction, lock: db.lock, clock });
  const startJob: StartJob = async (job, start) => {
    const run = await begin(job, start);
    onStart?.();
    return run;
  };
  const schemas = createPayloadSchemas();
  const touched: RecordPlace[] = [];
  const asked: Date[] = [];
  const hooks = createHookReceiver({
    findJob: (organizationId, id) => jobs.find({ organizationId, id }),
    secrets,
    events,
    db,
    startJob,
    schemas,
    meetsConditions: (conditions, payload) =>
      conditions.every(({ field, value }) => (payload as Record<string, unknown>)[field] === value),
    async touchedLately(record, since) {
      asked.push(since);
      return touched.some((one) => JSON.stringify(one) === JSON.stringify(record));
    },
    clock,
  });
  const audit = createAuditLog({ repository: createAuditRepository(db), key: randomBytes(32) });
  let address = '';
  const service = createHookService({
    events,
    secrets,
    payloadOf: async (organizationId, id) => (await runs.find({ organizationId, id }))?.payload,
    startJob,
    schemas,
    audit,
    db,
    publicUrl: () => address,
    clock,
  });
  const app = createHttpApp({
    routes: [],
    identify: async () => null,
    scrub: registry.scrub,
    allowedHosts: [],
    webDirectory: '/nowhere',
    log,
    mountFirst: (face) => mountHooks(face, { hooks, ...(limits === undefined ? {} : { limits }) }),
  });
  const server = await listenLocally(app);
  address = server.address;

  const jobOf = async (id: string): Promise<Job> => {
    const job = await jobs.find({ organizationId: 'org', id });
    if (job === null) throw new Error(`There is no job ${id}.`);
    return job;
  };
  return {
    address,
    db,
    audit,
    service,
    hooks,
    events,
    touched,
    asked,
    jobOf,
    now: () => now,
    passes: (ms: number) => {
      now += ms;
    },
    /** A job with a hook, and its secret. */
    makeHook: async (
      id: string,
      definition: Partial<JobDefinition> & { readonly auth?: 'signature' | 'header' } = {},
    ) => {
      const { auth = 'header', ...rest } = definition;
      await jobs.insert({
        organizationId: 'org',
        id,
        ownerId: 'ann',
        keyScopes: null,
        definition: jobDefinitionSchema.parse({
          name: `Job ${id}`,
          persona: 'clerk',
          trigger: { kind: 'webhook', auth },
          prompt: 'Look at {{payload}}.',
          overlap: 'allow',
          ...rest,
        }),
        status: 'active',
        pausedReason: null,
        file: null,
        nextAt: null,
        createdBy: 'ann',
      });
      return service.makeSecret(ann, await jobOf(id));
    },
    change: async (id: string, to: Parameters<typeof jobs.change>[2]) => {
      const job = await jobOf(id);
      await jobs.change(job, job.revision, to);
    },
    /** Sends bytes as they are. */
    send: (url: string, body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = {}) =>
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }),
    signed: (secret: string, body: string, { id = 'msg-1', at = now } = {}) => ({
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, new Date(at), body),
    }),
    runs: async () => db.query.select().from(db.tables.jobRuns),
    queued: async () => db.query.select().from(db.tables.queueItems),
    eventsOf: async (id: string) => service.listEvents(await jobOf(id), { after: null, limit: 200 }),
    async close() {
      await server.close();
      await queue.close(0);
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
