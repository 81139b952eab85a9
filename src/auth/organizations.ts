import { randomUUID } from 'node:crypto';
import type { AuditLog } from '#audit/audit-event.ts';
import { directEvent } from '#audit/direct-event.ts';
import type { OrganizationRecord, OrganizationRepository } from '#db/repositories/organizations.ts';
import type { SessionRepository } from '#db/repositories/sessions.ts';
import type { UserRepository } from '#db/repositories/users.ts';
import { AppError } from '#errors';
import type { Actor } from './actor.ts';
import { type Change, firstAccountLock, organizationLock } from './change.ts';
import type { Identity } from './identity.ts';
import { personActor } from './person-actor.ts';

/** The one that comes with the service. */
export const defaultOrganizationId = 'default';

/** Takes away what an organization has stored somewhere, inside the transaction that deletes the organization. */
export type OrganizationEraser = (organizationId: string) => Promise<void>;

export interface OrganizationDeps {
  readonly organizations: OrganizationRepository;
  readonly sessions: SessionRepository;
  readonly users: Pick<UserRepository, 'any'>;
  readonly audit: AuditLog;
  readonly change: Change;
  /** Run in this order before the organization itself goes. */
  readonly erasers: readonly OrganizationEraser[];
  /** Told when an organization is gone for good, e.g. to end what still runs for it. */
  readonly onDeleted?: (organizationId: string) => Promise<void>;
}

export interface OrganizationService {
  /** Makes the first organization as long as nobody has an account; a demo that was deleted stays deleted. */
  ensureDefault(options: { isDemo: boolean }): Promise<void>;
  /** The person owns it and works in it from then on. */
  create(identity: Identity, name: string): Promise<OrganizationRecord>;
  /** Joins the caller's transaction. */
  found(person: { id: string; name: string }, name: string): Promise<OrganizationRecord>;
  get(actor: Actor): Promise<OrganizationRecord>;
  rename(actor: Actor, name: string): Promise<OrganizationRecord>;
  /** Throws NOT_FOUND for an organization that the person does not belong to. */
  choose(identity: Identity, organizationId: string): Promise<void>;
  /** `typedName` must be the organization's name. Its audit events stay, without their bodies. */
  remove(actor: Actor, typedName: string): Promise<void>;
}

export function createOrganizations(deps: OrganizationDeps): OrganizationService {
  const { organizations, sessions, change } = deps;
  const found = (person: { id: string; name: string }, name: string) => foundOrganization(deps, person, name);
  return {
    found,
    ensureDefault: ({ isDemo }) => ensureDefault(deps, isDemo),
    create: async ({ user, sessionId }, name) =>
      change(`person:${user.id}`, async () => {
        const organization = await found(user, name);
        if (sessionId !== null) await sessions.chooseOrganization(user.id, sessionId, organization.id);
        return organization;
      }),
    async get({ organizationId }) {
      return required(await organizations.find(organizationId));
    },
    rename: (actor, name) =>
      change(organizationLock(actor.organizationId), async () => {
        const { organizationId } = actor;
        const before = required(await organizations.find(organizationId));
        const after = required(await organizations.change(organizationId, { name }));
        const details = { from: before.name, to: name };
        await deps.audit.append(directEvent({ actor, action: 'organization.renamed', details }));
        return after;
      }),
    async choose({ user, sessionId }, organizationId) {
      const member = await organizations.findMember(organizationId, user.id);
      if (member === null || sessionId === null) {
        throw new AppError('NOT_FOUND', 'There is no such organization, or you do not belong to it.');
      }
      await sessions.chooseOrganization(user.id, sessionId, organizationId);
    },
    remove: (actor, typedName) => removeOrganization(deps, actor, typedName),
  };
}

async function ensureDefault({ organizations, users, change }: OrganizationDeps, isDemo: boolean): Promise<void> {
  const name = isDemo ? 'Demo organization' : 'Organization';
  await change(firstAccountLock, async () => {
    if (await users.any()) return;
    const changed = await organizations.change(defaultOrganizationId, { isDemo, name });
    if (changed === null) await organizations.insert({ id: defaultOrganizationId, name, isDemo });
  });
}

async function foundOrganization(
  { organizations, audit }: OrganizationDeps,
  person: { id: string; name: string },
  name: string,
): Promise<OrganizationRecord> {
  const organization = await organizations.insert({ id: randomUUID(), name, isDemo: false });
  const membership = { organizationId: organization.id, role: 'owner' } as const;
  await organizations.addMember({ ...membership, userId: person.id });
  const actor = personActor(person, membership);
  await audit.append(directEvent({ actor, action: 'organization.created', details: { name } }));
  return organization;
}

async function removeOrganization(deps: OrganizationDeps, actor: Actor, typedName: string): Promise<void> {
  const { organizations, sessions, audit, change, erasers } = deps;
  const { organizationId } = actor;
  await change(organizationLock(organizationId), async () => {
    const { name } = required(await organizations.find(organizationId));
    if (typedName.trim() !== name) {
      throw new AppError('INPUT_INVALID', `name: type the organization’s name, “${name}”, to delete it.`);
    }
    // Before the erasers, so that its own body goes with the others.
    await audit.append(directEvent({ actor, action: 'organization.deleted' }));
    for (const erase of erasers) await erase(organizationId);
    await sessions.closeOrganization(organizationId);
    await organizations.remove(organizationId);
  });
  await deps.onDeleted?.(organizationId);
}

function required(organization: OrganizationRecord | null): OrganizationRecord {
  if (organization === null) throw new AppError('NOT_FOUND', 'The organization is not there any more.');
  return organization;
}
