import type { Actor } from './actor.ts';
import type { Role } from './permissions.ts';

interface Person {
  readonly id: string;
  readonly name: string;
}

/** Somebody who acts in person, not through an API key. */
export function personActor({ id, name }: Person, membership: { organizationId: string; role: Role }): Actor {
  const { organizationId, role } = membership;
  return { kind: 'user', id, name, organizationId, role, keyScopes: null, apiKey: null };
}
