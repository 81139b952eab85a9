import type { KnownBlock, WebClient } from '@slack/web-api';
import type { SlackClients, SlackPlace, SlackWorkspace } from './ports.ts';
import { safeMrkdwn, shorten } from './safe-text.ts';
import { faultOf, insist } from './slack-fault.ts';
import type { ThreadKey } from './thread-ids.ts';

/** Nothing that is posted shows a preview of what it links to. */
const noPreviews = { unfurl_links: false, unfurl_media: false } as const;

export interface Post {
  /** What a notification says, or all there is without blocks, in Slack’s own marks; text of others must be made safe. */
  readonly text: string;
  readonly blocks?: readonly KnownBlock[];
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
}

export function threadKeyOf({ workspace, channelId, threadTs }: SlackPlace): ThreadKey {
  return { connectionId: workspace.connectionId, channelId, threadTs };
}

export function openThread(clients: SlackClients, place: SlackPlace, signal: AbortSignal): Thread {
  const client = clients.of(place.workspace);
  const { workspace, channelId: channel, threadTs: thread_ts } = place;
  /** What is known of, and so is not what is looked for. */
  const known = new Set<string>();
  const findPosted = async (text: string, since: Date) => {
    const found = await findMessage({ client, workspace, channel, thread_ts }, { text, since, known });
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
    async post(post) {
      const since = new Date();
      const once = async (isAgain: boolean): Promise<string> => {
        try {
          return await insist(() => postOnce(post), { isRepeatable: false, signal });
        } catch (error) {
          if (faultOf(error).kind !== 'unknown' || isAgain) throw error;
          return (await findPosted(textOf(post), since).catch(() => null)) ?? once(true);
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

/** Slack shows the blocks where there are any, and gives back the text beside them. */
function textOf({ text }: Post): string {
  return text;
}

interface Where {
  readonly client: WebClient;
  readonly workspace: SlackWorkspace;
  readonly channel: string;
  readonly thread_ts: string;
}

/** Clocks differ, and ours may be ahead. */
const clockLeewayMs = 60_000;

async function findMessage(
  { client, workspace, channel, thread_ts }: Where,
  { text, since, known }: { readonly text: string; readonly since: Date; readonly known: ReadonlySet<string> },
): Promise<string | null> {
  const oldest = String((since.getTime() - clockLeewayMs) / 1_000);
  const { messages = [] } = await client.conversations.replies({ channel, ts: thread_ts, oldest, limit: 100 });
  const own = messages.filter(
    ({ user, ts }) =>
      user === workspace.botUserId && ts !== undefined && Number(ts) >= Number(oldest) && !known.has(ts),
  );
  return own.findLast((message) => isSame(message.text ?? '', text))?.ts ?? null;
}

const compared = 120;

/** Slack changes marks and entities of what it stores, and letters never. */
function isSame(stored: string, sent: string): boolean {
  const letters = (text: string) => text.replace(/&(?:amp|lt|gt);/g, '').replace(/[^\p{L}\p{N}]/gu, '');
  const wanted = letters(sent).slice(0, compared);
  const there = letters(stored);
  return wanted === '' ? there === '' : there.startsWith(wanted);
}

/** Markdown, already made safe, as a message. */
export function markdownPost(markdown: string, below: readonly KnownBlock[] = []): Post {
  return { text: shorten(safeMrkdwn(markdown), 3_000), blocks: [{ type: 'markdown', text: markdown }, ...below] };
}
