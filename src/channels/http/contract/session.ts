import { z } from 'zod';
import { permissions, roles } from '#auth/permissions.ts';
import { emailInput, id, listOf, nameInput, time } from './common.ts';

export const password = z
  .string()
  .min(10, 'must have at least 10 characters')
  .max(128, 'must have at most 128 characters');

/** GET /api/v1/session: who is signed in, and what a visitor can do who is not. */
export const sessionView = z
  .object({
    user: z.object({ id: z.string(), name: z.string(), email: z.string() }).nullable(),
    organization: z.object({ id: z.string(), name: z.string(), isDemo: z.boolean() }).nullable(),
    role: z.enum(roles).nullable(),
    permissions: z.array(z.enum(permissions)),
    organizations: z.array(z.object({ id: z.string(), name: z.string(), role: z.enum(roles), isDemo: z.boolean() })),
    /** Nobody has an account yet: the set-up link is on the terminal. */
    setUpNeeded: z.boolean(),
    signUpOpen: z.boolean(),
    /** Whether the service can send e-mail; without it links are passed on by hand. */
    mailEnabled: z.boolean(),
  })
  .meta({ id: 'Session' });
export type SessionView = z.output<typeof sessionView>;

/** POST /api/v1/set-up, once, with the token of the set-up link. */
export const setUpRequest = z.strictObject({
  token: z.string().max(200),
  name: nameInput(80),
  email: emailInput,
  password,
  /** Names an organization of one's own beside the demo organization; needed where there is no demo. */
  organizationName: nameInput(80).optional(),
});

/** POST /api/v1/sign-up */
export const signUpRequest = z.strictObject({
  name: nameInput(80),
  email: emailInput,
  password,
  organizationName: nameInput(80),
});

/** POST /api/v1/sign-in */
export const signInRequest = z.strictObject({ email: emailInput, password: z.string().min(1).max(128) });

/** POST /api/v1/session/organization */
export const chooseOrganizationRequest = z.strictObject({ organizationId: id });

/** GET /api/v1/sessions: where the person is signed in. */
export const signedInView = z
  .object({
    id: z.string(),
    current: z.boolean(),
    device: z.string(),
    ipAddress: z.string().nullable(),
    createdAt: time,
    lastSeenAt: time,
    expiresAt: time,
  })
  .meta({ id: 'SignedIn' });
export const signedInListView = listOf(signedInView);
export type SignedInView = z.output<typeof signedInView>;
export type SignedInListView = z.output<typeof signedInListView>;

/** PATCH /api/v1/account */
export const changeAccountRequest = z.strictObject({ name: nameInput(80) });

/** POST /api/v1/account/password: signs out everywhere else. */
export const changePasswordRequest = z.strictObject({
  currentPassword: z.string().min(1).max(128),
  newPassword: password,
});

/** POST /api/v1/password-reset-requests: always answers the same. */
export const requestResetRequest = z.strictObject({ email: emailInput });

/** POST /api/v1/password-resets, with the token of the link. */
export const resetPasswordRequest = z.strictObject({ token: z.string().max(200), newPassword: password });
