import type { AnyChunk, KnownBlock } from '@slack/web-api';
import type { Logger } from '#log';
import { faultOf, insist } from './slack-fault.ts';
import { markdownPost, type Thread } from './thread.ts';

/** Where an answer appears bit by bit: in one message after the other, for each holds only so much. */
export interface AnswerStream {
  /** Adds to the message that is being written, or begins one. */
  append(chunks: readonly AnyChunk[]): Promise<void>;
  /** Ends the message that is being written, with `below` at its end. */
  close(below?: readonly KnownBlock[]): Promise<void>;
  /** Somebody has stopped it with Slack's own button: what was appended since is not shown. */
  readonly wasHalted: () => boolean;
  /** What was held back by that is shown after all, as a message of its own. */
  unhalt(): void;
}

export interface AnswerStreamDeps {
  readonly thread: Thread;
  readonly slackUserId: string;
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** A message was begun; nothing of what is posted from here on counts as posted until it is closed. */
  readonly begun: (ts: string) => Promise<void>;
  /** Everything that was appended so far is in messages that are whole. */
  readonly closed: () => Promise<void>;
}

/** The message that is being written. */
interface Message {
  readonly ts: string;
  text: string;
  bytes: number;
  /** It is not known whether all of it is there. */
  isUnsure: boolean;
  /** Slack takes no more of it. */
  isStopped: boolean;
}

/** Slack documents 12,000 characters, and refuses messages from about 10,600 bytes on. */
const mostBytes = 9_000;

/** Streaming is refused in some places; there the answer comes in whole messages. */
type Mode = 'stream' | 'post';

export function createAnswerStream(deps: AnswerStreamDeps): AnswerStream {
  const { thread, log } = deps;
  const calls = createStreamCalls(deps);
  let mode: Mode = 'stream';
  let message: Message | null = null;
  /** What waits for a message of its own. */
  let held = '';
  let isHalted = false;

  async function begin(chunks: readonly AnyChunk[]): Promise<void> {
    try {
      const ts = await calls.start(chunks);
      message = { ts, text: textOf(chunks), bytes: bytesOf(chunks), isUnsure: false, isStopped: false };
      await deps.begun(ts);
    } catch (error) {
      const fault = faultOf(error);
      if (fault.kind !== 'refused') throw error;
      log.info({ code: fault.code }, 'Slack refuses to stream here; the answer comes in whole messages');
      mode = 'post';
      held += textOf(chunks);
    }
  }

  async function extend(current: Message, chunks: readonly AnyChunk[]): Promise<void> {
    const refusal = await calls.append(current, chunks);
    if (refusal === null) {
      current.text += textOf(chunks);
      current.bytes += bytesOf(chunks);
      return;
    }
    current.isStopped = refusal !== 'msg_too_long';
    if (refusal === 'stopped_by_user') isHalted = true;
    await finish();
    await append(chunks);
  }

  async function append(chunks: readonly AnyChunk[]): Promise<void> {
    if (isHalted) {
      held += textOf(chunks);
      return;
    }
    if (mode === 'post') return hold(textOf(chunks));
    if (message !== null && message.bytes + bytesOf(chunks) > mostBytes) await finish();
    return message === null ? begin(chunks) : extend(message, chunks);
  }

  async function hold(text: string): Promise<void> {
    if (held !== '' && Buffer.byteLength(held + text) > mostBytes) await postHeld([]);
    held += text;
  }

  async function postHeld(below: readonly KnownBlock[]): Promise<void> {
    const markdown = held.trim();
    held = '';
    if (markdown !== '') await thread.post(markdownPost(markdown, below));
    await deps.closed();
  }

  async function finish(below: readonly KnownBlock[] = []): Promise<void> {
    if (message === null) return;
    const { ts, text } = message;
    const isWhole = await calls.stop(message, below);
    if (!isWhole) await calls.replace(ts, text, below);
    message = null;
    await deps.closed();
  }

  return {
    append,
    wasHalted: () => isHalted,
    unhalt() {
      isHalted = false;
      mode = 'post';
    },
    async close(below = []) {
      if (message !== null) await finish(below);
      if (!isHalted && held.trim() !== '') await postHeld(below);
    },
  };
}

/** The calls of which streaming is made, each with what is to be done where its outcome is not known. */
function createStreamCalls({ thread, slackUserId, signal, log }: AnswerStreamDeps) {
  const { client, place } = thread;
  const { channelId: channel, threadTs: thread_ts, workspace } = place;
  const to = { recipient_team_id: workspace.teamId, recipient_user_id: slackUserId };

  async function startOnce(chunks: readonly AnyChunk[]): Promise<string> {
    const stream = { channel, thread_ts, ...to, chunks: [...chunks], task_display_mode: 'timeline' };
    const { ts } = await insist(() => client.chat.startStream(stream), { isRepeatable: false, signal });
    return ts ?? '';
  }

  return {
    /** A message that may have been begun is looked for, so that none is begun twice. */
    async start(chunks: readonly AnyChunk[]): Promise<string> {
      const since = new Date();
      try {
        return await startOnce(chunks);
      } catch (error) {
        if (faultOf(error).kind !== 'unknown') throw error;
        const found = await thread.findPosted(textOf(chunks), since).catch(() => null);
        return found ?? startOnce(chunks);
      }
    },
    /** Answers why it was refused; null where it was not, as far as is known. */
    async append(message: Message, chunks: readonly AnyChunk[]): Promise<string | null> {
      const { ts } = message;
      try {
        await insist(() => client.chat.appendStream({ channel, ts, chunks: [...chunks] }), {
          isRepeatable: false,
          signal,
        });
      } catch (error) {
        const fault = faultOf(error);
        if (fault.kind === 'refused') return fault.code;
        if (fault.kind !== 'unknown') throw error;
        message.isUnsure = true;
      }
      return null;
    },
    /** False where what stands there is not surely all of it. */
    async stop({ ts, isUnsure, isStopped }: Message, below: readonly KnownBlock[]): Promise<boolean> {
      if (isStopped) return !isUnsure && below.length === 0;
      const blocks = below.length === 0 ? {} : { blocks: [...below] };
      try {
        await insist(() => client.chat.stopStream({ channel, ts, ...blocks }), { isRepeatable: true, signal });
        return !isUnsure;
      } catch (error) {
        const fault = faultOf(error);
        if (fault.kind !== 'refused') throw error;
        // It was stopped before, by Slack or by a call whose answer was lost.
        return !isUnsure && below.length === 0;
      }
    },
    /** Makes the message surely what it is to be. */
    async replace(ts: string, text: string, below: readonly KnownBlock[]): Promise<void> {
      const post = markdownPost(text.trim() || '…', below);
      const update = { channel, ts, text: post.text, blocks: [...(post.blocks ?? [])] };
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

function textOf(chunks: readonly AnyChunk[]): string {
  return chunks.map((chunk) => (chunk.type === 'markdown_text' ? chunk.text : '')).join('');
}

/** What a task says besides its title counts twice. */
function bytesOf(chunks: readonly AnyChunk[]): number {
  return chunks.reduce((sum, chunk) => {
    if (chunk.type === 'markdown_text') return sum + Buffer.byteLength(chunk.text);
    if (chunk.type !== 'task_update') return sum;
    return sum + Buffer.byteLength(chunk.title) + 2 * Buffer.byteLength(chunk.output ?? '');
  }, 0);
}
