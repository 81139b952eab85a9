import type { KnownBlock, WebClient } from '@slack/web-api';
import { lettersOf } from './letters.ts';
import type { SlackClients, SlackPlace, SlackWorkspace } from './ports.ts';
import { safeMrkdwn, shorten } from './safe-text.ts';
import { faultOf, insist } from './slack-fault.ts';

/** Nothing that is posted shows a preview of what it links to. */
const noPreviews = { unfurl_links: false, unfurl_media: false } as const;

export interface Post {
  /** What a notification says, or all there is without blocks, in Slack’s own marks; text of others must be made safe. */
  readonly text: string;
  readonly blocks?: readonly KnownBlock[];
}

/** A message of the app's own, as Slack gives it back. */
export interface OwnMessage {
  readonly ts: string;
  readonly text: string;
}

/** One thread, to be written in. */
export interface Thread {
  readonly client: WebClient;
  readonly place: SlackPlace;
  /** Answers the message's `ts`. Posts once, as far as that can be known. */
  post(post: Post): Promise<string>;
  /** Nothing happens where it is not there any more. */
  remove(ts: string): Promise<void>;
  /**
   * A message of ours with this text that came up since then, where it is not known whether it was posted; null where
   * there is none.
   */
  findPosted(text: string, since: Date): Promise<string | null>;
  /** The app's own messages in it since then, oldest first. */
  own(since: Date): Promise<readonly OwnMessage[]>;
}

export function openThread(clients: SlackClients, place: SlackPlace, signal: AbortSignal): Thread {
  const client = clients.of(place.workspace);
  const { workspace, channelId: channel, threadTs: thread_ts } = place;
  /** What is known of, and so is not what is looked for. */
  const known = new Set<string>();
  const own = (since: Date) =>
    insist(() => listOwn({ client, workspace, channel, thread_ts }, since), { isRepeatable: true, signal });
  const findPosted = async (text: string, since: Date) => {
    const unknown = (await own(since)).filter(({ ts }) => !known.has(ts));
    const found = unknown.findLast((message) => isSame(message.text, text))?.ts ?? null;
    if (found !== null) known.add(found);
    return found;
  };

  async function postOnce({ text, blocks }: Post): Promise<string> {
    const content = blocks === undefined ? {} : { blocks: [...blocks] };
    const answer = await client.chat.postMessage({ channel, thread_ts, text, ...content, ...noPreviews });
    return answer.ts ?? '';
  }

  return {
    client,
    place,
    findPosted,
    own,
    async post(post) {
      const since = new Date();
      const once = async (isAgain: boolean): Promise<string> => {
        try {
          return await insist(() => postOnce(post), { isRepeatable: false, signal });
        } catch (error) {
          if (faultOf(error).kind !== 'unknown' || isAgain) throw error;
          return (await findPosted(post.text, since).catch(() => null)) ?? once(true);
        }
      };
      const ts = await once(false);
      known.add(ts);
      return ts;
    },
    async remove(ts) {
      try {
        await insist(() => client.chat.delete({ channel, ts }), { isRepeatable: true, signal });
      } catch (error) {
        const fault = faultOf(error);
        if (fault.kind !== 'refused' || fault.code !== 'message_not_found') throw error;
      }
    },
  };
}

interface Where {
  readonly client: WebClient;
  readonly workspace: SlackWorkspace;
  readonly channel: string;
  readonly thread_ts: string;
}

/** Clocks differ, and ours may be ahead. */
const clockLeewayMs = 60_000;

async function listOwn({ client, workspace, channel, thread_ts }: Where, since: Date): Promise<OwnMessage[]> {
  const oldest = String((since.getTime() - clockLeewayMs) / 1_000);
  const { messages = [] } = await client.conversations.replies({ channel, ts: thread_ts, oldest, limit: 200 });
  return messages.flatMap(({ user, ts, text = '' }) => {
    const isOwn = user === workspace.botUserId && ts !== undefined && Number(ts) >= Number(oldest);
    return isOwn ? [{ ts, text }] : [];
  });
}

const compared = 120;

function isSame(stored: string, sent: string): boolean {
  const wanted = lettersOf(sent).slice(0, compared);
  const there = lettersOf(stored);
  return wanted === '' ? there === '' : there.startsWith(wanted);
}

/** Markdown, already made safe, as a message. */
export function markdownPost(markdown: string, below: readonly KnownBlock[] = []): Post {
  return { text: shorten(safeMrkdwn(markdown), 3_000), blocks: [{ type: 'markdown', text: markdown }, ...below] };
}
