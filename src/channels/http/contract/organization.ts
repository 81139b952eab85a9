import { z } from 'zod';
import { permissions, personalPermissions, roles } from '#auth/permissions.ts';
import { scopes } from '#integrations/rights.ts';
import { emailInput, listOf, nameInput, time, timeInput } from './common.ts';
import { password } from './session.ts';

/** POST /api/v1/organizations: the person who asks becomes its owner and works in it from then on. */
export const createOrganizationRequest = z.strictObject({ name: nameInput(80) });
export const organizationView = z
  .object({ id: z.string(), name: z.string(), isDemo: z.boolean(), createdAt: time })
  .meta({ id: 'Organization' });
export type OrganizationView = z.output<typeof organizationView>;

/** PATCH /api/v1/organization */
export const renameOrganizationRequest = z.strictObject({ name: nameInput(80) });
/** DELETE /api/v1/organization: the name is typed again so that nobody does it by mistake. */
export const deleteOrganizationRequest = z.strictObject({ name: z.string().max(80) });

export const memberView = z
  .object({
    /** The person's id; what activity calls the actor. */
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role: z.enum(roles),
    isYou: z.boolean(),
    joinedAt: time,
  })
  .meta({ id: 'Member' });
export const memberListView = listOf(memberView);
export type MemberView = z.output<typeof memberView>;
export type MemberListView = z.output<typeof memberListView>;
/** PATCH /api/v1/members/:id */
export const changeMemberRequest = z.strictObject({ role: z.enum(roles) });

export const invitationView = z
  .object({
    id: z.string(),
    email: z.string(),
    role: z.enum(roles),
    invitedBy: z.string(),
    createdAt: time,
    expiresAt: time,
    expired: z.boolean(),
  })
  .meta({ id: 'Invitation' });
export const invitationListView = listOf(invitationView);
export type InvitationView = z.output<typeof invitationView>;
export type InvitationListView = z.output<typeof invitationListView>;
/** POST /api/v1/invitations */
export const inviteRequest = z.strictObject({ email: emailInput, role: z.enum(roles) });
/** The link is shown once, to whoever invited; `mailed` says whether it also went out by e-mail. */
export const invitedView = z
  .object({ invitation: invitationView, link: z.url(), mailed: z.boolean() })
  .meta({ id: 'Invited' });
export type InvitedView = z.output<typeof invitedView>;

/** GET /api/v1/invitation-links/:token */
export const invitationTokenPath = z.strictObject({ token: z.string().max(200) });
export const invitationLinkView = z
  .object({
    organization: z.string(),
    email: z.string(),
    role: z.enum(roles),
    invitedBy: z.string(),
    hasAccount: z.boolean(),
  })
  .meta({ id: 'InvitationLink' });
export type InvitationLinkView = z.output<typeof invitationLinkView>;
/** POST /api/v1/invitation-links/:token/sign-up, for people without an account. */
export const invitedSignUpRequest = z.strictObject({ name: nameInput(80), password });

/** A key can be given permissions of its maker and the scopes of tools. */
const keyPermissions = permissions.filter((permission) => !personalPermissions.includes(permission));
export const apiKeyScopes = [...keyPermissions, ...scopes] as const;
export const apiKeyView = z
  .object({
    id: z.string(),
    name: z.string(),
    hint: z.string(),
    owner: z.object({ id: z.string(), name: z.string() }),
    scopes: z.array(z.string()),
    createdAt: time,
    expiresAt: time.nullable(),
    lastUsedAt: time.nullable(),
    status: z.enum(['active', 'expired', 'revoked']),
  })
  .meta({ id: 'ApiKey' });
export const apiKeyListView = listOf(apiKeyView);
export type ApiKeyView = z.output<typeof apiKeyView>;
export type ApiKeyListView = z.output<typeof apiKeyListView>;
/** POST /api/v1/api-keys */
export const createApiKeyRequest = z.strictObject({
  name: nameInput(80),
  scopes: z.array(z.enum(apiKeyScopes)).min(1, 'must name at least one scope'),
  expiresAt: timeInput.nullable().default(null),
});
/** The key itself is in this answer and never again. */
export const createdApiKeyView = z.object({ apiKey: apiKeyView, key: z.string() }).meta({ id: 'CreatedApiKey' });
export type CreatedApiKeyView = z.output<typeof createdApiKeyView>;
