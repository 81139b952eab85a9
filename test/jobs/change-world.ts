import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Database } from '#db/database.ts';
import { openDatabase } from '#db/open-database.ts';
import { createEffectRepository } from '#db/repositories/effects.ts';
import { createJobRunRepository } from '#db/repositories/job-runs.ts';
import { createJobRepository } from '#db/repositories/jobs.ts';
import { createNinoxWatchRepository } from '#db/repositories/ninox-watches.ts';
import { createQueueItemRepository } from '#db/repositories/queue-items.ts';
import { createTouchedRecordRepository } from '#db/repositories/touched-records.ts';
import type { Connection } from '#integrations/connection.ts';
import { createNinoxClient } from '#integrations/ninox/client.ts';
import { createOwnedSchemaSource } from '#jobs/drift/owned-schema-source.ts';
import { createSchemaDrift } from '#jobs/drift/schema-drift.ts';
import type { Job, StartJob } from '#jobs/job.ts';
import { type JobDefinition, jobDefinitionSchema } from '#jobs/job-definition.ts';
import { createEmbeddedQueue } from '#jobs/queue/embedded-queue.ts';
import { createStartJob } from '#jobs/start-job.ts';
import { createJobRows } from '#jobs/stored-jobs.ts';
import { createChangePoller } from '#jobs/triggers/ninox-change/change-poller.ts';
import { createJobWatches } from '#jobs/triggers/ninox-change/job-watches.ts';
import { createNinoxChangeSource } from '#jobs/triggers/ninox-change/ninox-change-source.ts';
import { createLogger } from '#log';
import type { NinoxData, NinoxTable } from '#sandbox/ninox-model.ts';
import { buildDatabase, createSampleClock } from '#sandbox/ninox-sample-builder.ts';
import { createNinoxServer } from '#sandbox/ninox-server.ts';
import { connectionTo, createTestEgress, testKey } from '#test/support/ninox-connection.ts';
import { openTestDatabase } from '#test/support/test-database.ts';

const organizationId = 'organization-1';
const log = createLogger({ level: 'silent' });

export const place = { team: 'teamOfChanges1', database: 'dbchanges001' } as const;

function createData(): NinoxData {
  const clock = createSampleClock(new Date());
  const fields = [
    { name: 'Name', type: 'string' },
    { name: 'State', type: 'choice', choices: ['open', 'paid'].map((caption, at) => ({ id: `${at + 1}`, caption })) },
  ] as const;
  const rows = [
    ['One', 'open'],
    ['Two', 'open'],
    ['Three', 'paid'],
  ];
  const orders = { id: 'A', name: 'Orders', fields, rows, age: () => 3 };
  const people = {
    id: 'B',
    name: 'People',
    fields: [{ name: 'Name', type: 'string' }] as const,
    rows: [['Ann']],
    age: () => 3,
  };
  const database = { id: place.database, name: 'Shop', icon: 'database', color: '#4970ff', tables: [orders, people] };
  return { teams: [{ id: place.team, name: 'Team', databases: [buildDatabase(database, clock)] }] };
}

export type ChangeWorld = Awaited<ReturnType<typeof openChangeWorld>>;

