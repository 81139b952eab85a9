import { z } from 'zod';
import type { Connection } from '#integrations/connection.ts';
import type { Egress, FormEgress } from '#integrations/egress.ts';
import { type SlackDoor, type SlackInstallation, type SlackSignIn, slackBotScopes } from '#integrations/slack-door.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { Secret } from '#vault/secret.ts';
import type { SecretRef, Vault } from '#vault/vault.ts';
import { askSlack, askSlackForToken, trialId } from './slack-api.ts';

export interface SlackDoorDeps {
  readonly egress: Egress;
  readonly forms: FormEgress;
  readonly vault: Pick<Vault, 'lend'>;
  /** What the environment says of the app; null where it says nothing. */
  readonly app: {
    readonly apiUrl: string;
    readonly clientId: string | null;
    readonly clientSecret: Secret | null;
    readonly appToken: Secret | null;
  } | null;
}

export const publicSlackUrl = 'https://slack.com/api';

export function createSlackDoor(deps: SlackDoorDeps): SlackDoor {
  const { app } = deps;
  const apiUrl = app?.apiUrl ?? publicSlackUrl;
  const describeToken = (token: Secret, signal: AbortSignal) => describe({ ...deps, apiUrl }, token, signal);
  return { apiUrl, isOpen: app !== null, describeToken, signIn: signInOf({ ...deps, apiUrl }, describeToken) };
}

type Deps = SlackDoorDeps & { readonly apiUrl: string };

const accessAnswer = z.object({
  access_token: z.string().regex(/^xoxb-[\x21-\x7e]{8,}$/),
  app_id: z.string().min(1),
  team: z.object({ id: z.string().min(1) }).nullable(),
});

function signInOf({ app, apiUrl, forms }: Deps, describeToken: SlackDoor['describeToken']): SlackSignIn | null {
  const clientId = app?.clientId ?? null;
  const clientSecret = app?.clientSecret ?? null;
  if (clientId === null || clientSecret === null) return null;
  return {
    urlFor({ state, redirectUri }) {
      const url = new URL('/oauth/v2/authorize', apiUrl);
      const parameters = { client_id: clientId, scope: slackBotScopes.join(','), redirect_uri: redirectUri, state };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return url.href;
    },
    async exchange({ code, redirectUri }, signal) {
      const fields = { client_id: clientId, client_secret: clientSecret.reveal(), code, redirect_uri: redirectUri };
      const answer = await askSlackForToken(forms, { url: `${apiUrl}/oauth.v2.access`, fields, signal }, accessAnswer);
      if (answer.team === null) throw wholeEnterprise();
      const installed = await describeToken(new Secret(answer.access_token), signal);
      return { ...installed, appId: answer.app_id };
    },
  };
}

const testAnswer = z.object({
  team_id: z.string().min(1),
  team: z.string().min(1),
  user_id: z.string().min(1),
  bot_id: z.string().min(1).optional(),
  enterprise_id: z.string().nullish(),
  is_enterprise_install: z.boolean().optional(),
});
const botAnswer = z.object({ bot: z.object({ app_id: z.string().min(1) }) });

async function describe(deps: Deps, token: Secret, signal: AbortSignal): Promise<SlackInstallation> {
  const { egress, vault, apiUrl } = deps;
  const { ref, release } = vault.lend(new URL(apiUrl).origin, token);
  const connection = trialOf(apiUrl, ref, token);
  try {
    const test = await askSlack(egress, { connection, method: 'auth.test', signal }, testAnswer);
    requireScopes(test.headers.get('x-oauth-scopes'));
    const { team_id: teamId, team: teamName, user_id: botUserId, bot_id: botId, ...rest } = test.value;
    if (botId === undefined) throw noBot();
    if (rest.is_enterprise_install === true) throw wholeEnterprise();
    const question = { connection, method: 'bots.info', fields: { bot: botId }, signal };
    const { value } = await askSlack(egress, question, botAnswer);
    requireApp(deps, value.bot.app_id);
    const enterpriseId = rest.enterprise_id ?? null;
    return { token, teamId, teamName, enterpriseId, appId: value.bot.app_id, botUserId, botId };
  } finally {
    release();
  }
}

function trialOf(baseUrl: string, secret: SecretRef, token: Secret): Connection {
  return {
    id: trialId,
    organizationId: secret.organizationId,
    integration: 'slack',
    ownerId: null,
    label: 'the one you are making',
    baseUrl,
    status: 'active',
    grant: { scopes: [], limits: {} },
    secret,
    fingerprint: token.fingerprint,
    origin: new URL(baseUrl).origin,
  };
}

/** Slack tells with every answer what the token may do; where something in between has dropped that, its use will tell. */
function requireScopes(header: string | null): void {
  if (header === null) return;
  const given = new Set(header.split(',').map((scope) => scope.trim()));
  const missing = slackBotScopes.filter((scope) => !given.has(scope));
  if (missing.length === 0) return;
  throw new UpstreamError(
    'UPSTREAM_FORBIDDEN',
    `The token lacks permissions that the app needs: ${missing.join(', ')}. Put the manifest into the Slack app, install it in the workspace again and copy the token anew.`,
  );
}

/** The app-level token names its app. Events of another one would never come here. */
function requireApp({ app }: Deps, appId: string): void {
  const own = /^xapp-\d+-(A[A-Z0-9]+)-/.exec(app?.appToken?.reveal() ?? '')?.[1];
  if (own === undefined || own === appId) return;
  throw new UpstreamError(
    'UPSTREAM_FORBIDDEN',
    'This token belongs to another Slack app than the one whose events this service receives (SLACK_APP_TOKEN). Take the bot token of that app.',
  );
}

function noBot(): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_FORBIDDEN',
    'This is the token of a person, not of a bot. Take the “Bot User OAuth Token” of the Slack app; it begins with xoxb-.',
  );
}

function wholeEnterprise(): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_FORBIDDEN',
    'The app was installed for a whole Enterprise organization. Install it in a single workspace instead.',
  );
}
