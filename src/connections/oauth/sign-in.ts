import { createHash, randomBytes } from 'node:crypto';
import type { Actor } from '#auth/actor.ts';
import type { Identity } from '#auth/identity.ts';
import type { OauthFlowRepository } from '#db/repositories/oauth-flows.ts';
import { AppError } from '#errors';
import type { Integration, OauthConnect } from '#integrations/catalog.ts';
import { findManageable, mayManage, requireAlive, requireManage } from '../access.ts';
import type { ConnectionDeps } from '../connection-deps.ts';
import { type ConnectionRights, type StoredRights, toStoredRights } from '../rights.ts';
import { requireIntegration, tryCredential } from '../try-credential.ts';
import { type AuthorizationServer, OauthRefused, type Tokens } from './authorization-server.ts';
import { beginFlow, SignInFailed, takeFlow } from './sign-in-flow.ts';
import type { SignInProblem } from './sign-in-problem.ts';
import { storeSignIn } from './store-sign-in.ts';

export interface SignInDeps extends ConnectionDeps {
  readonly flows: OauthFlowRepository;
  readonly server: AuthorizationServer;
  /** Where the other service sends the browser back to: this service's own address and the path of the callback. */
  readonly redirectUri: () => string;
}

export interface SignInRequest extends ConnectionRights {
  readonly integration: string;
  readonly label: string;
  readonly ownership: 'organization' | 'personal';
  /** The connection to renew, or null for a new one. */
  readonly connectionId: string | null;
}

/** What the connection shall be once the person is back. */
export interface SignInPlan extends StoredRights {
  readonly label: string;
  readonly ownership: 'organization' | 'personal';
  readonly connectionId: string | null;
  /** One half of the verifier; the other is the state, which only the browser has. */
  readonly nonce: string;
}

export type SignInOutcome =
  | { readonly connectionId: string; readonly problem: null }
  | { readonly connectionId: null; readonly problem: SignInProblem };

export interface SignInService {
  /** Where to send the browser. Throws AppError. */
  begin(caller: { actor: Actor; sessionId: string }, request: SignInRequest): Promise<{ url: string }>;
  /** The browser is back. Every state counts once, for the session it was made in, and for ten minutes. */
  finish(identity: Identity | null, parameters: URLSearchParams): Promise<SignInOutcome>;
}

export function createSignInService(deps: SignInDeps): SignInService {
  return {
    begin: (caller, request) => begin(deps, caller, request),
    async finish(identity, parameters) {
      try {
        return { connectionId: await finish(deps, identity, parameters), problem: null };
      } catch (error) {
        return { connectionId: null, problem: problemOf(deps, error) };
      }
    },
  };
}

async function begin(
  deps: SignInDeps,
  caller: { actor: Actor; sessionId: string },
  request: SignInRequest,
): Promise<{ url: string }> {
  const integration = requireIntegration(deps.catalog, request.integration);
  const connect = requireOauth(integration);
  const rights = toStoredRights(integration, request);
  await requireTarget(deps, caller.actor, request);
  const nonce = randomBytes(32).toString('base64url');
  const { label, ownership, connectionId } = request;
  const plan: SignInPlan = { label, ownership, connectionId, ...rights, nonce };
  const state = await beginFlow(deps, caller, { integration: integration.name, plan });
  const verifier = verifierOf(state, nonce);
  const scopes = connect.scopesFor(rights.scopes);
  return { url: await deps.server.urlFor(connect, { scopes, state, verifier, redirectUri: deps.redirectUri() }) };
}

async function requireTarget(deps: SignInDeps, actor: Actor, request: SignInRequest): Promise<void> {
  const { connectionId, ownership, integration } = request;
  if (connectionId === null) {
    requireManage(actor, { ownerId: ownership === 'personal' ? actor.id : null });
    return;
  }
  const record = await findManageable(deps.repository, actor, connectionId);
  requireAlive(record);
  if (record.auth === 'oauth' && record.integration === integration) return;
  throw new AppError('INPUT_INVALID', 'connectionId: this connection is not renewed by signing in there.');
}

async function finish(deps: SignInDeps, identity: Identity | null, parameters: URLSearchParams): Promise<string> {
  const { actor, state, flow } = await takeFlow(deps, identity, parameters);
  const integration = requireIntegration(deps.catalog, flow.integration);
  const connect = requireOauth(integration);
  const plan = flow.plan as SignInPlan;
  const answer = { parameters, state, verifier: verifierOf(state, plan.nonce), redirectUri: deps.redirectUri() };
  const tokens = await deps.server.exchange(connect, answer);
  // The role may have changed while the person was away.
  if (!mayManage(actor, { ownerId: plan.ownership === 'personal' ? actor.id : null }))
    throw new SignInFailed('refused');
  const seen = await seenWith(deps, { actor, integration, connect, tokens });
  return storeSignIn(deps, { actor, integration, connect, tokens, seen, plan });
}

interface SignedIn {
  readonly actor: Actor;
  readonly integration: Integration;
  readonly connect: OauthConnect;
  readonly tokens: Tokens;
}

function seenWith(deps: SignInDeps, { actor, integration, connect, tokens }: SignedIn) {
  const { organizationId } = actor;
  const { baseUrl } = connect;
  const trial = { organizationId, integration, baseUrl, credential: tokens.access, isStandIn: false, settings: null };
  return tryCredential(deps, trial);
}

function problemOf({ log }: SignInDeps, error: unknown): SignInProblem {
  if (error instanceof SignInFailed) return error.problem;
  if (error instanceof OauthRefused) return error.problem === 'denied' ? 'denied' : 'failed';
  if (error instanceof AppError && error.status < 500) return 'refused';
  log.error({ err: error }, 'a sign-in at another service could not be finished');
  return 'failed';
}

function requireOauth({ connect, title }: Integration): OauthConnect {
  if (connect.kind === 'oauth') return connect;
  throw new AppError(
    'INPUT_INVALID',
    connect.kind === 'own'
      ? `integration: ${title} is connected on a page of its own, not here.`
      : `integration: there is no sign-in with ${title}. Connect it with ${connect.kind === 'form' ? 'its form' : 'an API key'}.`,
  );
}

/** From both halves: the database alone does not tell it, and neither does what the browser was sent. */
function verifierOf(state: string, nonce: string): string {
  return createHash('sha256').update(`${state}.${nonce}`).digest('base64url');
}
