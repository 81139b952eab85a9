import { z } from 'zod';

/*
 * What a job is, apart from its id, its owner and whether it is paused: the same in the API, in files and in the database.
 * Checks that need more than the text (that a time zone is one, that a cron expression parses) are in `checkDefinition`.
 */

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, hyphens or underscores');
const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .regex(/^[^\p{Cc}\p{Cs}\uFFFD\u2028\u2029]*$/u, 'must be one line of plain text');
const text = (max: number) =>
  z
    .string()
    .overwrite((written) => written.replace(/\r\n?/g, '\n').trim())
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .regex(/^[^\0\p{Cs}\uFFFD]*$/u, 'must be plain text');
const whole = (min: number, max: number) =>
  z.int('must be a whole number').min(min, `must be at least ${min}`).max(max, `must be at most ${max}`);
const teamId = z.string().regex(/^[A-Za-z0-9]{8,32}$/, 'must be the id of a team');
const databaseId = z.string().regex(/^[a-z0-9]{8,32}$/, 'must be the id of a database');
const tableId = z.string().regex(/^[A-Z][A-Z0-9]{0,4}$/, 'must be the id of a table, such as A');

/** What becomes of planned instants that went by while the service could not start them. */
export const missedPolicies = ['skip', 'once', 'all'] as const;
/**
 * Whether it starts while an earlier run of the job goes on: not at all, afterwards, or beside it. Events and changes are
 * never left out: with `skip` they wait as well.
 */
export const overlapPolicies = ['skip', 'queue', 'allow'] as const;
export const changeKinds = ['created', 'updated', 'deleted'] as const;

const scheduleTrigger = z.strictObject({
  kind: z.literal('schedule'),
  /** A cron expression of five fields, or plain words such as “every weekday at 8”. */
  when: line(120),
  /** IANA, e.g. Europe/Berlin. */
  timeZone: line(64).default('UTC'),
  missed: z.enum(missedPolicies).default('once'),
  /** How far back missed instants still count, in hours. */
  missedHours: whole(1, 168).default(24),
});

const webhookTrigger = z.strictObject({
  kind: z.literal('webhook'),
  /** `signature`: Standard Webhooks. `header`: a secret in a header, for senders that cannot sign, such as Ninox scripts. */
  auth: z.enum(['signature', 'header']).default('header'),
  /** JSON Schema (2020-12) that a payload must meet; null takes any JSON. */
  schema: z.record(z.string(), z.json()).nullable().default(null),
});

const changeTrigger = z.strictObject({
  kind: z.literal('ninox_change'),
  /** Null: whatever Ninox connection the owner has. */
  connectionId: id.nullable().default(null),
  team: teamId,
  database: databaseId,
  /** Null: all tables of the database. */
  table: tableId.nullable().default(null),
  on: z
    .array(z.enum(changeKinds))
    .min(1, 'must name at least one kind of change')
    .default([...changeKinds]),
  everySeconds: whole(15, 86_400).default(60),
});

export const triggerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('manual') }),
  scheduleTrigger,
  webhookTrigger,
  changeTrigger,
]);

export const conditionOperators = [
  'equals',
  'not_equals',
  'contains',
  'starts_with',
  'greater_than',
  'less_than',
  'is_empty',
  'is_not_empty',
  'changed',
] as const;

/** On the payload of an event, or on a changed record: all of them must hold. */
export const conditionSchema = z.strictObject({
  /** Dots go down: `order.total`; for a changed record a field by its name. */
  field: line(200),
  is: z.enum(conditionOperators),
  /** Left out where the operator takes none. */
  value: z.union([z.string().max(500), z.number(), z.boolean()]).optional(),
});

export const deliverySchema = z.discriminatedUnion('kind', [
  /** The inbox of the job's owner in the console. */
  z.strictObject({ kind: z.literal('inbox') }),
  z.strictObject({
    kind: z.literal('email'),
    /** Null: through the service's own mail settings. */
    connectionId: id.nullable().default(null),
    to: z
      .array(z.string().trim().toLowerCase().max(254).pipe(z.email('must be an e-mail address')))
      .min(1, 'must name somebody')
      .max(20, 'must name at most 20 people'),
    subject: line(150),
  }),
  z.strictObject({
    kind: z.literal('slack'),
    connectionId: id,
    /** A channel's or a person's id. */
    channel: z.string().regex(/^[CDGU][A-Z0-9]{2,30}$/, 'must be the id of a channel or a person in Slack'),
  }),
  z.strictObject({
    kind: z.literal('webhook'),
    url: z.url({ protocol: /^https?$/, error: 'must be an address such as https://example.com/hook' }).max(500),
  }),
]);

