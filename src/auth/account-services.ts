import { randomUUID } from 'node:crypto';
import type { AuditLog } from '#audit/audit-event.ts';
import type { Database } from '#db/database.ts';
import { createApiKeyRepository } from '#db/repositories/api-keys.ts';
import { createInvitationRepository } from '#db/repositories/invitations.ts';
import { createOrganizationRepository } from '#db/repositories/organizations.ts';
import { createSessionRepository } from '#db/repositories/sessions.ts';
import { createUserRepository } from '#db/repositories/users.ts';
import type { Logger } from '#log';
import { type AccountService, createAccounts } from './accounts.ts';
import type { Actor } from './actor.ts';
import { type ApiKeyService, createApiKeys } from './api-keys.ts';
import { createAuth } from './auth.ts';
import { createChange } from './change.ts';
import { createIdentify, type Identify } from './identify.ts';
import { createInvitations, type InvitationService } from './invitations.ts';
import type { Mailer } from './mailer.ts';
import { createMembers, type MemberService } from './members.ts';
import { createOrganizations, type OrganizationEraser, type OrganizationService } from './organizations.ts';
import { createPasswordResets, type PasswordResetService } from './password-resets.ts';
import type { Role } from './permissions.ts';
import { createSetUp, type SetUp } from './set-up.ts';
import { createSignIn, type SignInService } from './sign-in.ts';

export interface AccountServiceOptions {
  readonly db: Database;
  /** Signs session cookies. */
  readonly secret: Buffer;
  readonly secureCookies: boolean;
  readonly audit: AuditLog;
  /** Null: links are passed on by hand. */
  readonly mailer: Mailer | null;
  /** Where people reach the pages, without a slash at the end; known once the service listens. */
  readonly publicUrl: () => string;
  readonly isDemo: boolean;
  readonly signUpOpen: boolean;
  readonly erasers: readonly OrganizationEraser[];
  readonly onOrganizationDeleted?: (organizationId: string) => Promise<void>;
  readonly onMemberLeft?: (left: { organizationId: string; userId: string }) => Promise<void>;
  readonly onRoleChanged?: (changed: { organizationId: string; userId: string; role: Role }) => Promise<void>;
  readonly onSetUp?: (actor: Actor) => void;
  readonly log: Logger;
  readonly clock?: () => Date;
}

export interface AccountServices {
  readonly identify: Identify;
  readonly accounts: AccountService;
  readonly setUp: SetUp;
  readonly signIn: SignInService;
  readonly passwordResets: PasswordResetService;
  readonly organizations: OrganizationService;
  readonly members: MemberService;
  readonly invitations: InvitationService;
  readonly apiKeys: ApiKeyService;
}

/** Everything about people, organizations and who may what, over one database. */
export function createAccountServices(options: AccountServiceOptions): AccountServices {
  const { db, clock = () => new Date(), onMemberLeft, onRoleChanged, onOrganizationDeleted, onSetUp } = options;
  const repositories = {
    users: createUserRepository(db, clock),
    sessions: createSessionRepository(db, clock),
    organizations: createOrganizationRepository(db, { clock, newId: randomUUID }),
    invitations: createInvitationRepository(db, clock),
    apiKeys: createApiKeyRepository(db, clock),
  };
  const parts = { ...options, ...repositories, clock, auth: createAuth(options), change: createChange(db) };
  const signIn = createSignIn(parts);
  const organizations = createOrganizations({
    ...parts,
    ...(onOrganizationDeleted === undefined ? {} : { onDeleted: onOrganizationDeleted }),
  });
  const withServices = { ...parts, signIn, organizationService: organizations };
  const setUp = createSetUp({ ...withServices, ...(onSetUp === undefined ? {} : { onSetUp }) });
  return {
    identify: createIdentify(parts),
    accounts: createAccounts({ ...withServices, setUp }),
    setUp,
    signIn,
    passwordResets: createPasswordResets(parts),
    organizations,
    members: createMembers({
      ...parts,
      ...(onMemberLeft === undefined ? {} : { onLeft: onMemberLeft }),
      ...(onRoleChanged === undefined ? {} : { onRoleChanged }),
    }),
    invitations: createInvitations(withServices),
    apiKeys: createApiKeys(parts),
  };
}
