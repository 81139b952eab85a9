import { randomUUID } from 'node:crypto';
import { safeMarkdown } from '#channels/slack/safe-text.ts';
import { createHookEventRepository } from '#db/repositories/hook-events.ts';
import { createInboxEntryRepository } from '#db/repositories/inbox-entries.ts';
import { createJobDeliveryRepository } from '#db/repositories/job-deliveries.ts';
import { createJobRepository } from '#db/repositories/jobs.ts';
import { createNinoxWatchRepository } from '#db/repositories/ninox-watches.ts';
import { createOrganizationRepository } from '#db/repositories/organizations.ts';
import { createTouchedRecordRepository } from '#db/repositories/touched-records.ts';
import { postInSlack } from '#integrations/slack/slack-post.ts';
import { meetsConditions } from '#jobs/conditions.ts';
import { answerOf } from '#jobs/deliveries/answer-of.ts';
import { createDeliveries, createDeliveryPlan } from '#jobs/deliveries/deliveries.ts';
import type { SlackDoor } from '#jobs/deliveries/delivery-ports.ts';
import { createOwnedSchemaSource } from '#jobs/drift/owned-schema-source.ts';
import { createSchemaDrift } from '#jobs/drift/schema-drift.ts';
import { createInbox, type Inbox } from '#jobs/inbox/inbox.ts';
import type { StartJob } from '#jobs/job.ts';
import type { JobDeps } from '#jobs/job-ports.ts';
import type { JobPausing } from '#jobs/pause-jobs.ts';
import { createRepeatedWork } from '#jobs/repeated-work.ts';
import { createTicker } from '#jobs/schedules/ticker.ts';
import { createChangePoller } from '#jobs/triggers/ninox-change/change-poller.ts';
import { createJobWatches } from '#jobs/triggers/ninox-change/job-watches.ts';
import { createNinoxChangeSource } from '#jobs/triggers/ninox-change/ninox-change-source.ts';
import { createHookReceiver, type HookReceiver } from '#jobs/triggers/webhook/hook-receiver.ts';
import type { ConnectionParts } from './compose-connections.ts';
import type { Core } from './compose-core.ts';
import { composeJobService, type JobServiceParts } from './compose-job-service.ts';
import { createJobs, type Jobs, type Loop } from './compose-jobs.ts';
import type { Ground } from './house.ts';

export interface JobWorkDeps extends Ground {
  readonly core: Core;
  readonly connections: ConnectionParts;
  readonly publicUrl: () => string;
}

/** Everything about jobs: what makes and changes them, what works them off, and where their answers go. */
export interface JobParts extends JobServiceParts {
  readonly inbox: Inbox;
  /** Takes in what is sent to hooks. */
  readonly receiver: HookReceiver;
  readonly queue: Jobs['queue'];
  /** Begins to work. To be called once the agent has started. */
  start(): Promise<void>;
  close(graceMs: number): Promise<void>;
}

export function composeJobWork(given: JobWorkDeps): JobParts {
  const { db, log, core, config } = given;
  const clock = () => new Date();
  const inbox = createInbox({ rows: createInboxEntryRepository(db), clock });
  const rows = createJobDeliveryRepository(db);
  const jobs = createJobs({
    db,
    log,
    runs: core.agent.runs,
    conversations: core.conversations,
    organizations: createOrganizationRepository(db, { newId: randomUUID }),
    personas: core.directory,
    defaultModel: config.models.defaultModel,
    pauseJob: (job, reason) => service.pausing.pause(job, reason),
    deliveries: createDeliveryPlan({ rows, clock }),
  });
  const { startJob, trials, queue } = jobs;
  const watches = createJobWatches({ rows: createNinoxWatchRepository(db), clock });
  const openDeliveries = (deps: Omit<JobDeps, 'deliveries'>, keys: JobServiceParts['hookKeys']) =>
    createDeliveries({
      ...deps,
      rows,
      inbox,
      queue,
      mail: given.connections.smtp,
      slack: slackDoorOf(given.connections),
      mailer: given.mailer,
      hooks: given.connections.hooks,
      keys,
      answerOf: (run) => answerOf((organizationId, id) => core.conversations.messages(organizationId, id), run),
      transaction: db.transaction,
      durable: db.durable,
      publicUrl: given.publicUrl,
      scrub: given.registry.scrub,
    });
  const notify: JobDeps['notify'] = (notice) => inbox.notify(notice);
  const service = composeJobService({ ...given, startJob, trials, watches, notify, openDeliveries });
  return {
    ...service,
    inbox,
    queue,
    receiver: openReceiver(given, service, startJob),
    start: () => jobs.start({ workers: [service.deliveries.worker], loops: loopsOf(given, service, startJob) }),
    close: (graceMs) => jobs.close(graceMs),
  };
}

/** What starts jobs by itself, and looks after what they watch. */
function loopsOf(given: JobWorkDeps, service: JobServiceParts, startJob: StartJob): readonly Loop[] {
  const { db, log, connections } = given;
  const { transaction, lock } = db;
  const clock = () => new Date();
  const pause: JobPausing['pause'] = (job, reason) => service.pausing.pause(job, reason);
  const jobs = createJobRepository(db);
  const source = createNinoxChangeSource(connections.ninox);
  const drift = createSchemaDrift({
    rows: jobs,
    source: createOwnedSchemaSource({ connections: service.deps.connections, source }),
    tellOwner: ({ organizationId, ownerId, id }, { title, body }) =>
      service.deps.notify({ organizationId, userIds: [ownerId], title, body, jobId: id }),
    transaction,
    lock,
    log,
    clock,
  });
  const poller = createChangePoller({
    watches: createNinoxWatchRepository(db),
    findJob: (key) => service.deps.jobs.find(key),
    source,
    ownWrites: createTouchedRecordRepository(db),
    startJob,
    transaction,
    connections: {
      ...service.deps.connections,
      follow: (connection, signal) => connections.store.follow(connection, signal),
    },
    pause,
    onTables: (job, database, tables) => drift.seen(job, database, tables),
    log,
    clock,
  });
  const ticker = createTicker({ jobs, transaction, startJob, pause, log, clock });
  return [ticker, poller, drift, forgettingOf(given, service)];
}

function openReceiver({ db }: JobWorkDeps, { deps, hookKeys }: JobServiceParts, startJob: StartJob): HookReceiver {
  const touched = createTouchedRecordRepository(db);
  return createHookReceiver({
    findJob: (organizationId, id) => deps.jobs.find({ organizationId, id }),
    secrets: hookKeys,
    events: createHookEventRepository(db),
    db,
    startJob,
    schemas: deps.schemas,
    meetsConditions,
    touchedLately: (record, since) => touched.isTouchedSince({ ...record, channel: 'job', since }),
  });
}

/** How long it is known which changes were the service's own, in days. */
const touchedDays = 30;
const forgetEveryMs = 6 * 3_600_000;

function forgettingOf({ db, log }: JobWorkDeps, { hooks }: JobServiceParts): Loop {
  const touched = createTouchedRecordRepository(db);
  const forgetTouches = () => touched.prune(new Date(Date.now() - touchedDays * 24 * 3_600_000));
  return createRepeatedWork({
    works: [() => hooks.prune(), forgetTouches],
    everyMs: forgetEveryMs,
    problem: 'what is long over could not be forgotten; it is tried again',
    log,
  });
}

function slackDoorOf({ egress }: ConnectionParts): SlackDoor {
  return {
    async post(connection, post, signal) {
      await postInSlack({ egress, safeText: safeMarkdown }, { connection, post }, signal);
    },
  };
}
