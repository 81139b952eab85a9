import { createHash } from 'node:crypto';
import type { OrganizationRepository } from '#db/repositories/organizations.ts';
import type { OutsideLinkRepository } from '#db/repositories/outside-links.ts';
import type { VisitorRepository } from '#db/repositories/visitors.ts';
import type { Actor } from '../actor.ts';
import { personActor } from '../person-actor.ts';
import type { OutsidePeople, OutsidePerson } from './outside-person.ts';

export interface OutsidePeopleDeps {
  readonly visitors: VisitorRepository;
  readonly links: Pick<OutsideLinkRepository, 'find' | 'noteUse'>;
  readonly organizations: Pick<OrganizationRepository, 'findMember'>;
}

/** Links and rights are read afresh every time: whoever was unlinked or has left is a guest from the next message on. */
export function createOutsidePeople({ visitors, links, organizations }: OutsidePeopleDeps): OutsidePeople {
  return {
    async memberFor(person) {
      // What only our own token tells apart, nobody has proved to be anybody.
      if (!person.identified) return null;
      const link = await links.find(person);
      if (link === null) return null;
      const { organizationId } = person;
      const member = await organizations.findMember(organizationId, link.userId);
      if (member === null) return null;
      await links.noteUse(organizationId, link.id);
      return personActor({ id: link.userId, name: member.name }, member);
    },
    async guestFor(person) {
      const guest = guestActor(person);
      await visitors.note({ ...person, id: guest.id, name: guest.name });
      return guest;
    },
    isKnown: async (person) => (await visitors.find(person.organizationId, visitorIdOf(person))) !== null,
    isWelcome: (organizationId, visitorId) => visitors.isWelcome(organizationId, visitorId),
  };
}

/** The guest that `guestFor` answers, without remembering that they were here. */
export function guestActor(person: OutsidePerson): Actor {
  const { organizationId } = person;
  const id = visitorIdOf(person);
  return { kind: 'visitor', id, name: nameOf(person), organizationId, role: 'guest', keyScopes: null, apiKey: null };
}

/** The same for the same person every time, and nobody else's. */
export function visitorIdOf({ organizationId, kind, place, identified, external }: OutsidePerson): string {
  const hash = createHash('sha256').update(JSON.stringify([organizationId, kind, place, identified, external]));
  return `v${hash.digest('base64url').slice(0, 22)}`;
}

const longestName = 80;

/** Anybody may have chosen it, so it is one short line. */
function nameOf({ name }: OutsidePerson): string {
  const line = name
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const short = line.length <= longestName ? line : `${line.slice(0, longestName - 1)}…`;
  return short === '' ? 'Visitor' : short;
}
