import type { ActorRole } from './permissions.ts';

/** On whose behalf something happens. Every stored row and every call carries one. */
export interface Actor {
  readonly kind: 'user' | 'visitor' | 'schedule' | 'key';
  /** The person behind it: an API key acts as the person who made it. */
  readonly id: string;
  readonly name: string;
  readonly organizationId: string;
  readonly role: ActorRole;
  /** Set for API keys: permissions and tool scopes, all that the key was given. Null: whatever the role allows. */
  readonly keyScopes: readonly string[] | null;
  readonly apiKey: { readonly id: string; readonly name: string } | null;
}
