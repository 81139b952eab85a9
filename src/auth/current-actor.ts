import type { ApiKeyRepository } from '#db/repositories/api-keys.ts';
import type { OrganizationRepository } from '#db/repositories/organizations.ts';
import type { Actor } from './actor.ts';
import type { OutsidePeople } from './outside/outside-person.ts';

export interface CurrentActors {
  /** The actor with the rights of this moment; null once the person has left or the API key is over. */
  current(actor: Actor): Promise<Actor | null>;
}

export interface CurrentActorDeps {
  readonly organizations: Pick<OrganizationRepository, 'findMember'>;
  readonly apiKeys: Pick<ApiKeyRepository, 'find'>;
  /** Whether a visitor may still be answered. */
  readonly visitors: Pick<OutsidePeople, 'isWelcome'>;
  readonly clock?: () => Date;
}

/** What began on somebody's behalf goes on only as far as they may still go; read afresh every time. */
export function createCurrentActors({
  organizations,
  apiKeys,
  visitors,
  clock = () => new Date(),
}: CurrentActorDeps): CurrentActors {
  const isAlive = async ({ organizationId, id: userId, apiKey }: Actor) => {
    if (apiKey === null) return true;
    const key = await apiKeys.find({ organizationId, userId }, apiKey.id);
    if (key === null || key.revokedAt !== null) return false;
    return key.expiresAt === null || key.expiresAt > clock();
  };
  return {
    async current(actor) {
      if (actor.kind === 'visitor') return (await visitors.isWelcome(actor.organizationId, actor.id)) ? actor : null;
      const [member, alive] = await Promise.all([
        organizations.findMember(actor.organizationId, actor.id),
        isAlive(actor),
      ]);
      return member === null || !alive ? null : { ...actor, role: member.role };
    },
  };
}
