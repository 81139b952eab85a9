import { z } from 'zod';
import { jobCauses, jobRunStatuses } from '#jobs/job.ts';
import { deliverySchema, jobDefinitionSchema } from '#jobs/job-definition.ts';
import { personRef } from './approvals.ts';
import { cursor, id, idPath, limit, listOf, time } from './common.ts';

const deliveryView = z.object({
  id: z.string(),
  kind: z.enum(['inbox', 'email', 'slack', 'webhook']),
  /** Where to, in words: addresses, a channel, a host. */
  to: z.string(),
  status: z.enum(['pending', 'sent', 'dead']),
  attempts: z.int(),
  problem: z.string().nullable(),
  endedAt: time.nullable(),
});
export type DeliveryView = z.output<typeof deliveryView>;

export const jobRunView = z
  .object({
    id: z.string(),
    jobId: z.string(),
    cause: z.enum(jobCauses),
    plannedAt: time.nullable(),
    trial: z.boolean(),
    status: z.enum(jobRunStatuses),
    attempts: z.int(),
    /** Where its transcript is read; null before it has begun. */
    conversationId: z.string().nullable(),
    runId: z.string().nullable(),
    problem: z.string().nullable(),
    startedBy: personRef.nullable(),
    /** The event's payload or the changed record, for those who may see the job. */
    payload: z.unknown(),
    deliveries: z.array(deliveryView),
    createdAt: time,
    startedAt: time.nullable(),
    endedAt: time.nullable(),
  })
  .meta({ id: 'JobRun' });
export const jobRunListView = listOf(jobRunView);
export type JobRunView = z.output<typeof jobRunView>;
export type JobRunListView = z.output<typeof jobRunListView>;

export const allowanceView = z.object({
  id: z.string(),
  tool: z.string(),
  limits: z.record(z.string(), z.array(z.string())),
  count: z.int(),
  used: z.int(),
  expiresAt: time,
  afterOutsideText: z.boolean(),
  givenBy: personRef,
  givenAt: time,
});

