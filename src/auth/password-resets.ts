import type { AuditLog } from '#audit/audit-event.ts';
import { directEvent } from '#audit/direct-event.ts';
import type { OrganizationRepository } from '#db/repositories/organizations.ts';
import type { UserRepository } from '#db/repositories/users.ts';
import { AppError } from '#errors';
import type { Logger } from '#log';
import type { Auth } from './auth.ts';
import { resetLink } from './links.ts';
import type { Mailer } from './mailer.ts';
import { resetMail } from './mails.ts';
import { personActor } from './person-actor.ts';

export interface PasswordResetDeps {
  readonly auth: Auth;
  readonly users: Pick<UserRepository, 'find' | 'findByEmail'>;
  readonly organizations: Pick<OrganizationRepository, 'membershipsOf'>;
  readonly audit: AuditLog;
  readonly mailer: Mailer | null;
  readonly publicUrl: () => string;
  readonly log: Logger;
}

export interface PasswordResetService {
  /** Mails a link if the address has an account. Resolves alike, and as soon, when it has none. */
  request(email: string): Promise<void>;
  /** Signs the person out everywhere. Throws INPUT_INVALID for a link that is unknown, used or too old. */
  reset(token: string, newPassword: string): Promise<void>;
  /** Resolves once no mail is under way any more. */
  settled(): Promise<void>;
}

export function createPasswordResets(deps: PasswordResetDeps): PasswordResetService {
  const { auth, users, organizations, audit, log } = deps;
  const underWay = new Set<Promise<void>>();
  return {
    async request(email) {
      // Not awaited: how long it takes would tell whether the address has an account.
      const mail = mailLink(deps, email)
        .catch((error: unknown) => log.warn({ err: error }, 'a link for a new password could not be mailed'))
        .finally(() => underWay.delete(mail));
      underWay.add(mail);
    },
    async reset(token, newPassword) {
      const userId = await auth.resetPassword(token, newPassword);
      if (userId === null) {
        throw new AppError(
          'INPUT_INVALID',
          'This link does not work any more: it was used, or is older than an hour. Ask for a new one.',
        );
      }
      const user = await users.find(userId);
      const [first] = await organizations.membershipsOf(userId);
      if (user === null || first === undefined) return;
      const actor = personActor(user, { organizationId: first.organization.id, role: first.role });
      const details = { by: 'link' };
      await audit.append(directEvent({ actor, action: 'account.password_changed', details }));
    },
    settled: async () => void (await Promise.all(underWay)),
  };
}

async function mailLink({ auth, users, mailer, publicUrl }: PasswordResetDeps, email: string): Promise<void> {
  if (mailer === null) return;
  const user = await users.findByEmail(email);
  if (user === null) return;
  const link = resetLink(publicUrl(), await auth.createResetToken(user.id));
  await mailer.send(resetMail({ to: user.email, name: user.name, link }));
}
