import type {
  ApiKeyListView,
  CreatedApiKeyView,
  InvitationLinkView,
  InvitationListView,
  InvitedView,
  MemberListView,
  OrganizationView,
} from '#channels/http/contract/organization.ts';
import type { LinkCodeView, OutsideLinkListView } from '#channels/http/contract/outside-links.ts';
import type { SessionView, SignedInListView } from '#channels/http/contract/session.ts';
import { getJson, send, withSignal } from './api-client.ts';

export type Role = NonNullable<SessionView['role']>;
export type Permission = SessionView['permissions'][number];

type Cursor = string | null;
const page = (cursor: Cursor, signal?: AbortSignal) => ({ query: { cursor, limit: 100 }, ...withSignal(signal) });
const at = (id: string) => encodeURIComponent(id);

interface NewPerson {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** Who is signed in and what belongs to the account: every endpoint of it. */
export const accountApi = {
  session: (signal?: AbortSignal) => getJson<SessionView>('/api/v1/session', withSignal(signal)),
  setUp: (request: NewPerson & { token: string; organizationName?: string }) => send('POST', '/api/v1/set-up', request),
  signUp: (request: NewPerson & { organizationName: string }) => send('POST', '/api/v1/sign-up', request),
  signIn: (request: { email: string; password: string }) => send('POST', '/api/v1/sign-in', request),
  signOut: () => send('POST', '/api/v1/sign-out'),
  chooseOrganization: (organizationId: string) => send('POST', '/api/v1/session/organization', { organizationId }),
  signedIn: (cursor: Cursor, signal?: AbortSignal) =>
    getJson<SignedInListView>('/api/v1/sessions', page(cursor, signal)),
  endSession: (id: string) => send('DELETE', `/api/v1/sessions/${at(id)}`),
  endAllSessions: () => send('DELETE', '/api/v1/sessions'),
  changeAccount: (request: { name: string }) => send('PATCH', '/api/v1/account', request),
  changePassword: (request: { currentPassword: string; newPassword: string }) =>
    send('POST', '/api/v1/account/password', request),
  outsideLinks: (cursor: Cursor, signal?: AbortSignal) =>
    getJson<OutsideLinkListView>('/api/v1/outside-links', { query: { cursor }, ...withSignal(signal) }),
  makeLinkCode: () => send<LinkCodeView>('POST', '/api/v1/outside-links/codes'),
  unlink: (id: string) => send('DELETE', `/api/v1/outside-links/${at(id)}`),
  requestReset: (request: { email: string }) => send('POST', '/api/v1/password-reset-requests', request),
  resetPassword: (request: { token: string; newPassword: string }) => send('POST', '/api/v1/password-resets', request),
};

/** The organization, who belongs to it, and its API keys. */
export const organizationApi = {
  create: (request: { name: string }) => send<OrganizationView>('POST', '/api/v1/organizations', request),
  rename: (request: { name: string }) => send<OrganizationView>('PATCH', '/api/v1/organization', request),
  remove: (request: { name: string }) => send('DELETE', '/api/v1/organization', request),
  members: (cursor: Cursor, signal?: AbortSignal) => getJson<MemberListView>('/api/v1/members', page(cursor, signal)),
  changeRole: (id: string, role: Role) => send('PATCH', `/api/v1/members/${at(id)}`, { role }),
  removeMember: (id: string) => send('DELETE', `/api/v1/members/${at(id)}`),
  leave: () => send('POST', '/api/v1/organization/leave'),
  invitations: (cursor: Cursor, signal?: AbortSignal) =>
    getJson<InvitationListView>('/api/v1/invitations', page(cursor, signal)),
  invite: (request: { email: string; role: Role }) => send<InvitedView>('POST', '/api/v1/invitations', request),
  withdraw: (id: string) => send('DELETE', `/api/v1/invitations/${at(id)}`),
  invitation: (token: string, signal?: AbortSignal) =>
    getJson<InvitationLinkView>(`/api/v1/invitation-links/${at(token)}`, withSignal(signal)),
  acceptInvitation: (token: string) => send('POST', `/api/v1/invitation-links/${at(token)}/accept`),
  signUpInvited: (token: string, request: { name: string; password: string }) =>
    send('POST', `/api/v1/invitation-links/${at(token)}/sign-up`, request),
  apiKeys: (cursor: Cursor, signal?: AbortSignal) => getJson<ApiKeyListView>('/api/v1/api-keys', page(cursor, signal)),
  createApiKey: (request: { name: string; scopes: readonly string[]; expiresAt: string | null }) =>
    send<CreatedApiKeyView>('POST', '/api/v1/api-keys', request),
  revokeApiKey: (id: string) => send('DELETE', `/api/v1/api-keys/${at(id)}`),
};
