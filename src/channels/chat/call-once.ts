import { createHash, randomUUID } from 'node:crypto';
import type { Actor } from '#auth/actor.ts';
import type { IdempotencyKeyRepository } from '#db/repositories/idempotency-keys.ts';
import { AppError } from '#errors';

/** What a caller may send again, and what it is known by. */
export interface Call {
  readonly actor: Actor;
  /** The caller's own word for it; null where it has none, and each call is a new one. */
  readonly key: string | null;
  /** Everything that is asked for: the same under the same key is the same call. */
  readonly asked: unknown;
}

/** The ids a call is begun with, the same however often it is sent. */
export interface CallIds {
  readonly conversationId: string;
  readonly messageId: string;
}

export interface CallOnce {
  /**
   * The ids of a call that was sent before; null for a new one. Throws AppError IDEMPOTENCY_CONFLICT for another call
   * under the same key.
   */
  find(call: Call): Promise<CallIds | null>;
  /** Keeps the ids before anything is begun with them; of many that send the same at once all get the ids of one. */
  keep(call: Call, conversationId: string): Promise<CallIds>;
  /** The same for a call that is a new one, however often it was sent before: from now on the key stands for it. */
  renew(call: Call, conversationId: string): Promise<CallIds>;
}

const dayMs = 24 * 3_600_000;
const forgetEveryMs = 10 * 60_000;

/** Keys are kept for 24 hours. `scope` keeps those of one endpoint from those of another. */
export function createCallOnce(deps: {
  readonly keys: IdempotencyKeyRepository;
  readonly scope: string;
  readonly clock?: () => Date;
}): CallOnce {
  const { keys, scope, clock = () => new Date() } = deps;
  let forgotAt = 0;
  const since = () => new Date(clock().getTime() - dayMs);
  const placeOf = ({ organizationId, id }: Actor, key: string) => ({
    organizationId,
    actorId: id,
    keyHash: hashOf([scope, key]),
  });

  const forgetOld = async () => {
    if (clock().getTime() - forgotAt < forgetEveryMs) return;
    forgotAt = clock().getTime();
    await keys.forgetBefore(since());
  };
  const rowOf = ({ actor, key, asked }: Call & { readonly key: string }, ids: CallIds) => ({
    ...placeOf(actor, key),
    requestHash: hashOf(asked),
    ...ids,
  });
  const isKeyed = (call: Call): call is Call & { readonly key: string } => call.key !== null;

  const find = async ({ actor, key, asked }: Call): Promise<CallIds | null> => {
    if (key === null) return null;
    const known = await keys.find(placeOf(actor, key), since());
    if (known === null) return null;
    if (known.requestHash !== hashOf(asked)) throw otherCall();
    const { conversationId, messageId } = known;
    return { conversationId, messageId };
  };

  return {
    find,
    async keep(call, conversationId) {
      const ids = { conversationId, messageId: randomUUID() };
      if (!isKeyed(call)) return ids;
      await forgetOld();
      if (await keys.keep(rowOf(call, ids), since())) return ids;
      // The other caller's row was there just now; once a day it is forgotten in between.
      return (await find(call)) ?? ids;
    },
    async renew(call, conversationId) {
      const ids = { conversationId, messageId: randomUUID() };
      if (!isKeyed(call)) return ids;
      await forgetOld();
      await keys.replace(rowOf(call, ids));
      return ids;
    },
  };
}

/** Of a value of lists, strings and nulls. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}

const printable = /^[\x20-\x7e]{1,200}$/;

/** The `Idempotency-Key` of a request; null where none was sent. */
export function readIdempotencyKey(header: string | readonly string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === 'string' && printable.test(header)) return header;
  throw new AppError('INPUT_INVALID', 'Idempotency-Key: must be 1 to 200 printable ASCII characters.');
}

function otherCall(): AppError {
  return new AppError(
    'IDEMPOTENCY_CONFLICT',
    'This Idempotency-Key was used for another request in the last 24 hours. Send a new key with a new request.',
  );
}
