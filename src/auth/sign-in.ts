import type { AuditLog, DirectAction } from '#audit/audit-event.ts';
import { directEvent } from '#audit/direct-event.ts';
import type { OrganizationRepository } from '#db/repositories/organizations.ts';
import type { SessionRepository } from '#db/repositories/sessions.ts';
import type { UserRepository } from '#db/repositories/users.ts';
import { AppError } from '#errors';
import type { Auth, Credentials } from './auth.ts';
import type { Client } from './client.ts';
import { describeDevice } from './describe-device.ts';

export interface SignInDeps {
  readonly auth: Auth;
  readonly users: Pick<UserRepository, 'findByEmail'>;
  readonly sessions: SessionRepository;
  readonly organizations: Pick<OrganizationRepository, 'membershipsOf'>;
  readonly audit: AuditLog;
}

export interface SignInService {
  /**
   * A new session, whatever cookie came along; the session of that cookie ends. Returns the cookies for the answer.
   * Throws SIGN_IN_REFUSED in the same words for an unknown e-mail and a wrong password.
   */
  signIn(credentials: Credentials, client: Client, organizationId?: string): Promise<readonly string[]>;
  signOut(client: Client): Promise<readonly string[]>;
}

export function createSignIn(deps: SignInDeps): SignInService {
  const { auth, users, sessions } = deps;
  return {
    async signIn(credentials, client, organizationId) {
      const signIn = await auth.signIn(credentials, client);
      if (signIn === null) {
        const known = await users.findByEmail(credentials.email);
        if (known !== null) await record(deps, known.id, { action: 'session.refused', client });
        throw new AppError(
          'SIGN_IN_REFUSED',
          'E-mail address or password is not right. Check both and try again, or reset your password.',
        );
      }
      const former = auth.readToken(client);
      if (former !== null) await sessions.endByToken(former);
      const session = await sessions.findByToken(signIn.token);
      // Where the person worked last; written down, so that another session's choice does not move this one.
      const place = organizationId ?? session?.membership?.organizationId;
      if (place !== undefined && session !== null) {
        await sessions.chooseOrganization(signIn.userId, session.session.id, place);
      }
      await record(deps, signIn.userId, { action: 'session.signed_in', client, organizationId: place });
      return signIn.cookies;
    },
    async signOut(client) {
      const token = auth.readToken(client);
      const session = token === null ? null : await sessions.findByToken(token);
      const cookies = await auth.signOut(client);
      if (session !== null) {
        const organizationId = session.membership?.organizationId;
        await record(deps, session.user.id, { action: 'session.signed_out', client, organizationId });
      }
      return cookies;
    },
  };
}

interface SessionEvent {
  readonly action: Extract<DirectAction, `session.${string}`>;
  readonly client: Client;
  readonly organizationId?: string | undefined;
}

/** One row, in the organization the person works in or else their first one; who belongs to none leaves no trace. */
async function record(
  { audit, organizations }: SignInDeps,
  id: string,
  { action, client, organizationId }: SessionEvent,
): Promise<void> {
  const place = organizationId ?? (await organizations.membershipsOf(id))[0]?.organization.id;
  if (place === undefined) return;
  const event = directEvent({
    actor: { kind: 'user', id, organizationId: place, apiKey: null },
    action,
    ...(action === 'session.refused' ? { code: 'SIGN_IN_REFUSED' } : {}),
    details: { device: describeDevice(client.userAgent), ipAddress: client.address ?? null },
  });
  // A refusal does not wait for the disk: how long it took would tell which e-mail addresses have an account.
  await audit.append(event, action === 'session.refused' ? 'stored' : 'durable');
}
