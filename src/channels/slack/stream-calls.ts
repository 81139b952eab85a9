import type { AnyChunk, KnownBlock } from '@slack/web-api';
import type { Logger } from '#log';
import { faultOf, insist } from './slack-fault.ts';
import { slackUserOf } from './slack-user.ts';
import { markdownPost, type Thread } from './thread.ts';

/** A message that is being written bit by bit. */
export interface StreamedMessage {
  readonly ts: string;
  text: string;
  bytes: number;
  /** It is not known whether all of it is there. */
  isUnsure: boolean;
  /** Slack takes no more of it. */
  isStopped: boolean;
}

export interface StreamCallDeps {
  readonly thread: Thread;
  /** Who is answered. */
  readonly slackUserId: string;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

export type StreamCalls = ReturnType<typeof createStreamCalls>;

/** The calls of which streaming is made, each with what is to be done where its outcome is not known. */
export function createStreamCalls(deps: StreamCallDeps) {
  const { thread, signal } = deps;
  const { client, place } = thread;
  const { channelId: channel } = place;
  return {
    ...createEnd(deps),
    /** A message that may have been begun is looked for, so that none is begun twice. */
    async start(chunks: readonly AnyChunk[]): Promise<string> {
      const since = new Date();
      try {
        return await startOnce(deps, chunks);
      } catch (error) {
        if (faultOf(error).kind !== 'unknown') throw error;
        const found = await thread.findPosted(textIn(chunks), since).catch(() => null);
        return found ?? startOnce(deps, chunks);
      }
    },
    /** Answers why it was refused; null where it was not, as far as is known. */
    async append(message: StreamedMessage, chunks: readonly AnyChunk[]): Promise<string | null> {
      const more = { channel, ts: message.ts, chunks: [...chunks] };
      try {
        await insist(() => client.chat.appendStream(more), { isRepeatable: false, signal });
      } catch (error) {
        const fault = faultOf(error);
        if (fault.kind === 'refused') return fault.code;
        if (fault.kind !== 'unknown') throw error;
        message.isUnsure = true;
      }
      return null;
    },
  };
}

async function startOnce(
  { thread, slackUserId, signal }: StreamCallDeps,
  chunks: readonly AnyChunk[],
): Promise<string> {
  const { client, place } = thread;
  const { channelId: channel, threadTs: thread_ts, workspace } = place;
  const { userId, teamId } = slackUserOf(slackUserId, workspace.teamId);
  const to = { recipient_team_id: teamId, recipient_user_id: userId };
  const stream = { channel, thread_ts, ...to, chunks: [...chunks], task_display_mode: 'timeline' };
  const { ts } = await insist(() => client.chat.startStream(stream), { isRepeatable: false, signal });
  if (ts === undefined) throw new Error('Slack did not say which message it has begun.');
  return ts;
}

function createEnd({ thread, signal, log }: StreamCallDeps) {
  const { client, place } = thread;
  const { channelId: channel } = place;
  return {
    /** False where what stands there is not surely all of it. */
    async stop({ ts, isUnsure, isStopped }: StreamedMessage, below: readonly KnownBlock[]): Promise<boolean> {
      const isBare = below.length === 0;
      if (isStopped) return !isUnsure && isBare;
      const blocks = isBare ? {} : { blocks: [...below] };
      try {
        await insist(() => client.chat.stopStream({ channel, ts, ...blocks }), { isRepeatable: true, signal });
        return !isUnsure;
      } catch (error) {
        if (faultOf(error).kind !== 'refused') throw error;
        // It was stopped before: by Slack, or by a call whose answer was lost.
        return !isUnsure && isBare;
      }
    },
    /** Makes the message surely what it is to be. */
    async replace(ts: string, text: string, below: readonly KnownBlock[]): Promise<void> {
      const { text: words, blocks = [] } = markdownPost(text.trim() || '…', below);
      const update = { channel, ts, text: words, blocks: [...blocks] };
      try {
        await insist(() => client.chat.update(update), { isRepeatable: true, signal });
      } catch (error) {
        const fault = faultOf(error);
        if (fault.kind !== 'refused') throw error;
        log.warn({ code: fault.code }, 'a message in Slack could not be completed');
      }
    },
  };
}

export function textIn(chunks: readonly AnyChunk[]): string {
  return chunks.map((chunk) => (chunk.type === 'markdown_text' ? chunk.text : '')).join('');
}

/** What a task says besides its title counts twice. */
export function bytesOf(chunks: readonly AnyChunk[]): number {
  return chunks.reduce((sum, chunk) => {
    if (chunk.type === 'markdown_text') return sum + Buffer.byteLength(chunk.text);
    if (chunk.type !== 'task_update') return sum;
    return sum + Buffer.byteLength(chunk.title) + 2 * Buffer.byteLength(chunk.output ?? '');
  }, 0);
}
