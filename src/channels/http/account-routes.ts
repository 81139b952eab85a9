import type { AccountService } from '#auth/accounts.ts';
import type { ApiKeyService } from '#auth/api-keys.ts';
import type { InvitationService } from '#auth/invitations.ts';
import type { MemberService } from '#auth/members.ts';
import type { OrganizationService } from '#auth/organizations.ts';
import type { PasswordResetService } from '#auth/password-resets.ts';
import type { SetUp } from '#auth/set-up.ts';
import type { SignInService } from '#auth/sign-in.ts';
import { createSignInLimiters, defaultSignInLimits, type SignInLimits } from './limit-sign-in.ts';
import type { Route } from './route.ts';
import { createCreateApiKey } from './routes/api-keys/create-api-key.ts';
import { createListApiKeys } from './routes/api-keys/list-api-keys.ts';
import { createRevokeApiKey } from './routes/api-keys/revoke-api-key.ts';
import { createAcceptInvitation } from './routes/invitations/accept-invitation.ts';
import { createGetInvitationLink } from './routes/invitations/get-invitation-link.ts';
import { createInviteMember } from './routes/invitations/invite-member.ts';
import { createListInvitations } from './routes/invitations/list-invitations.ts';
import { createSignUpInvited } from './routes/invitations/sign-up-invited.ts';
import { createWithdrawInvitation } from './routes/invitations/withdraw-invitation.ts';
import { createChangeMember } from './routes/members/change-member.ts';
import { createListMembers } from './routes/members/list-members.ts';
import { createRemoveMember } from './routes/members/remove-member.ts';
import { createCreateOrganization } from './routes/organization/create-organization.ts';
import { createDeleteOrganization } from './routes/organization/delete-organization.ts';
import { createGetOrganization } from './routes/organization/get-organization.ts';
import { createLeaveOrganization } from './routes/organization/leave-organization.ts';
import { createRenameOrganization } from './routes/organization/rename-organization.ts';
import { createChangeAccount } from './routes/session/change-account.ts';
import { createChangePassword } from './routes/session/change-password.ts';
import { createChooseOrganization } from './routes/session/choose-organization.ts';
import { createEndAllSessions } from './routes/session/end-all-sessions.ts';
import { createEndSession } from './routes/session/end-session.ts';
import { createGetSession } from './routes/session/get-session.ts';
import { createListSessions } from './routes/session/list-sessions.ts';
import { createRequestPasswordReset } from './routes/session/request-password-reset.ts';
import { createResetPassword } from './routes/session/reset-password.ts';
import { createSetUpRoute } from './routes/session/set-up.ts';
import { createSignInRoute } from './routes/session/sign-in.ts';
import { createSignOut } from './routes/session/sign-out.ts';
import { createSignUp } from './routes/session/sign-up.ts';

export interface AccountRouteDeps {
  readonly accounts: AccountService;
  readonly setUp: SetUp;
  readonly signIn: SignInService;
  readonly passwordResets: PasswordResetService;
  readonly organizations: OrganizationService;
  readonly members: MemberService;
  readonly invitations: InvitationService;
  readonly apiKeys: ApiKeyService;
  readonly signUpOpen: boolean;
  readonly mailEnabled: boolean;
  readonly signInLimits?: SignInLimits;
}

/** Everything about accounts, organizations and who may what in them. */
export function createAccountRoutes(deps: AccountRouteDeps): readonly Route[] {
  const limiters = createSignInLimiters(deps.signInLimits ?? defaultSignInLimits);
  const guessable = { ...deps, before: limiters.byAddress };
  return [
    createGetSession(deps),
    createSetUpRoute(guessable),
    createSignUp(guessable),
    createSignInRoute({ ...deps, before: limiters.bySignIn }),
    createSignOut(deps),
    createChooseOrganization(deps),
    createListSessions(deps),
    createEndSession(deps),
    createEndAllSessions(deps),
    createChangeAccount(deps),
    createChangePassword(guessable),
    createRequestPasswordReset({ ...deps, before: limiters.byRecipient }),
    createResetPassword(guessable),
    createCreateOrganization(deps),
    createGetOrganization(deps),
    createRenameOrganization(deps),
    createDeleteOrganization(deps),
    createLeaveOrganization(deps),
    createListMembers(deps),
    createChangeMember(deps),
    createRemoveMember(deps),
    createListInvitations(deps),
    createInviteMember(deps),
    createWithdrawInvitation(deps),
    createGetInvitationLink(guessable),
    createAcceptInvitation(guessable),
    createSignUpInvited(guessable),
    createListApiKeys(deps),
    createCreateApiKey(deps),
    createRevokeApiKey(deps),
  ];
}
