import type { Logger } from '#log';
import type { SlackClients, SlackWorkspace } from './ports.ts';
import { safeMrkdwn } from './safe-text.ts';
import { faultOf, insist } from './slack-fault.ts';
import { slackUserOf } from './slack-user.ts';

/** Somebody, and where they are to be told something that nobody else sees. */
export interface Told {
  readonly workspace: SlackWorkspace;
  readonly channelId: string;
  readonly slackUserId: string;
  readonly threadTs: string | null;
  /** Where Slack takes an answer to what they did; null where there is none. */
  readonly responseUrl: string | null;
}

/** Plain words, which call nobody whatever names are in them. Does not reject for what Slack refuses. */
export type TellPerson = (told: Told, words: string) => Promise<void>;

export interface TellPersonDeps {
  readonly clients: SlackClients;
  /** Of the Web API: answers to commands go to a neighbour of it. */
  readonly apiUrl: string;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly fetch?: typeof fetch;
}

const timeoutMs = 10_000;

export function createTellPerson(deps: TellPersonDeps): TellPerson {
  const { clients, apiUrl, signal, log } = deps;
  const send = deps.fetch ?? fetch;

  async function respond({ responseUrl, threadTs }: Told, text: string): Promise<boolean> {
    if (responseUrl === null || !isSlackAddress(responseUrl, apiUrl)) return false;
    const inThread = threadTs === null ? {} : { thread_ts: threadTs };
    const answer = {
      response_type: 'ephemeral',
      replace_original: false,
      text,
      unfurl_links: false,
      unfurl_media: false,
    };
    try {
      const response = await send(responseUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({ ...answer, ...inThread }),
        // What Slack has given leads to Slack, and nowhere else.
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }

  return async (told, words) => {
    const text = safeMrkdwn(words);
    if (await respond(told, text)) return;
    const { workspace, channelId: channel, slackUserId, threadTs } = told;
    const { userId: user } = slackUserOf(slackUserId, workspace.teamId);
    const inThread = threadTs === null ? {} : { thread_ts: threadTs };
    const post = { channel, user, text, ...inThread };
    try {
      await insist(() => clients.of(workspace).chat.postEphemeral(post), { isRepeatable: false, signal });
    } catch (error) {
      const { kind } = faultOf(error);
      if (kind !== 'refused' && kind !== 'over' && kind !== 'unknown') throw error;
      log.info({ err: error }, 'somebody in Slack could not be told something');
    }
  };
}

/** `https://hooks.slack.com` belongs to `https://slack.com/api`; another host is nobody Slack would send us to. */
export function isSlackAddress(address: string, apiUrl: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  const api = new URL(apiUrl);
  return (
    protocol === api.protocol &&
    username === '' &&
    password === '' &&
    (host === api.host || host === `hooks.${api.host}`)
  );
}
