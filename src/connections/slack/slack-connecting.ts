import type { Actor } from '#auth/actor.ts';
import type { Identity } from '#auth/identity.ts';
import type { OauthFlowRepository } from '#db/repositories/oauth-flows.ts';
import { AppError } from '#errors';
import type { Integration } from '#integrations/catalog.ts';
import type { SlackDoor, SlackSignIn } from '#integrations/slack-door.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { Secret } from '#vault/secret.ts';
import { requireManage } from '../access.ts';
import { requireKeyLike } from '../create-connection.ts';
import type { SignInOutcome } from '../oauth/sign-in.ts';
import { beginFlow, SignInFailed, takeFlow } from '../oauth/sign-in-flow.ts';
import type { SignInProblem } from '../oauth/sign-in-problem.ts';
import { askUpstream, requireIntegration } from '../try-credential.ts';
import { type StoreWorkspaceDeps, storeWorkspace } from './store-workspace.ts';

export interface SlackConnectingDeps extends StoreWorkspaceDeps {
  readonly flows: OauthFlowRepository;
  readonly door: SlackDoor;
  /** Where Slack sends the browser back to. */
  readonly redirectUri: () => string;
}

/** How workspaces are connected: always for the whole organization, each to one. */
export interface SlackConnecting {
  /** Whether `begin` leads anywhere; else bot tokens are pasted. */
  readonly canSignIn: boolean;
  /** Where to send the browser. Throws AppError. */
  begin(caller: { actor: Actor; sessionId: string }): Promise<{ url: string }>;
  /** The browser is back. Every state counts once, for the session it was made in, and for ten minutes. */
  finish(identity: Identity | null, parameters: URLSearchParams): Promise<SignInOutcome>;
  /** With the bot token of a workspace; answers the connection's id. Throws AppError. */
  connect(actor: Actor, token: string): Promise<string>;
}

const integrationName = 'slack';

export function createSlackConnecting(deps: SlackConnectingDeps): SlackConnecting {
  const { door, log } = deps;
  return {
    canSignIn: door.signIn !== null,
    async begin(caller) {
      requireManage(caller.actor, { ownerId: null });
      const signIn = requireSignIn(door);
      const state = await beginFlow(deps, caller, { integration: integrationName, plan: {} });
      return { url: signIn.urlFor({ state, redirectUri: deps.redirectUri() }) };
    },
    async finish(identity, parameters) {
      try {
        return { connectionId: await finish(deps, identity, parameters), problem: null };
      } catch (error) {
        const problem = problemOf(error);
        if (problem === 'failed') log.error({ err: error }, 'a workspace could not be connected at Slack');
        return { connectionId: null, problem };
      }
    },
    async connect(actor, token) {
      requireManage(actor, { ownerId: null });
      requireOpen(door);
      requireBotToken(token);
      const secret = new Secret(token);
      const installation = await askUpstream(deps, integrationOf(deps), (signal) => door.describeToken(secret, signal));
      return storeWorkspace(deps, { actor, installation, auth: 'api_key', baseUrl: door.apiUrl });
    },
  };
}

async function finish(
  deps: SlackConnectingDeps,
  identity: Identity | null,
  parameters: URLSearchParams,
): Promise<string> {
  const { door } = deps;
  const { actor, flow } = await takeFlow(deps, identity, parameters);
  if (flow.integration !== integrationName) throw new SignInFailed('expired');
  if (parameters.has('error'))
    throw new SignInFailed(parameters.get('error') === 'access_denied' ? 'denied' : 'failed');
  const code = parameters.get('code');
  if (code === null || code === '') throw new SignInFailed('failed');
  // The role may have changed while the person was away.
  requireManage(actor, { ownerId: null });
  const signIn = requireSignIn(door);
  const answer = { code, redirectUri: deps.redirectUri() };
  const installation = await askUpstream(deps, integrationOf(deps), (signal) => signIn.exchange(answer, signal));
  return storeWorkspace(deps, { actor, installation, auth: 'oauth', baseUrl: door.apiUrl });
}

function problemOf(error: unknown): SignInProblem {
  if (error instanceof SignInFailed) return error.problem;
  if (!(error instanceof AppError) || error.status >= 500) return 'failed';
  if (error.code === 'CONFLICT') return 'taken';
  if (error.code !== 'CONNECTION_REFUSED') return 'refused';
  return error.cause instanceof UpstreamError && error.cause.code === 'UPSTREAM_FORBIDDEN' ? 'refused' : 'failed';
}

function integrationOf({ catalog }: SlackConnectingDeps): Integration {
  return requireIntegration(catalog, integrationName);
}

function requireOpen({ isOpen }: SlackDoor): void {
  if (isOpen) return;
  throw new AppError(
    'CONNECTION_REFUSED',
    'Slack is not set up in this service yet. Whoever runs it sets SLACK_SIGNING_SECRET or SLACK_APP_TOKEN and starts it again; then workspaces can be connected.',
  );
}

function requireSignIn(door: SlackDoor): SlackSignIn {
  requireOpen(door);
  if (door.signIn !== null) return door.signIn;
  throw new AppError(
    'CONNECTION_REFUSED',
    'This service cannot sign in at Slack: SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are not set. Paste the bot token of the workspace instead.',
  );
}

function requireBotToken(token: string): void {
  if (!token.startsWith('xoxb-')) {
    throw new AppError(
      'CONNECTION_REFUSED',
      'This is no bot token: that begins with xoxb-. Copy the “Bot User OAuth Token” from “OAuth & Permissions” of the Slack app.',
    );
  }
  requireKeyLike(token);
}
