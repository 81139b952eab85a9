import type { Actor } from './actor.ts';

/** Who sent a request, as proved by a session cookie or an API key. */
export interface Identity {
  readonly user: { readonly id: string; readonly name: string; readonly email: string };
  /** Null for an API key. */
  readonly sessionId: string | null;
  /** Null while the person belongs to no organization. */
  readonly actor: Actor | null;
}
