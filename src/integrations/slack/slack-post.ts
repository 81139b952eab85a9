import { z } from 'zod';
import type { Connection } from '#integrations/connection.ts';
import type { Egress } from '#integrations/egress.ts';
import { askSlack, type SlackAnswer } from './slack-api.ts';
import { splitText } from './split-text.ts';

export type SafeText = (markdown: string) => string;

export interface SlackPost {
  /** Of a channel, or of a person for a direct message. */
  readonly channel: string;
  /** Markdown; what it takes for Slack is done here. */
  readonly text: string;
  readonly thread?: string;
}

/** Slack takes 12,000 of Markdown in one message; a joiner that makes it safe counts as well. */
const longestMessage = 11_000;

const posted = z.object({ channel: z.string(), ts: z.string() });
type Posted = z.output<typeof posted>;

/**
 * Posts in as many messages as it takes, those after the first in its thread. Throws UpstreamError; OUTCOME_UNKNOWN where
 * nobody knows whether the message went through.
 */
export async function postInSlack(
  { egress, safeText }: { readonly egress: Egress; readonly safeText: SafeText },
  { connection, post }: { readonly connection: Connection; readonly post: SlackPost },
  signal: AbortSignal,
): Promise<{ readonly channel: string; readonly ts: string; readonly messages: number }> {
  const pieces = splitText(safeText(post.text), longestMessage);
  let first: Posted | null = null;
  for (const piece of pieces) {
    const thread: string | undefined = post.thread ?? first?.ts;
    const fields: Readonly<Record<string, string>> = {
      channel: first?.channel ?? post.channel,
      markdown_text: piece,
      unfurl_links: 'false',
      unfurl_media: 'false',
      ...(thread === undefined ? {} : { thread_ts: thread }),
    };
    const question = { connection, method: 'chat.postMessage', fields, isChange: true, signal };
    const answer: SlackAnswer<Posted> = await askSlack(egress, question, posted);
    first ??= answer.value;
  }
  return { channel: first?.channel ?? post.channel, ts: first?.ts ?? '', messages: pieces.length };
}
