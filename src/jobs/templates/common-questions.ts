import { z } from 'zod';
import { AppError } from '#errors';
import { deliverySchema } from '../job-definition.ts';
import { question } from './template.ts';

/*
 * What several templates ask, and how the answers are read.
 */

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be an id');

export const answer = {
  persona: id.nullish(),
  team: z.string().regex(/^[A-Za-z0-9]{8,32}$/, 'must be the id of a team'),
  database: z.string().regex(/^[a-z0-9]{8,32}$/, 'must be the id of a database'),
  table: z.string().regex(/^[A-Z][A-Z0-9]{0,4}$/, 'must be the id of a table, such as A'),
  time: z.string().regex(/^([01]?\d|2[0-3]):[0-5]\d$/, 'must be a time such as 08:00'),
  timeZone: z.string().trim().min(1).max(64),
  days: z.enum(['weekdays', 'every_day', 'monday']),
  model: z
    .string()
    .regex(/^[a-z0-9-]+\/\S+$/, 'must be written as provider/model')
    .nullish(),
  deliveries: z
    .array(deliverySchema)
    .max(10)
    .nullish()
    .transform((list) => list ?? [{ kind: 'inbox' } as const]),
  /** What people wrote, filled into a prompt as it stands. */
  words: (max: number) => z.string().trim().min(1, 'must not be empty').max(max),
};

export const ask = {
  persona: (help: string) =>
    question({
      id: 'persona',
      label: 'Persona',
      kind: 'persona',
      required: false,
      help: `${help} Left open, one that fits is chosen.`,
    }),
  team: question({ id: 'team', label: 'Team', kind: 'team' }),
  database: question({ id: 'database', label: 'Database', kind: 'database' }),
  time: question({ id: 'time', label: 'At what time', kind: 'time', initial: '08:00' }),
  timeZone: question({ id: 'timeZone', label: 'Time zone', kind: 'time_zone', initial: 'UTC' }),
  days: question({
    id: 'days',
    label: 'On which days',
    kind: 'choice',
    initial: 'weekdays',
    choices: [
      { value: 'weekdays', label: 'Monday to Friday' },
      { value: 'every_day', label: 'Every day' },
      { value: 'monday', label: 'Every Monday' },
    ],
  }),
  model: question({
    id: 'model',
    label: 'Model',
    kind: 'model',
    required: false,
    help: 'Left open, the persona’s own.',
  }),
  deliveries: question({
    id: 'deliveries',
    label: 'Where the answer goes',
    kind: 'deliveries',
    required: false,
    initial: [{ kind: 'inbox' }],
    help: 'Left open, your inbox here.',
  }),
} as const;

const dayNumbers = { weekdays: '1-5', every_day: '*', monday: '1' } as const;

/** As cron, which everybody reads the same. */
export function scheduleFor({
  time,
  days,
  timeZone,
}: {
  readonly time: string;
  readonly days: keyof typeof dayNumbers;
  readonly timeZone: string;
}) {
  const [hours, minutes] = time.split(':').map(Number);
  const when = `${minutes} ${hours} * * ${dayNumbers[days]}`;
  return { kind: 'schedule', when, timeZone, missed: 'once', missedHours: 24 } as const;
}

/** Throws AppError INPUT_INVALID, naming the questions. Answers to questions that were not asked do not count. */
export function readAnswers<Schema extends z.ZodObject>(schema: Schema, answers: object): z.output<Schema> {
  const parsed = schema.safeParse(answers, { reportInput: true });
  if (parsed.success) return parsed.data;
  const told = parsed.error.issues.slice(0, 5).map(({ path, message, input }) => {
    const where = path.map(String).join('.');
    return input === undefined ? `${where}: is not answered.` : `${where}: ${message}.`;
  });
  throw new AppError('INPUT_INVALID', told.join(' '));
}

/** Braces that people write mean themselves, apart from those a prompt knows. */
export function listed(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
