import type { Database } from '#db/database.ts';
import { jobDefinitionSchema } from '#jobs/job-definition.ts';

interface Owned {
  readonly organizationId: string;
  readonly personId: string;
  readonly jobId: string;
  readonly personaId: string;
  /** Stands in every text of theirs. */
  readonly mark: string;
}

/** What a job of somebody's leaves behind, each row by what a path calls it. */
export async function leaveJobTraces(db: Database, { organizationId, personId, jobId, personaId, mark }: Owned) {
  const { query, tables } = db;
  const at = new Date();
  const definition = jobDefinitionSchema.parse({
    name: `${mark} job`,
    persona: personaId,
    trigger: { kind: 'manual' },
    prompt: 'Look around.',
  });
  const ended = {
    organizationId,
    cause: 'manual',
    plannedAt: null,
    definition,
    payload: { text: mark },
    trial: false,
    status: 'succeeded',
    attempts: 1,
    conversationId: null,
    runId: null,
    problem: null,
    startedBy: personId,
    createdAt: at,
    startedAt: at,
    endedAt: at,
  } as const;
  await query.insert(tables.jobRuns).values([
    { ...ended, id: 'beas-job-run', jobId, causeKey: 'manual:1' },
    { ...ended, id: 'beas-trial', jobId: 'trial-1', causeKey: 'trial:1', cause: 'trial', trial: true },
  ]);
  const dead = { status: 'dead', attempts: 6, problem: mark, createdAt: at, endedAt: at } as const;
  const ofRun = { organizationId, jobId, jobRunId: 'beas-job-run' };
  const target = { kind: 'webhook', url: 'https://example.com/hook' };
  await query.insert(tables.jobDeliveries).values({ ...dead, ...ofRun, id: 'beas-delivery', kind: 'webhook', target });
  await query.insert(tables.queueItems).values({
    ...dead,
    organizationId,
    id: 'beas-dead-item',
    topic: 'delivery',
    payload: { deliveryId: 'beas-delivery' },
    dueAt: at,
    lease: null,
    leasedUntil: null,
  });
  const event = { messageId: 'm1', outcome: 'accepted', reason: null, body: JSON.stringify({ mark }) } as const;
  await query.insert(tables.hookEvents).values({ ...event, ...ofRun, id: 'beas-event', receivedAt: at });
  const entry = { kind: 'notice', title: `${mark} notice`, body: mark, createdAt: at, readAt: null } as const;
  await query.insert(tables.inboxEntries).values({ ...entry, ...ofRun, id: 'beas-entry', userId: personId });
  return {
    'job-runs': 'beas-job-run',
    'job-trials': 'beas-trial',
    deliveries: 'beas-delivery',
    'dead-items': 'beas-dead-item',
    'hook-events': 'beas-event',
    inbox: 'beas-entry',
  };
}
