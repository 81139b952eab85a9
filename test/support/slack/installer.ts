import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { SlackApp } from './app.ts';
import { type Fields, refuse, textOf } from './fields.ts';
import type { Installation, SlackTeam, SlackWorld } from './world.ts';

interface Code {
  readonly teamId: string;
  readonly redirectUri: string;
  readonly challenge: string | null;
  used: boolean;
}

/** How the app comes into a workspace. */
export function createInstaller(app: SlackApp, world: SlackWorld) {
  const codes = new Map<string, Code>();
  /** Whoever installs says at Slack where. */
  let chosenTeam = 'T0HOME';

  /** Again in the same workspace it is the same bot, with another token. */
  function install(team: SlackTeam): Installation {
    const { installation: before } = team;
    const bot = before?.botUserId ?? world.addUser(team.id, 'Personas', true).id;
    const token = `xoxb-${team.id}-${randomBytes(12).toString('hex')}`;
    const botId = before?.botId ?? world.newId('B');
    team.installation = { teamId: team.id, token, scopes: [...app.scopes], botUserId: bot, botId, alive: true };
    return team.installation;
  }

  return {
    install,
    choose(team: SlackTeam): void {
      chosenTeam = team.id;
    },
    /** The page on which somebody allows the app; here nobody hesitates. */
    authorize(url: URL, response: ServerResponse): void {
      const ask = (name: string) => url.searchParams.get(name) ?? '';
      const redirectUri = ask('redirect_uri');
      const problem =
        ask('client_id') !== app.clientId
          ? 'Invalid client_id parameter'
          : !app.redirectUrls.some((allowed) => redirectUri.startsWith(allowed))
            ? 'redirect_uri did not match any configured URIs'
            : ask('scope')
                  .split(',')
                  .some((scope) => !app.scopes.includes(scope))
              ? `Invalid permissions requested: ${ask('scope')}`
              : null;
      if (problem !== null) return void response.writeHead(400, { 'content-type': 'text/plain' }).end(problem);
      const code = randomBytes(12).toString('hex');
      const challenge = url.searchParams.get('code_challenge');
      codes.set(code, { teamId: chosenTeam, redirectUri, challenge, used: false });
      const back = new URL(redirectUri);
      back.searchParams.set('code', code);
      back.searchParams.set('state', ask('state'));
      response.writeHead(302, { location: back.href }).end();
    },
    /** oauth.v2.access */
    exchange(args: Fields, authorization: string | undefined): Fields {
      const [id, secret] = credentialsOf(args, authorization);
      if (id !== app.clientId) refuse('invalid_client_id');
      if (secret !== app.clientSecret) refuse('bad_client_secret');
      const code = codes.get(textOf(args.code));
      if (code === undefined) refuse('invalid_code');
      if (code.used) refuse('code_already_used');
      if (textOf(args.redirect_uri) !== code.redirectUri) refuse('bad_redirect_uri');
      if (code.challenge !== null && hash(textOf(args.code_verifier)) !== code.challenge)
        refuse('invalid_code_verifier');
      code.used = true;
      const team = world.teams.get(code.teamId);
      if (team === undefined) refuse('invalid_code');
      const { token, scopes, botUserId } = install(team);
      return {
        access_token: token,
        token_type: 'bot',
        scope: scopes.join(','),
        bot_user_id: botUserId,
        app_id: app.id,
        team: { id: team.id, name: team.name },
        enterprise: null,
        authed_user: { id: 'U0ADMIN' },
        is_enterprise_install: false,
      };
    },
  };
}

function credentialsOf(args: Fields, authorization: string | undefined): readonly [string, string] {
  const [, basic] = /^Basic (.+)$/.exec(authorization ?? '') ?? [];
  if (basic === undefined) return [textOf(args.client_id), textOf(args.client_secret)];
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return [id, secret];
}

function hash(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
