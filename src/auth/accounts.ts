import type { AuditLog } from '#audit/audit-event.ts';
import { directEvent } from '#audit/direct-event.ts';
import type { MembershipRecord, OrganizationRepository } from '#db/repositories/organizations.ts';
import type { SessionPlace, SessionRecord, SessionRepository } from '#db/repositories/sessions.ts';
import type { UserRepository } from '#db/repositories/users.ts';
import { AppError } from '#errors';
import type { Auth } from './auth.ts';
import { type Change, firstAccountLock } from './change.ts';
import type { Client } from './client.ts';
import type { Identity } from './identity.ts';
import type { OrganizationService } from './organizations.ts';
import { personActor } from './person-actor.ts';
import type { SetUp } from './set-up.ts';
import type { SignInService } from './sign-in.ts';

export interface AccountDeps {
  readonly auth: Auth;
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly organizations: OrganizationRepository;
  readonly organizationService: Pick<OrganizationService, 'found'>;
  readonly setUp: Pick<SetUp, 'isNeeded'>;
  readonly signIn: SignInService;
  readonly audit: AuditLog;
  readonly change: Change;
  /** Whether everybody may make an account, or only who is invited. */
  readonly signUpOpen: boolean;
}

export interface SignUpRequest {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly organizationName: string;
}

export interface AccountService {
  /** The organizations somebody can choose from; for an API key only its own. */
  memberships(identity: Identity): Promise<readonly MembershipRecord[]>;
  /** An account with an organization of its own. Returns the cookies of its session. */
  signUp(request: SignUpRequest, client: Client): Promise<readonly string[]>;
  rename(identity: Identity, name: string): Promise<void>;
  /** Signs out everywhere else; the session at hand goes on under a new token. */
  changePassword(
    identity: Identity,
    passwords: { current: string; next: string },
    client: Client,
  ): Promise<readonly string[]>;
  sessions(identity: Identity, after: SessionPlace | null, limit: number): Promise<readonly SessionRecord[]>;
  endSession(identity: Identity, id: string): Promise<void>;
  /** Signs out everywhere, here included. */
  endAllSessions(identity: Identity, client: Client): Promise<readonly string[]>;
}

export function createAccounts(deps: AccountDeps): AccountService {
  const { auth, users, sessions, organizations, signIn } = deps;
  return {
    async memberships({ user, actor }) {
      const all = await organizations.membershipsOf(user.id);
      if (actor === null || actor.apiKey === null) return all;
      return all.filter(({ organization }) => organization.id === actor.organizationId);
    },
    signUp: (request, client) => signUp(deps, request, client),
    rename: ({ user }, name) => users.rename(user.id, name),
    async changePassword(identity, passwords, client) {
      const cookies = await auth.changePassword(passwords, client);
      if (cookies === null) {
        throw new AppError('INPUT_INVALID', 'currentPassword: is not right. Type the password you sign in with now.');
      }
      await keepOrganization(deps, identity, cookies);
      const { actor } = identity;
      if (actor !== null) await deps.audit.append(directEvent({ actor, action: 'account.password_changed' }));
      return cookies;
    },
    sessions: ({ user }, after, limit) => sessions.list(user.id, after, limit),
    async endSession({ user }, id) {
      if (await sessions.end(user.id, id)) return;
      throw new AppError('NOT_FOUND', 'There is no such session, or it has ended already.');
    },
    async endAllSessions({ user }, client) {
      const cookies = await signIn.signOut(client);
      await sessions.endAll(user.id);
      return cookies;
    },
  };
}

async function signUp(deps: AccountDeps, request: SignUpRequest, client: Client): Promise<readonly string[]> {
  const { auth, users, audit, change, signUpOpen, setUp, signIn, organizationService } = deps;
  if (!signUpOpen) {
    throw new AppError('FORBIDDEN', 'New accounts are by invitation here. Ask an owner or admin for one.');
  }
  if (await setUp.isNeeded()) {
    throw new AppError('CONFLICT', 'The service is not set up yet. Open the set-up link that its terminal shows.');
  }
  const { name, email, password, organizationName } = request;
  // Before anything is looked up, so that the answer takes as long for an address that is known.
  const passwordHash = await auth.hashPassword(password);
  const organizationId = await change(firstAccountLock, async () => {
    if ((await users.findByEmail(email)) !== null) {
      throw new AppError(
        'CONFLICT',
        'No account could be made with these entries. If you have one already, sign in or reset your password.',
      );
    }
    const { id } = await auth.createPerson({ name, email, passwordHash });
    const organization = await organizationService.found({ id, name }, organizationName);
    const actor = personActor({ id, name }, { organizationId: organization.id, role: 'owner' });
    await audit.append(directEvent({ actor, action: 'account.created', details: { name, email } }));
    return organization.id;
  });
  return signIn.signIn({ email, password }, client, organizationId);
}

/** The session that takes the place of the others works in the same organization. */
async function keepOrganization(
  { auth, sessions }: AccountDeps,
  { user, actor }: Identity,
  cookies: readonly string[],
): Promise<void> {
  const cookie = cookies[0]?.split(';')[0];
  const token = auth.readToken({ cookie, authorization: undefined, userAgent: undefined, address: undefined });
  const session = token === null ? null : await sessions.findByToken(token);
  if (session === null || actor === null) return;
  await sessions.chooseOrganization(user.id, session.session.id, actor.organizationId);
}
