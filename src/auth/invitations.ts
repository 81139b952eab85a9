import { randomUUID } from 'node:crypto';
import type { AuditLog } from '#audit/audit-event.ts';
import { directEvent } from '#audit/direct-event.ts';
import type { InvitationPlace, InvitationRecord, InvitationRepository } from '#db/repositories/invitations.ts';
import type { OrganizationRepository } from '#db/repositories/organizations.ts';
import type { SessionRepository } from '#db/repositories/sessions.ts';
import type { UserRepository } from '#db/repositories/users.ts';
import { AppError } from '#errors';
import type { Logger } from '#log';
import type { Actor } from './actor.ts';
import type { Auth } from './auth.ts';
import { type Change, organizationLock } from './change.ts';
import type { Client } from './client.ts';
import type { Identity } from './identity.ts';
import { invitationLink } from './links.ts';
import type { Mailer } from './mailer.ts';
import { invitationMail } from './mails.ts';
import { keyGivesLess, mayChangeRole, type Role } from './permissions.ts';
import { personActor } from './person-actor.ts';
import type { SignInService } from './sign-in.ts';
import { hashToken, newToken } from './tokens.ts';

const invitationMs = 7 * 24 * 3600 * 1000;

export interface InvitationDeps {
  readonly auth: Auth;
  readonly invitations: InvitationRepository;
  readonly organizations: OrganizationRepository;
  readonly users: UserRepository;
  readonly sessions: Pick<SessionRepository, 'chooseOrganization'>;
  readonly signIn: SignInService;
  readonly audit: AuditLog;
  readonly change: Change;
  /** Null: the link is passed on by hand. */
  readonly mailer: Mailer | null;
  readonly publicUrl: () => string;
  readonly log: Logger;
  readonly clock?: () => Date;
}

export interface Invited {
  readonly invitation: InvitationRecord;
  readonly link: string;
  readonly mailed: boolean;
}

export interface InvitationService {
  list(actor: Actor, after: InvitationPlace | null, limit: number): Promise<readonly InvitationRecord[]>;
  /** Takes the place of an invitation of the same address that is still open. */
  invite(actor: Actor, invitation: { email: string; role: Role }): Promise<Invited>;
  withdraw(actor: Actor, id: string): Promise<void>;
  /** Throws NOT_FOUND for a link that is unknown, used, withdrawn or expired, all in the same words. */
  open(token: string): Promise<{ invitation: InvitationRecord; hasAccount: boolean }>;
  /** For the person it was sent to, who is signed in; works once. */
  accept(token: string, identity: Identity): Promise<void>;
  /** For people without an account; returns the cookies of their session. */
  signUp(token: string, person: { name: string; password: string }, client: Client): Promise<readonly string[]>;
}

export function createInvitations(deps: InvitationDeps): InvitationService {
  const { invitations, users, change } = deps;
  return {
    list: ({ organizationId }, after, limit) => invitations.list(organizationId, after, limit),
    invite: (actor, invitation) => invite(deps, actor, invitation),
    withdraw: (actor, id) =>
      change(organizationLock(actor.organizationId), async () => {
        const invitation = await invitations.find(actor.organizationId, id);
        if (invitation === null || !(await invitations.withdraw(actor.organizationId, id))) {
          throw new AppError('NOT_FOUND', 'There is no such invitation, or it is not open any more.');
        }
        const details = { email: invitation.email, role: invitation.role };
        await deps.audit.append(directEvent({ actor, action: 'member.invitation_withdrawn', details }));
      }),
    async open(token) {
      const invitation = await openInvitation(deps, token);
      return { invitation, hasAccount: (await users.findByEmail(invitation.email)) !== null };
    },
    accept: (token, identity) => accept(deps, token, identity),
    signUp: (token, person, client) => signUpInvited(deps, { token, ...person }, client),
  };
}

