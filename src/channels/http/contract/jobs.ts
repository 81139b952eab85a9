import { z } from 'zod';
import { jobCauses, jobRunStatuses } from '#jobs/job.ts';
import { allowanceSchema, deliverySchema, jobDefinitionSchema } from '#jobs/job-definition.ts';
import { personRef } from './approvals.ts';
import { cursor, id, idPath, limit, listOf, time } from './common.ts';
import { personaDefinition } from './personas.ts';

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
    /** Whether the caller may start, pause and delete it. */
    manageable: z.boolean(),
    /** Whether the caller may change what it does: only its owner, and none that lives in a file. */
    changeable: z.boolean(),
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
/** `fileProblems`: files of jobs that are not in use as they stand; for those who manage jobs only. */
export const jobListView = listOf(jobView).extend({
  fileProblems: z.array(z.object({ file: z.string(), line: z.int(), message: z.string() })).optional(),
});
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
/**
 * PUT /api/v1/jobs/:id/allowances : the standing approvals of a job, all of them, given by the caller where they are new.
 * For jobs in files, and for tools whose approvals somebody else than the job's owner decides.
 */
export const changeAllowancesRequest = z.strictObject({
  revision: z.int(),
  allowances: z.array(allowanceSchema).max(20),
});
export type ChangeAllowancesRequest = z.input<typeof changeAllowancesRequest>;
/** POST /api/v1/jobs/:id/duplicate takes an empty body; the copy is paused, and without standing approvals. */

/** POST /api/v1/jobs/:id/runs : starts it now. `payload` stands for an event's. */
export const runJobRequest = z.strictObject({ payload: z.json().optional() });
/** GET /api/v1/jobs/:id/runs , GET /api/v1/jobs/:id/runs/:runId */
export const jobRunListQuery = z.strictObject({ cursor: cursor.optional(), limit: limit.default(30) });
export const jobRunPath = z.strictObject({ id, runId: id });
/** POST /api/v1/jobs/:id/runs/:runId/replay : once more, with the same payload and the job as it is now. */
/** POST /api/v1/jobs/:id/deliveries/:deliveryId/replay : sends a delivery that is dead once more. */
export const jobDeliveryPath = z.strictObject({ id, deliveryId: id });

/** GET /api/v1/dead-items : what was given up after all its attempts. POST /api/v1/dead-items/:id/replay works it anew. */
export const deadItemView = z
  .object({
    id: z.string(),
    topic: z.enum(['job-run', 'delivery']),
    /** What it was about, by the names of ids, such as jobRunId or deliveryId. */
    about: z.record(z.string(), z.string()),
    problem: z.string(),
    diedAt: time,
  })
  .meta({ id: 'DeadItem' });
export const deadItemListView = listOf(deadItemView);
export type DeadItemListView = z.output<typeof deadItemListView>;

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

/** POST /api/v1/jobs/:id/outbound-secret : a new secret that signs what the job sends to webhooks. Shown this once. */
export const outboundSecretView = z.object({ secret: z.string() }).meta({ id: 'OutboundSecret' });

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

/** GET /api/v1/jobs/:id/file */
export const jobFileView = z.object({ fileName: z.string(), text: z.string() }).meta({ id: 'JobFile' });

/** How a question is asked; what its answer is. Text unless said otherwise. */
export const questionKinds = [
  /** The id of a persona. */
  'persona',
  'line',
  'text',
  /** A number. */
  'number',
  /** `HH:MM`. */
  'time',
  'time_zone',
  /** The id of a team, a database (`database` needs the answer to `team`), a table (needs `team` and `database`). */
  'team',
  'database',
  'table',
  /** A list of ids of tables; needs `team` and `database`. */
  'tables',
  /** The id of a model; null is the persona's own. */
  'model',
  /** A list of places, as a job's `deliveries`. */
  'deliveries',
  /** One of `choices`. */
  'choice',
  /** Any JSON. */
  'json',
  /** The name of a tool that reads. */
  'tool',
] as const;

const templateQuestion = z.object({
  id: z.string(),
  label: z.string(),
  help: z.string(),
  kind: z.enum(questionKinds),
  /** What is not required is filled in where it is left out. */
  required: z.boolean(),
  /** Empty where anything of its kind may be answered. */
  choices: z.array(z.object({ value: z.string(), label: z.string() })),
  /** What it starts with; null where that is nothing. */
  initial: z.json(),
  /** Asked only where another question was answered so; null where it is always asked. */
  askedWhen: z.object({ question: z.string(), is: z.array(z.string()) }).nullable(),
});
export type TemplateQuestionView = z.output<typeof templateQuestion>;

export const jobTemplateIds = ['trigger-on-event', 'daily-summary', 'cross-tool-sync'] as const;
/** GET /api/v1/job-templates */
export const jobTemplateView = z
  .object({
    id: z.enum(jobTemplateIds),
    title: z.string(),
    description: z.string(),
    questions: z.array(templateQuestion),
  })
  .meta({ id: 'JobTemplate' });
export const jobTemplateListView = listOf(jobTemplateView);
export type JobTemplateView = z.output<typeof jobTemplateView>;
export type JobTemplateListView = z.output<typeof jobTemplateListView>;

/** POST /api/v1/job-templates/:id/fill : the answers by the ids of their questions. Saves nothing. */
export const jobTemplatePath = z.strictObject({ id: z.enum(jobTemplateIds) });
export const fillTemplateRequest = z.strictObject({ answers: z.record(z.string(), z.json()) });
export const filledTemplateView = z
  .object({
    /** Ready for POST /api/v1/job-trials and POST /api/v1/jobs. */
    definition: jobDefinitionSchema,
    /**
     * Where no persona fits: one that would. Store it with POST /api/v1/personas and put its id into `definition.persona`,
     * where a placeholder stands until then.
     */
    newPersona: personaDefinition.nullable(),
    /** What is worth knowing before it is saved, in plain words. */
    notes: z.array(z.string()),
  })
  .meta({ id: 'FilledJobTemplate' });
export type FilledTemplateView = z.output<typeof filledTemplateView>;

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
