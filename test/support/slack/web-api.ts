import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SlackApp } from './app.ts';
import type { createAssistant } from './assistant-methods.ts';
import { type Call, readArgs } from './call.ts';
import { type Fields, refuse, SlackRefusal, textOf } from './fields.ts';
import type { createInstaller } from './installer.ts';
import { runMethod } from './methods.ts';
import type { Installation, SlackTeam, SlackWorld } from './world.ts';

/** A call of the Web API as it came. */
export interface SlackCall {
  readonly method: string;
  readonly args: Fields;
  readonly token: string;
  readonly at: number;
  /** What it was answered with: `ok`, or the error. */
  outcome: string;
}

/** What is to be done with a call instead of answering it, or before. */
export interface Interception {
  /** Held back until then. */
  readonly until?: Promise<unknown>;
  readonly error?: string;
  /** Seconds: answered 429. */
  readonly retryAfter?: number;
  /** An HTTP status alone. */
  readonly status?: number;
  /** The connection breaks: before anything happened, or after all of it did. */
  readonly broken?: 'before' | 'after';
}

export type Intercept = (call: SlackCall) => Interception | undefined;

export interface WebApiDeps {
  readonly app: SlackApp;
  readonly world: SlackWorld;
  readonly installer: ReturnType<typeof createInstaller>;
  readonly assistant: ReturnType<typeof createAssistant>;
  readonly tell: Call['tell'];
  readonly triggers: Set<string>;
  readonly origin: () => string;
}

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly body: string;
}

type Answer =
  | { readonly status: number; readonly fields: Fields; readonly headers?: Record<string, string> }
  | 'broken';

export function createWebApi(deps: WebApiDeps) {
  const { app, world, installer, assistant, triggers, tell } = deps;
  const calls: SlackCall[] = [];
  const scene: { intercept: Intercept } = { intercept: () => undefined };

  async function answer(call: SlackCall, request: IncomingMessage): Promise<Answer> {
    const step = scene.intercept(call) ?? {};
    await step.until;
    if (step.broken === 'before') return 'broken';
    const { retryAfter, status } = step;
    if (retryAfter !== undefined) {
      const headers = { 'retry-after': String(retryAfter) };
      return { status: 429, fields: { ok: false, error: 'ratelimited' }, headers };
    }
    if (status !== undefined) return { status, fields: { ok: false, error: `status ${status}` } };
    if (step.error !== undefined) refuse(step.error);
    const fields = { ok: true, ...run(call, request) };
    return step.broken === 'after' ? 'broken' : { status: 200, fields, headers: scopesOf(call.token) };
  }

  /** Slack says with every answer what the token may do. */
  function scopesOf(token: string): Record<string, string> {
    const owner = [...world.teams.values()].find(({ installation }) => installation?.token === token);
    return owner?.installation ? { 'x-oauth-scopes': owner.installation.scopes.join(',') } : {};
  }

  function run(call: SlackCall, request: IncomingMessage): Fields {
    const { method, args } = call;
    if (method === 'oauth.v2.access') return installer.exchange(args, request.headers.authorization);
    const token = call.token === '' ? textOf(args.token) : call.token;
    if (token === '') refuse('not_authed');
    if (method === 'apps.connections.open') return openConnection(token);
    const { team, installation } = ownerOf(token);
    const asked: Call = { method, args, team, installation, world, app, tell, triggers };
    return assistant.run(asked) ?? runMethod(asked);
  }

  function openConnection(token: string): Fields {
    if (token !== app.appToken) refuse('invalid_auth');
    return { url: `${deps.origin().replace('http', 'ws')}/link?ticket=${randomBytes(8).toString('hex')}` };
  }

  function ownerOf(token: string): { team: SlackTeam; installation: Installation } {
    for (const team of world.teams.values()) {
      const { installation } = team;
      if (installation?.token !== token) continue;
      if (!installation.alive) refuse('account_inactive');
      return { team, installation };
    }
    refuse('invalid_auth');
  }

  return {
    calls: calls as readonly SlackCall[],
    scene,
    async serve({ request, response, method, body }: Exchange): Promise<void> {
      const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
      let call: SlackCall = { method, args: {}, token, at: performance.now(), outcome: '' };
      let answered: Answer;
      try {
        call = { ...call, args: readArgs(request.headers['content-type'] ?? '', body) };
        calls.push(call);
        world.changed();
        answered = await answer(call, request);
      } catch (error) {
        if (!(error instanceof SlackRefusal)) throw error;
        answered = { status: 200, fields: { ok: false, error: error.code, ...error.details } };
      }
      if (answered === 'broken') {
        call.outcome = 'broken off';
        response.destroy();
        return;
      }
      const { status, fields, headers } = answered;
      call.outcome = fields.ok === true ? 'ok' : String(fields.error);
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
      response.end(JSON.stringify(fields));
    },
  };
}
