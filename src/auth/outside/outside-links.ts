import { randomInt, randomUUID } from 'node:crypto';
import type { AuditLog } from '#audit/audit-event.ts';
import { directEvent } from '#audit/direct-event.ts';
import type { OrganizationRepository } from '#db/repositories/organizations.ts';
import type { OutsideLinkRepository } from '#db/repositories/outside-links.ts';
import { AppError } from '#errors';
import type { Actor } from '../actor.ts';
import { type Change, organizationLock } from '../change.ts';
import { personActor } from '../person-actor.ts';
import { hashToken } from '../tokens.ts';
import { visitorIdOf } from './outside-people.ts';
import type { OutsideLinks, OutsidePerson } from './outside-person.ts';
import { createTrials, type Trials } from './trials.ts';

export interface OutsideLinkDeps {
  readonly links: OutsideLinkRepository;
  readonly organizations: Pick<OrganizationRepository, 'findMember'>;
  readonly audit: AuditLog;
  readonly change: Change;
  readonly clock?: () => Date;
}

const codeMinutes = 10;
/** No letters and digits that are taken for one another: 30 ** 10 codes. */
const codeLetters = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';
const codeLength = 10;

export function createOutsideLinks(given: OutsideLinkDeps): OutsideLinks {
  const deps = { ...given, clock: given.clock ?? (() => new Date()) };
  const { links, audit, change, clock } = deps;
  const trials = createTrials({ most: 5, minutes: codeMinutes, clock });
  return {
    async makeCode(actor) {
      requirePerson(actor);
      const code = Array.from({ length: codeLength }, () => codeLetters[randomInt(codeLetters.length)]).join('');
      const now = clock();
      const expiresAt = new Date(now.getTime() + codeMinutes * 60_000);
      const { organizationId, id: userId } = actor;
      await change(organizationLock(organizationId), () =>
        links.putCode({ codeHash: hashToken(code), organizationId, userId, expiresAt }, now),
      );
      return { code: `${code.slice(0, 5)}-${code.slice(5)}`, expiresAt };
    },
    redeem: (person, code) => redeem(deps, trials, { person, code }),
    list: (actor) => links.list(actor.organizationId, actor.id),
    unlink: (actor, id) =>
      change(organizationLock(actor.organizationId), async () => {
        const link = await links.remove(actor.organizationId, actor.id, id);
        if (link === null) throw new AppError('NOT_FOUND', 'There is no such link.');
        const { kind, place, external, name } = link;
        const details = { linkId: id, kind, place, external, name };
        await audit.append(directEvent({ actor, action: 'visitor.unlinked', details }));
      }),
    personsOf: (place, userIds) => links.ofUsers(place, userIds),
  };
}

type Deps = OutsideLinkDeps & { readonly clock: () => Date };

async function redeem(
  { links, organizations, audit, change, clock }: Deps,
  trials: Trials,
  { person, code }: { readonly person: OutsidePerson; readonly code: string },
): Promise<Actor> {
  const { organizationId, kind, place, external, name } = person;
  if (!person.identified) {
    throw new AppError(
      'FORBIDDEN',
      'Nobody has said who you are here, so you cannot be linked. Sign in on this site first.',
    );
  }
  const subject = visitorIdOf(person);
  if (!trials.mayTry(subject)) {
    throw new AppError('RATE_LIMITED', 'Five codes were wrong. Wait ten minutes, make a new code and try again.');
  }
  const member = await change(organizationLock(organizationId), async () => {
    const written = code.toUpperCase().replace(/[\s-]/g, '');
    const taken = await links.takeCode(organizationId, hashToken(written), clock());
    const membership = taken === null ? null : await organizations.findMember(organizationId, taken.userId);
    if (taken === null || membership === null) return null;
    const actor = personActor({ id: taken.userId, name: membership.name }, membership);
    const former = await links.find(person);
    if (former !== null && former.userId !== actor.id) {
      const details = { linkId: former.id, kind, place, external, name: former.name, userId: former.userId };
      await audit.append(directEvent({ actor, action: 'visitor.unlinked', channel: kind, details }));
    }
    const id = randomUUID();
    await links.put({ organizationId, id, kind, place, external, name, userId: actor.id, createdAt: clock() });
    const details = { linkId: id, kind, place, external, name };
    await audit.append(directEvent({ actor, action: 'visitor.linked', channel: kind, details }));
    return actor;
  });
  if (member !== null) return member;
  trials.failed(subject);
  throw new AppError(
    'INPUT_INVALID',
    'This code is not known: it was used, is older than ten minutes, or has a typing mistake. Make a new one in your account settings.',
  );
}

function requirePerson({ kind }: Actor): void {
  if (kind === 'user') return;
  throw new AppError('FORBIDDEN', 'Only a person who is signed in links an account.');
}
