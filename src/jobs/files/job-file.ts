import { z } from 'zod';
import { jobDefinitionSchema, mandateRules } from '../job-definition.ts';

/*
 * What stands in a job file between its `---` lines: the settings of a job without its prompt, which stands below them,
 * and without standing approvals. Those are given by a person who knows what they approve, on the job's page.
 */

export const jobFileSchema = jobDefinitionSchema.omit({ prompt: true }).extend({
  /** The e-mail address of the member it acts for. */
  owner: z
    .string()
    .trim()
    .toLowerCase()
    .max(254, 'must have at most 254 characters')
    .pipe(z.email('must be the e-mail address of a member'))
    .optional(),
  /** For an owner who belongs to several organizations. */
  organization: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be the id of an organization')
    .optional(),
  paused: z.boolean().default(false),
  mandate: z.strictObject({ rule: z.enum(mandateRules).default('park') }).prefault({}),
});
export type JobFileSettings = z.output<typeof jobFileSchema>;

/** The settings there are at a place, for whoever misspells one. */
export const jobFileKeys: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(jobFileSchema.shape),
  trigger: [
    'kind',
    'when',
    'timeZone',
    'missed',
    'missedHours',
    'auth',
    'schema',
    'connectionId',
    'team',
    'database',
    'table',
    'on',
    'everySeconds',
  ],
  'conditions.*': ['field', 'is', 'value'],
  'deliveries.*': ['kind', 'connectionId', 'to', 'subject', 'channel', 'url'],
  mandate: ['rule'],
  sync: ['from', 'to', 'key', 'most'],
  'sync.from': ['tool', 'arguments', 'items'],
  'sync.to': ['team', 'database', 'table'],
};
