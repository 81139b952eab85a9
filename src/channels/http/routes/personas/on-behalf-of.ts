import type { Actor } from '#auth/actor.ts';
import { guestRole } from '#auth/permissions.ts';
import type { XRayAs } from '../../contract/personas.ts';

/** Whom a persona is looked at for: the caller, or somebody who does not belong to the caller's organization. */
export function onBehalfOf(caller: Actor, as: XRayAs): Actor {
  if (as === 'me') return caller;
  const { organizationId } = caller;
  // No visitor's id is like this one, so no connection is its own.
  const id = 'any-guest';
  return { kind: 'visitor', id, name: 'A guest', organizationId, role: guestRole, keyScopes: null, apiKey: null };
}