/** Watching over real HTTP from the stand-in for Ninox, with a database on disk; what is started is put into the queue. */
export async function openChangeWorld() {
  const folder = await mkdtemp(path.join(tmpdir(), 'personas-changes-'));
  const file = path.join(folder, 'test.db');
  const db = await openTestDatabase(file);
  const data = createData();
  const ninox = createNinoxServer({ keys: [{ key: testKey, teams: 'all' }], data });
  const baseUrl = await ninox.listen();
  let connection: Connection | null = connectionTo(baseUrl);
  let now = Date.now();
  const clock = () => new Date(now);
  const client = createNinoxClient({ egress: createTestEgress(), sleep: async () => undefined });
  const source = createNinoxChangeSource(client);
  const jobs = createJobRows({ rows: createJobRepository(db), clock });
  const watches = createJobWatches({ rows: createNinoxWatchRepository(db), clock });
  const touches = createTouchedRecordRepository(db);
  const connections = {
    byId: async () => connection,
    find: async () => connection,
    follow: (_connection: Connection, signal: AbortSignal) => ({ signal, release: () => undefined }),
  };
  const paused: string[] = [];
  const told: { title: string; body: string }[] = [];
  const handles: Database[] = [];

  const drift = createSchemaDrift({
    rows: createJobRepository(db),
    source: createOwnedSchemaSource({ connections, source }),
    tellOwner: async (_job, notice) => void told.push(notice),
    transaction: db.transaction,
    lock: db.lock,
    log,
    clock,
  });

  interface ProcessOptions {
    readonly onStart?: () => void;
    readonly onWait?: () => Promise<void>;
  }
  /** What one process of the service watches with; `over` is its database. */
  function watching(over: Database, { onStart = () => undefined, onWait = async () => undefined }: ProcessOptions) {
    const queue = createEmbeddedQueue({ rows: createQueueItemRepository(over), log, clock });
    const begin = createStartJob({
      runs: createJobRunRepository(over),
      queue,
      transaction: over.transaction,
      lock: over.lock,
      clock,
    });
    const startJob: StartJob = async (job, start) => {
      const run = await begin(job, start);
      onStart();
      return run;
    };
    const rows = createJobRows({ rows: createJobRepository(over), clock });
    return createChangePoller({
      watches: createNinoxWatchRepository(over),
      findJob: (key) => rows.find(key),
      source,
      ownWrites: createTouchedRecordRepository(over),
      startJob,
      transaction: over.transaction,
      connections,
      async pause(job, reason) {
        paused.push(reason);
        await change(job.id, { status: 'paused', pausedReason: reason });
      },
      onTables: (job, database, tables) => drift.seen(job, database, tables),
      log,
      clock,
      sleep: onWait,
    });
  }

  const jobOf = async (id: string): Promise<Job> => {
    const job = await jobs.find({ organizationId, id });
    if (job === null) throw new Error(`There is no job ${id}.`);
    return job;
  };
  async function change(id: string, to: Parameters<typeof jobs.change>[2]) {
    const job = await jobOf(id);
    await jobs.change(job, job.revision, to);
    await watches.put(await jobOf(id));
  }
  const send = async (method: string, where: string, body?: unknown) => {
    const response = await fetch(`${baseUrl}/teams/${place.team}/databases/${place.database}/tables/${where}`, {
      method,
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return response.text();
  };
  const database = data.teams[0]?.databases[0];
  if (database === undefined) throw new Error('The data holds no database.');

  return {
    db,
    ninox,
    paused,
    told,
    drift,
    watches,
    jobOf,
    change,
    now: () => now,
    passes(ms: number) {
      now += ms;
    },
    setConnection(to: Connection | null) {
      connection = to;
    },
    connection: connectionTo(baseUrl),
    process: (options: ProcessOptions = {}) => watching(db, options),
    /** Another process on the same database. */
    async otherProcess(options: ProcessOptions = {}) {
      const other = await openDatabase({ url: `file:${file}` });
      handles.push(other);
      return watching(other, options);
    },
    async makeJob(id: string, { on, table = 'A', ...rest }: Partial<JobDefinition> & MadeJob = {}) {
      const trigger = { kind: 'ninox_change', ...place, table, ...(on === undefined ? {} : { on }) };
      await jobs.insert({
        organizationId,
        id,
        ownerId: 'ann',
        keyScopes: null,
        definition: jobDefinitionSchema.parse({
          name: `Job ${id}`,
          persona: 'clerk',
          trigger,
          prompt: 'Look at {{record.fields.Name}}.',
          overlap: 'allow',
          ...rest,
        }),
        status: 'active',
        pausedReason: null,
        file: null,
        nextAt: null,
        createdBy: 'ann',
      });
      await watches.put(await jobOf(id));
    },
    /** As somebody does in Ninox itself. */
    create: async (fields: object, table = 'A') => send('POST', `${table}/records`, [{ fields }]),
    update: async (record: number, fields: object, table = 'A') =>
      send('PUT', `${table}/records/${record}`, { fields }),
    remove: async (record: number, table = 'A') => send('DELETE', `${table}/records/${record}`),
    sequence: () => database.sequence,
    putBack(to: number) {
      database.sequence = to;
      for (const table of database.tables) {
        for (const record of table.records.values()) record.sequence = Math.min(record.sequence, to);
      }
    },
    setTables(next: (tables: readonly NinoxTable[]) => readonly NinoxTable[]) {
      Object.assign(database, { tables: next(database.tables) });
    },
    /** What a call of a run has written, as the guard keeps it. */
    touch: (
      record: number,
      sequence: number | null,
      more: { kind?: 'created' | 'updated' | 'deleted'; channel?: string } = {},
    ) =>
      touches.insert([
        {
          organizationId,
          callId: randomUUID(),
          channel: more.channel ?? 'job',
          databaseId: place.database,
          tableId: 'A',
          recordId: String(record),
          kind: more.kind ?? 'updated',
          sequence,
          at: new Date(),
        },
      ]),
    effects: createEffectRepository(db),
    starts: async () => {
      const runs = await db.query.select().from(db.tables.jobRuns);
      return runs.map(({ jobId, payload }) => {
        const { change: made } = payload as { change: { kind: string; table: string; record: string } };
        return `${jobId}: ${made.kind} ${made.table}${made.record}`;
      });
    },
    runs: async () => db.query.select().from(db.tables.jobRuns),
    queued: async () => db.query.select().from(db.tables.queueItems),
    watch: async (jobId: string) => createNinoxWatchRepository(db).find({ organizationId, jobId }),
    async close() {
      await ninox.close();
      for (const handle of handles) await handle.close();
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface MadeJob {
  readonly on?: readonly ('created' | 'updated' | 'deleted')[];
  readonly table?: string | null;
}
