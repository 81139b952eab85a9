import { setTimeout as pause } from 'node:timers/promises';
import { LogLevel, type Logger as SlackLogger, WebClient } from '@slack/web-api';
import type { Connection } from '#integrations/connection.ts';
import type { Egress, EgressResponse } from '#integrations/egress.ts';
import { EgressError } from '#integrations/egress-error.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { Logger } from '#log';
import { isTokenOver } from './slack-error.ts';

interface Workspace {
  readonly organizationId: string;
  readonly connectionId: string;
}

export interface SlackClientsDeps {
  readonly egress: Egress;
  /** The connection as it is now; null where there is none. */
  readonly connectionOf: (organizationId: string, id: string) => Promise<Connection | null>;
  readonly log: Logger;
  /** Told when Slack takes a workspace's token no more. */
  readonly onRefused?: (connection: Connection) => void;
  readonly wait?: (milliseconds: number) => Promise<void>;
}

const timeoutMs = 30_000;
const maxBytes = 4_000_000;
/** Never reached: only the name of the method is taken from it. */
const placeholder = 'https://slack.invalid/api/';
const attempts = 5;
/** Whoever is asked to wait longer is told so, to come back later. */
const longestWaitMs = 30_000;

/**
 * One client for each workspace. None of them holds a token: the vault's is put in on the wire, for its own address alone.
 * A call that may have had its effect is never repeated here; one that was refused for its number is, within half a minute.
 */
export function createSlackClients(deps: SlackClientsDeps) {
  const clients = new Map<string, WebClient>();
  return {
    of(workspace: Workspace): WebClient {
      const name = JSON.stringify([workspace.organizationId, workspace.connectionId]);
      const known = clients.get(name);
      if (known !== undefined) return known;
      const client = new WebClient(undefined, {
        slackApiUrl: placeholder,
        allowAbsoluteUrls: false,
        fetch: createFetch(deps, workspace),
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        logger: toSlackLogger(deps.log),
      });
      clients.set(name, client);
      return client;
    },
  };
}

/** In place of `fetch`: the whole request is made anew, with nothing of the client's but method and form. */
function createFetch(deps: SlackClientsDeps, workspace: Workspace): typeof fetch {
  const { wait = (milliseconds) => pause(milliseconds) } = deps;
  let notBefore = 0;

  async function inTurn(): Promise<void> {
    const left = notBefore - Date.now();
    if (left > 0) await wait(left);
  }

  return async (input, init) => {
    const { path, form } = readCall(input, init);
    for (let attempt = 1; ; attempt += 1) {
      await inTurn();
      const answer = await sendOnce(deps, workspace, { path, form }).catch(async (error: unknown) => {
        const isLost = !(error instanceof EgressError) || error.sent || attempt === attempts;
        if (isLost) throw error;
        await wait(250 * attempt);
        return null;
      });
      if (answer === null) continue;
      const askedToWait = retryAfterMs(answer);
      if (askedToWait === null || askedToWait > longestWaitMs || attempt === attempts) return toResponse(answer);
      // Whatever else this workspace has to send waits as well.
      notBefore = Math.max(notBefore, Date.now() + askedToWait);
    }
  };
}

interface Call {
  readonly path: string;
  readonly form: string;
}

function readCall(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): Call {
  const url = typeof input === 'string' ? input : '';
  const [, method] = /^([A-Za-z0-9.]{1,80})$/.exec(url.slice(placeholder.length)) ?? [];
  if (!url.startsWith(placeholder) || method === undefined) throw new Error('This is no method of Slack’s Web API.');
  if (typeof init?.body !== 'string') throw new Error('Files are not sent to Slack.');
  const fields = new URLSearchParams(init.body);
  // One that a caller has would go along beside the right one.
  fields.delete('token');
  return { path: `/${method}`, form: fields.toString() };
}

async function sendOnce(deps: SlackClientsDeps, workspace: Workspace, call: Call): Promise<EgressResponse> {
  const connection = await deps.connectionOf(workspace.organizationId, workspace.connectionId);
  if (connection?.status !== 'active') throw notConnected();
  const { signal } = new AbortController();
  const answer = await deps.egress.send({ connection, method: 'POST', ...call, timeoutMs, maxBytes, signal });
  if (answer.text.includes('"ok":false') && isTokenOver(errorOf(answer.text))) deps.onRefused?.(connection);
  return answer;
}

function errorOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { error?: unknown }).error;
  } catch {
    return null;
  }
}

function notConnected(): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_UNAUTHORIZED',
    'The Slack workspace is not connected any more, so nothing was sent.',
  );
}

/** Null where it was not refused for the number of calls, or nothing was said of how long to wait. */
function retryAfterMs({ status, headers }: EgressResponse): number | null {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return status === 429 && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}

const keptHeaders = ['content-type', 'retry-after', 'x-oauth-scopes', 'x-accepted-oauth-scopes'];

function toResponse({ status, headers, text }: EgressResponse): Response {
  const kept = keptHeaders.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as [string, string]];
  });
  return new Response(text === '' ? null : text, { status, headers: kept });
}

/** Its debug lines hold whole messages of people. */
function toSlackLogger(log: Logger): SlackLogger {
  const quiet = (...message: readonly unknown[]) =>
    log.debug({ slack: message.map(String) }, 'a remark of Slack’s client');
  return {
    debug: () => undefined,
    info: quiet,
    warn: quiet,
    error: quiet,
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}
