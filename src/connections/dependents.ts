import type { Actor } from '#auth/actor.ts';
import type { ConnectionRecord } from '#db/repositories/connections.ts';
import { scopesOf } from '#integrations/catalog.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { ConnectionServiceDeps } from './connection-deps.ts';
import { toConnection } from './to-connection.ts';
import { requireIntegration } from './try-credential.ts';

/** Something that stops, or goes on with another connection, when this one is revoked. */
export interface Dependent {
  readonly kind: 'persona';
  readonly id: string;
  readonly name: string;
  readonly uses: readonly string[];
  readonly missing: readonly string[];
  readonly hasOther: boolean;
  /** How many of its approvals wait for the connection; they fall with it. */
  readonly waiting: number;
}

/** The personas that hold permissions of the connection's integration and are not attached to another connection. */
export async function listDependents(
  deps: ConnectionServiceDeps,
  actor: Actor,
  record: ConnectionRecord,
): Promise<readonly Dependent[]> {
  const { repository, catalog, personasOf } = deps;
  const integration = requireIntegration(catalog, record.integration);
  const offered = new Set(scopesOf(integration));
  const alive = await repository.listAlive(
    { organizationId: record.organizationId, actorId: actor.id },
    record.integration,
  );
  const others = alive.filter((other) => other.id !== record.id && toConnection(other, catalog).status === 'active');
  // Without a person's own connection a persona goes on with the organization's; nobody goes on with a person's own.
  const hasOther = others.some(({ ownerId }) => ownerId === null || ownerId === record.ownerId);
  const waiting = await deps.approvalsOf?.(record.organizationId, record.id);
  return (await personasOf(record.organizationId)).flatMap((persona) => {
    const needed = persona.grant.scopes.filter((scope) => offered.has(scope));
    if (needed.length === 0 || !canUse(persona, record)) return [];
    const uses = needed.filter((scope) => record.scopes.includes(scope));
    const missing = needed.filter((scope) => !record.scopes.includes(scope));
    const isAttached = persona.connections[record.integration] === record.id;
    const { id, name } = persona;
    const isReplaced = !isAttached && hasOther;
    return [{ kind: 'persona', id, name, uses, missing, hasOther: isReplaced, waiting: waiting?.get(id) ?? 0 }];
  });
}

function canUse({ connections }: Persona, { integration, id }: ConnectionRecord): boolean {
  const attached = connections[integration];
  return attached === undefined || attached === id;
}
