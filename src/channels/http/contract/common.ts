import { z } from 'zod';

/*
 * What goes over the wire between our pages, other callers and the service. Times are ISO 8601 in UTC. Every list answers
 * `{ items, nextCursor }`. Errors are `application/problem+json`: { type, title, status, code, detail }.
 */

export const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, hyphens or underscores');
export const idPath = z.strictObject({ id });
/** A conversation's id as its client has chosen it: none of those that threads in Slack have, whoever knows them. */
export const chosenConversationId = id.regex(/^(?!slack-)/, 'must not begin with slack-');

const limitRange = 'must be a whole number from 1 to 100';
export const limit = z.coerce.number(limitRange).int(limitRange).min(1, limitRange).max(100, limitRange);
export const cursor = z.string().max(200, 'must be the nextCursor of the page before');
export const timeInput = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-01-31T08:00:00Z' });

/** A list query: `limit` rows after the place that `cursor` (from the last page's `nextCursor`) names. */
export const listQuery = z.strictObject({ cursor: cursor.optional(), limit: limit.default(30) });

export const time = z.iso.datetime();

export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** A line people wrote: a name or a label. */
export const nameInput = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'must be one line of plain text');

export const emailInput = z
  .string()
  .trim()
  .toLowerCase()
  .max(254, 'must have at most 254 characters')
  .pipe(z.email('must be an e-mail address'));

export const nothing = z.strictObject({});
export const doneView = z.object({ done: z.literal(true) }).meta({ id: 'Done' });
/** What a change answers that has nothing to show. */
export const done: z.output<typeof doneView> = { done: true };

export const problemView = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
  })
  .meta({ id: 'Problem' });
export type ProblemView = z.output<typeof problemView>;
