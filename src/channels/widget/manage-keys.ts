import { randomBytes } from 'node:crypto';
import type { Actor } from '#auth/actor.ts';
import type { WidgetKeyRecord, WidgetKeyRepository } from '#db/repositories/widget-keys.ts';
import { AppError } from '#errors';
import type { WidgetKeyMaker, WidgetKeyPlace } from './ports.ts';

export type NewWidgetKey =
  | { readonly algorithm: 'HS256' }
  | { readonly algorithm: 'EdDSA'; readonly publicKey: string };

export interface KeyDeps {
  readonly keys: WidgetKeyRepository;
  readonly keyMaker: WidgetKeyMaker;
}

/** Enough to go from one to the next without a gap. */
const mostLive = 2;

/** Inside a transaction that holds the widget. Throws AppError CONFLICT where two are live, FORBIDDEN for an API key. */
export async function createKey(
  { keys, keyMaker }: KeyDeps,
  { actor, widgetId, key }: { readonly actor: Actor; readonly widgetId: string; readonly key: NewWidgetKey },
): Promise<{ key: WidgetKeyRecord; secret: string | null }> {
  requirePerson(actor);
  const { organizationId } = actor;
  if ((await keys.live(organizationId, [widgetId])).length >= mostLive) {
    throw new AppError(
      'CONFLICT',
      'This widget has two keys already, and that is as many as count. Revoke the one your server does not use any more.',
    );
  }
  const keyId = `k${randomBytes(9).toString('base64url')}`;
  const { algorithm } = key;
  const publicKey = key.algorithm === 'EdDSA' ? keyMaker.readPublicKey(key.publicKey) : null;
  const made = await keys.insert({
    id: keyId,
    organizationId,
    widgetId,
    algorithm,
    publicKey,
    createdBy: actor.id,
  });
  if (algorithm === 'EdDSA') return { key: made, secret: null };
  const secret = await keyMaker.makeSecret({ organizationId, widgetId, keyId });
  return { key: made, secret: secret.reveal() };
}

/** Whoever has such a key can say that they are a member who is linked: more than any API key may. */
function requirePerson({ apiKey }: Actor): void {
  if (apiKey === null) return;
  throw new AppError('FORBIDDEN', 'An API key cannot make a key that says who visitors are. Sign in to make it.');
}

/** Inside a transaction that holds the widget. Throws AppError NOT_FOUND for a key that does not count any more. */
export async function revokeKey({ keys, keyMaker }: KeyDeps, place: WidgetKeyPlace): Promise<void> {
  const { organizationId, widgetId, keyId } = place;
  if (!(await keys.revoke({ organizationId, widgetId }, keyId))) {
    throw new AppError('NOT_FOUND', 'There is no such key. It may have been revoked before.');
  }
  await keyMaker.forgetSecret(place);
}
