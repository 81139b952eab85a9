import { randomUUID } from 'node:crypto';
import type { AuditLog } from '#audit/audit-event.ts';
import { createChange } from '#auth/change.ts';
import { createOutsideLinks } from '#auth/outside/outside-links.ts';
import { createOutsidePeople } from '#auth/outside/outside-people.ts';
import type { OutsideLinks, OutsidePeople } from '#auth/outside/outside-person.ts';
import type { Database } from '#db/database.ts';
import { createOrganizationRepository } from '#db/repositories/organizations.ts';
import { createOutsideLinkRepository } from '#db/repositories/outside-links.ts';
import { createVisitorRepository } from '#db/repositories/visitors.ts';

/** Who writes to personas without being signed in here. */
export interface Outside {
  readonly people: OutsidePeople;
  readonly links: OutsideLinks;
  /** Whoever comes back as a member is to link anew. */
  forgetMember(left: { readonly organizationId: string; readonly userId: string }): Promise<void>;
}

export function composeOutside({ db, audit }: { readonly db: Database; readonly audit: AuditLog }): Outside {
  const organizations = createOrganizationRepository(db, { newId: randomUUID });
  const links = createOutsideLinkRepository(db);
  return {
    people: createOutsidePeople({ visitors: createVisitorRepository(db), links, organizations }),
    links: createOutsideLinks({ links, organizations, audit, change: createChange(db) }),
    forgetMember: ({ organizationId, userId }) => links.removeOfUser(organizationId, userId),
  };
}
