import type { AnyChunk, KnownBlock } from '@slack/web-api';
import { headOf } from './piece-queue.ts';
import { faultOf } from './slack-fault.ts';
import { bytesOf, createStreamCalls, type StreamCallDeps, type StreamedMessage, textIn } from './stream-calls.ts';
import { markdownPost } from './thread.ts';

/** Where an answer appears bit by bit: in one message after the other, for each holds only so much. */
export interface AnswerStream {
  /** Adds to the message that is being written, or begins one. */
  append(chunks: readonly AnyChunk[]): Promise<void>;
  /** Ends the message that is being written, with `below` at its end. */
  close(below: readonly KnownBlock[]): Promise<void>;
  /** Somebody has stopped it with Slack's own button: what is appended from then on is held back. */
  wasHalted(): boolean;
  /** What was held back is shown after all, as a message of its own. */
  unhalt(): void;
}

export interface AnswerStreamDeps extends StreamCallDeps {
  /** A message was begun; nothing of what is posted from here on counts as posted until it is closed. */
  readonly begun: (ts: string) => Promise<void>;
  /** Everything that was appended before is in messages that are whole. */
  readonly closed: () => Promise<void>;
}

/** Slack documents 12,000 characters, and refuses messages from about 10,600 bytes on. */
const mostBytes = 9_000;

export function createAnswerStream(deps: AnswerStreamDeps): AnswerStream {
  const streaming = createStreaming(deps);
  const posting = createPosting(deps);
  /** `post`: Slack refuses to stream here, and the answer comes in whole messages. */
  let mode: 'stream' | 'post' | 'halted' = 'stream';
  return {
    wasHalted: () => mode === 'halted',
    unhalt() {
      mode = 'post';
    },
    async append(chunks) {
      if (mode === 'stream') {
        const became = await streaming.append(chunks);
        if (became === 'streamed') return;
        mode = became === 'halted' ? 'halted' : 'post';
      }
      if (mode === 'halted') posting.hold(textIn(chunks));
      else await posting.append(textIn(chunks));
    },
    async close(below) {
      await streaming.finish(below);
      if (mode === 'post') await posting.flush(below);
    },
  };
}

/** What became of something that was to be streamed; it is not there where it was not streamed. */
type Streamed = 'streamed' | 'refused' | 'halted';

function createStreaming(deps: AnswerStreamDeps) {
  const calls = createStreamCalls(deps);
  let message: StreamedMessage | null = null;

  async function begin(chunks: readonly AnyChunk[]): Promise<Streamed> {
    try {
      const ts = await calls.start(chunks);
      message = { ts, text: textIn(chunks), bytes: bytesOf(chunks), isUnsure: false, isStopped: false };
    } catch (error) {
      const fault = faultOf(error);
      if (fault.kind !== 'refused') throw error;
      deps.log.info({ code: fault.code }, 'Slack refuses to stream here; the answer comes in whole messages');
      return 'refused';
    }
    await deps.begun(message.ts);
    return 'streamed';
  }

  async function extend(current: StreamedMessage, chunks: readonly AnyChunk[]): Promise<Streamed> {
    const refusal = await calls.append(current, chunks);
    if (refusal === null) {
      current.text += textIn(chunks);
      current.bytes += bytesOf(chunks);
      return 'streamed';
    }
    // One that is too long can still be stopped; every other refusal means that it was.
    current.isStopped = refusal !== 'msg_too_long';
    await finish([]);
    return refusal === 'stopped_by_user' ? 'halted' : begin(chunks);
  }

  async function finish(below: readonly KnownBlock[]): Promise<void> {
    if (message === null) return;
    const { ts, text } = message;
    if (!(await calls.stop(message, below))) await calls.replace(ts, text, below);
    message = null;
    await deps.closed();
  }

  return {
    finish,
    async append(chunks: readonly AnyChunk[]): Promise<Streamed> {
      if (message !== null && message.bytes + bytesOf(chunks) > mostBytes) await finish([]);
      return message === null ? begin(chunks) : extend(message, chunks);
    },
  };
}

/** So many are at most as many bytes as one message holds. */
const mostCharacters = mostBytes / 3;

/** Whole messages, as long as they may be. */
function createPosting({ thread, closed }: AnswerStreamDeps) {
  let held = '';

  async function flush(below: readonly KnownBlock[]): Promise<void> {
    for (let left = held.trim(); left !== ''; left = left.slice(headOf(left, mostCharacters).length)) {
      const head = headOf(left, mostCharacters);
      await thread.post(markdownPost(head, head === left ? below : []));
    }
    held = '';
    await closed();
  }

  return {
    flush,
    hold(text: string): void {
      held += text;
    },
    async append(text: string): Promise<void> {
      if (held !== '' && held.length + text.length > mostCharacters) await flush([]);
      held += text;
    },
  };
}