/** What an unattended run does where its persona's rules say that a person is asked. */
export const mandateRules = ['deny', 'park', 'pre_approved'] as const;

/** A standing approval: calls of one tool that need not be asked for, as long as they stay within all of this. */
export const allowanceSchema = z.strictObject({
  tool: z.string().regex(/^[a-z0-9_]{1,64}$/, 'must be the name of a tool'),
  /** Narrows where; tables as `databaseId/tableId`. Absent: wherever the persona may. */
  limits: z
    .strictObject({
      teams: z.array(teamId).optional(),
      databases: z.array(databaseId).optional(),
      tables: z.array(z.string().regex(/^[a-z0-9]{8,32}\/[A-Z][A-Z0-9]{0,4}$/)).optional(),
      channels: z.array(z.string().max(40)).optional(),
      recipients: z.array(z.string().max(254)).optional(),
    })
    .default({}),
  /** Records (for other tools: calls) in all, counted over all runs of the job. */
  count: whole(1, 100_000),
  /** ISO 8601 in UTC; afterwards it is over. */
  expiresAt: z.iso.datetime('must be a time such as 2026-12-31T00:00:00Z'),
  /** Whether it counts as well once the run has read text from outside, as every event holds. */
  afterOutsideText: z.boolean().default(false),
});

export const mandateSchema = z.strictObject({
  rule: z.enum(mandateRules).default('park'),
  allowances: z.array(allowanceSchema).max(20).default([]),
});

/** Copies records: read with a tool, transformed by the persona, written into a table of Ninox. */
export const syncSchema = z.strictObject({
  from: z.strictObject({
    /** A reading tool the persona holds, e.g. ninox_list_records. */
    tool: z.string().regex(/^[a-z0-9_]{1,64}$/),
    arguments: z.record(z.string(), z.json()).default({}),
    /** Where in its answer the list of items is, dots go down; empty: found by itself. */
    items: z.string().max(200).default(''),
  }),
  to: z.strictObject({ team: teamId, database: databaseId, table: tableId }),
  /** The field of the target table that tells items apart: an item whose value is there updates that record. */
  key: line(200),
  /** At most so many items in one run. */
  most: whole(1, 1_000).default(200),
});

export const jobDefinitionSchema = z.strictObject({
  name: line(80),
  description: z.string().trim().max(300).default(''),
  persona: id,
  trigger: triggerSchema,
  conditions: z.array(conditionSchema).max(20).default([]),
  /** The prompt, with `{{payload.order.id}}`, `{{record.fields.Name}}`, `{{date}}`, `{{yesterday}}` and the like filled in. */
  prompt: text(16_000),
  /** Set for a job that copies records; `prompt` then says how one item is transformed. */
  sync: syncSchema.nullable().default(null),
  /** A model in place of the persona's, as provider/model. */
  model: z
    .string()
    .regex(/^[a-z0-9-]+\/\S+$/, 'must be written as provider/model')
    .nullable()
    .default(null),
  deliveries: z
    .array(deliverySchema)
    .max(10)
    .default([{ kind: 'inbox' }]),
  /** Which ends are delivered. */
  deliverWhen: z.enum(['always', 'success', 'problem']).default('always'),
  mandate: mandateSchema.prefault({}),
  overlap: z.enum(overlapPolicies).default('skip'),
  /** How often a run that was cut by a fault is tried again. */
  retries: whole(0, 10).default(3),
  /** More runs an hour than that wait for the next one. */
  mostPerHour: whole(1, 10_000).default(120),
});

export type JobDefinition = z.output<typeof jobDefinitionSchema>;
export type Trigger = JobDefinition['trigger'];
export type ScheduleTrigger = Extract<Trigger, { kind: 'schedule' }>;
export type WebhookTrigger = Extract<Trigger, { kind: 'webhook' }>;
export type ChangeTrigger = Extract<Trigger, { kind: 'ninox_change' }>;
export type Condition = JobDefinition['conditions'][number];
export type Delivery = JobDefinition['deliveries'][number];
export type Allowance = JobDefinition['mandate']['allowances'][number];
export type Sync = NonNullable<JobDefinition['sync']>;