export const jobView = z
  .object({
    id: z.string(),
    definition: jobDefinitionSchema,
    owner: personRef,
    status: z.enum(['active', 'paused']),
    /** Why the service has paused it, in words for people. */
    pausedReason: z.string().nullable(),
    revision: z.int(),
    file: z.string().nullable(),
    /** Whether the caller may change, start or pause it. */
    manageable: z.boolean(),
    /** The next planned instants, at most five; empty without a schedule and while it is paused. */
    next: z.array(time),
    /** The schedule in words, with the rule for changes of the clock; null without one. */
    scheduleWords: z.string().nullable(),
    /** Where events are sent to; null where it has no hook. */
    hook: z.object({ url: z.string(), overlapUntil: time.nullable() }).nullable(),
    /** Standing approvals with what was used of them. */
    allowances: z.array(allowanceView),
    /** What keeps it from working as it stands, in plain words, each with what to do. */
    problems: z.array(z.string()),
    lastRun: z.object({ id: z.string(), status: z.enum(jobRunStatuses), createdAt: time }).nullable(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Job' });
export const jobListView = listOf(jobView);
export type JobView = z.output<typeof jobView>;
export type JobListView = z.output<typeof jobListView>;

/** GET /api/v1/jobs : newest change first. */
export const jobListQuery = z.strictObject({ cursor: cursor.optional(), limit: limit.default(30) });
/** POST /api/v1/jobs */
export const createJobRequest = z.strictObject({ definition: jobDefinitionSchema, paused: z.boolean().default(false) });
export type CreateJobRequest = z.input<typeof createJobRequest>;
/** PATCH /api/v1/jobs/:id ; `revision` is the one that was seen: another refuses the change. What is left out stays. */
export const changeJobRequest = z.strictObject({
  revision: z.int(),
  definition: jobDefinitionSchema.optional(),
  status: z.enum(['active', 'paused']).optional(),
});
export type ChangeJobRequest = z.input<typeof changeJobRequest>;
export const jobPath = idPath;

/** POST /api/v1/jobs/:id/runs : starts it now. `payload` stands for an event's. */
export const runJobRequest = z.strictObject({ payload: z.json().optional() });
/** GET /api/v1/jobs/:id/runs , GET /api/v1/jobs/:id/runs/:runId */
export const jobRunListQuery = z.strictObject({ cursor: cursor.optional(), limit: limit.default(30) });
export const jobRunPath = z.strictObject({ id, runId: id });

/**
 * POST /api/v1/job-trials : runs a definition once without saving it; nothing is changed and nothing is delivered, except
 * into the answer. Answers the run; ask for it with GET /api/v1/job-trials/:id until it has ended.
 */
export const tryJobRequest = z.strictObject({ definition: jobDefinitionSchema, payload: z.json().optional() });
export const jobTrialView = z
  .object({
    run: jobRunView,
    /** The answer in Markdown, once it has ended. */
    answer: z.string().nullable(),
    /** What would have been changed, in the server's words, one line per call. */
    wouldChange: z.array(z.object({ tool: z.string(), summary: z.string() })),
  })
  .meta({ id: 'JobTrial' });
export type JobTrialView = z.output<typeof jobTrialView>;

/** POST /api/v1/schedule-previews : what a schedule as it is typed means. */
export const previewScheduleRequest = z.strictObject({ when: z.string().max(120), timeZone: z.string().max(64) });
export const schedulePreviewView = z
  .object({
    /** Null where it is understood. */
    problem: z.string().nullable(),
    cron: z.string().nullable(),
    words: z.string().nullable(),
    next: z.array(time),
  })
  .meta({ id: 'SchedulePreview' });
export type SchedulePreviewView = z.output<typeof schedulePreviewView>;

/** POST /api/v1/schema-drafts : a JSON Schema drawn from a sample payload. */
export const draftSchemaRequest = z.strictObject({ sample: z.json() });
export const schemaDraftView = z.object({ schema: z.record(z.string(), z.json()) }).meta({ id: 'SchemaDraft' });

/** POST /api/v1/jobs/:id/hook-secret : a new secret; the one before counts a day longer. Shown this once. */
export const hookSecretView = z
  .object({
    url: z.string(),
    /** For `signature`: a Standard Webhooks secret (`whsec_…`). For `header`: goes into the header X-Personas-Secret. */
    secret: z.string(),
    /** For Ninox: to paste into the trigger of a table. Null where the job wants signatures. */
    ninoxScript: z.string().nullable(),
  })
  .meta({ id: 'HookSecret' });
export type HookSecretView = z.output<typeof hookSecretView>;

/** GET /api/v1/jobs/:id/events : what came in at the hook, newest first. POST …/events/:eventId/replay starts it again. */
export const hookEventView = z
  .object({
    id: z.string(),
    messageId: z.string(),
    outcome: z.enum(['accepted', 'filtered', 'refused']),
    reason: z.string().nullable(),
    body: z.string().nullable(),
    jobRunId: z.string().nullable(),
    receivedAt: time,
  })
  .meta({ id: 'HookEvent' });
export const hookEventListView = listOf(hookEventView);
export type HookEventView = z.output<typeof hookEventView>;
export type HookEventListView = z.output<typeof hookEventListView>;
export const hookEventPath = z.strictObject({ id, eventId: id });

/** POST /api/v1/job-imports : the text of a job file. GET /api/v1/jobs/:id/file gives one. */
export const importJobRequest = z.strictObject({
  text: z
    .string()
    .min(1)
    .max(64 * 1024),
});

/** GET /api/v1/job-templates */
export const jobTemplateView = z
  .object({
    id: z.enum(['trigger-on-event', 'daily-summary', 'cross-tool-sync']),
    title: z.string(),
    description: z.string(),
  })
  .meta({ id: 'JobTemplate' });

/** GET /api/v1/inbox?unread= ; POST /api/v1/inbox/:id/read ; POST /api/v1/inbox/read-all */
export const inboxQuery = z.strictObject({
  cursor: cursor.optional(),
  limit: limit.default(30),
  unread: z.enum(['true', 'false']).optional(),
});
export const inboxEntryView = z
  .object({
    id: z.string(),
    kind: z.enum(['answer', 'notice']),
    title: z.string(),
    /** Markdown. */
    body: z.string(),
    jobId: z.string().nullable(),
    jobRunId: z.string().nullable(),
    createdAt: time,
    readAt: time.nullable(),
  })
  .meta({ id: 'InboxEntry' });
export const inboxListView = listOf(inboxEntryView).extend({ unread: z.int() });
export type InboxEntryView = z.output<typeof inboxEntryView>;
export type InboxListView = z.output<typeof inboxListView>;

/** POST /api/v1/delivery-tests : sends a short test message to one place, as the caller. */
export const testDeliveryRequest = z.strictObject({ delivery: deliverySchema });
export const deliveryTestView = z
  .object({ sent: z.boolean(), problem: z.string().nullable() })
  .meta({ id: 'DeliveryTest' });