async function invite(deps: InvitationDeps, actor: Actor, { email, role }: { email: string; role: Role }) {
  const { invitations, organizations, users, audit, change, publicUrl, clock = () => new Date() } = deps;
  if (!mayChangeRole(actor, null, role)) {
    throw new AppError(
      'FORBIDDEN',
      actor.apiKey === null
        ? 'Only an owner can invite somebody as owner. Choose another role, or ask an owner.'
        : keyGivesLess(actor.apiKey),
    );
  }
  const { organizationId } = actor;
  const token = newToken();
  const id = randomUUID();
  const invitation = await change(organizationLock(organizationId), async () => {
    const known = await users.findByEmail(email);
    if (known !== null && (await organizations.findMember(organizationId, known.id)) !== null) {
      throw new AppError('CONFLICT', `${email} belongs to this organization already.`);
    }
    await invitations.withdrawFor(organizationId, email);
    const expiresAt = new Date(clock().getTime() + invitationMs);
    const row = { id, organizationId, email, role, inviterId: actor.id, tokenHash: hashToken(token), expiresAt };
    await invitations.insert(row);
    await audit.append(directEvent({ actor, action: 'member.invited', details: { email, role } }));
    return invitations.find(organizationId, id);
  });
  if (invitation === null) throw goneInvitation();
  const link = invitationLink(publicUrl(), token);
  return { invitation, link, mailed: await mailInvitation(deps, invitation, link) };
}

/** A mail that could not be sent is no failure: the inviter has the link. */
async function mailInvitation(
  { mailer, log }: InvitationDeps,
  { email, inviterName, organizationName, role }: InvitationRecord,
  link: string,
): Promise<boolean> {
  if (mailer === null) return false;
  try {
    await mailer.send(invitationMail({ to: email, inviter: inviterName, organization: organizationName, role, link }));
    return true;
  } catch (error) {
    log.warn({ err: error }, 'an invitation could not be mailed');
    return false;
  }
}

async function accept(deps: InvitationDeps, token: string, identity: Identity): Promise<void> {
  const { user, sessionId } = identity;
  const { organizationId } = await openInvitation(deps, token);
  await deps.change(organizationLock(organizationId), async () => {
    const invitation = await openInvitation(deps, token);
    if (invitation.email !== user.email) {
      throw new AppError(
        'FORBIDDEN',
        `This invitation is for ${invitation.email}, and you are signed in as ${user.email}. Sign out and open the link again.`,
      );
    }
    await join(deps, invitation, user);
    if (sessionId !== null) await deps.sessions.chooseOrganization(user.id, sessionId, organizationId);
  });
}

async function signUpInvited(
  deps: InvitationDeps,
  { token, name, password }: { token: string; name: string; password: string },
  client: Client,
): Promise<readonly string[]> {
  const { auth, users, audit, change, signIn } = deps;
  const { organizationId, email } = await openInvitation(deps, token);
  const passwordHash = await auth.hashPassword(password);
  await change(organizationLock(organizationId), async () => {
    const invitation = await openInvitation(deps, token);
    if ((await users.findByEmail(email)) !== null) {
      throw new AppError('CONFLICT', `${email} has an account already. Sign in, then open the link again.`);
    }
    const { id } = await auth.createPerson({ name, email, passwordHash });
    const actor = personActor({ id, name }, invitation);
    await audit.append(directEvent({ actor, action: 'account.created', details: { name, email } }));
    await join(deps, invitation, { id, name });
  });
  return signIn.signIn({ email, password }, client, organizationId);
}

/** Inside the organization's lock: the invitation is used up and the person belongs. */
async function join(
  { invitations, organizations, audit }: InvitationDeps,
  invitation: InvitationRecord,
  person: { id: string; name: string },
): Promise<void> {
  const { organizationId, role, inviterId, inviterName } = invitation;
  if (!(await invitations.accept(invitation.id))) throw goneInvitation();
  if (!(await organizations.addMember({ organizationId, userId: person.id, role }))) {
    throw new AppError('CONFLICT', 'You belong to this organization already.');
  }
  const actor = personActor(person, invitation);
  const details = { name: person.name, role, invitedBy: { id: inviterId, name: inviterName } };
  await audit.append(directEvent({ actor, action: 'member.joined', details }));
}

async function openInvitation(
  { invitations, clock = () => new Date() }: InvitationDeps,
  token: string,
): Promise<InvitationRecord> {
  const invitation = await invitations.findByToken(hashToken(token));
  if (invitation === null || invitation.expiresAt <= clock()) throw goneInvitation();
  return invitation;
}

function goneInvitation(): AppError {
  return new AppError(
    'NOT_FOUND',
    'This invitation does not work any more: it was used, withdrawn or has expired. Ask for a new one.',
  );
}
