import { createHash } from 'node:crypto';
import { z } from 'zod';
import { UpstreamError } from '#integrations/upstream-error.ts';

const longest = 400;

/** Where an answer goes on; only what an answer has given is one. */
export const cursorParameter = z
  .string()
  .min(1)
  .max(longest)
  .optional()
  .describe('To go on: next_cursor of the answer before, with all other arguments the same. Leave it out to begin.');

/** The place in an answer, bound to the question it belongs to. */
export function writeCursor(question: unknown, place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([fingerprint(question), ...place])).toString('base64url');
}

/** Throws UPSTREAM_INVALID for one of another question. */
export function readCursor<Place>(question: unknown, cursor: string, schema: z.ZodType<Place>): Place {
  const [print, ...place] = parse(cursor);
  const parsed = schema.safeParse(place);
  if (print !== fingerprint(question) || !parsed.success) throw foreignCursor();
  return parsed.data;
}

function parse(cursor: string): readonly unknown[] {
  try {
    const found: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

function fingerprint(question: unknown): string {
  return createHash('sha256').update(JSON.stringify(question)).digest('base64url').slice(0, 16);
}

function foreignCursor(): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_INVALID',
    'This cursor does not belong to these arguments, so nothing was read. Repeat the arguments of the call that gave it, or leave the cursor out to begin again.',
  );
}
