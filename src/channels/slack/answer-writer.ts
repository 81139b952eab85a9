import { setTimeout as pause } from 'node:timers/promises';
import type { AnyChunk } from '@slack/web-api';
import type { RunEvent } from '#agent/run-events.ts';
import type { SlackAnswerChange } from '#db/repositories/slack-answers.ts';
import type { Logger } from '#log';
import { showControl } from './answer-control.ts';
import { type AnswerPieces, createAnswerPieces, type Posted } from './answer-pieces.ts';
import { type AnswerStream, createAnswerStream } from './answer-stream.ts';
import { feedbackBlock } from './feedback-block.ts';
import { safeMarkdown } from './safe-text.ts';
import type { Thread } from './thread.ts';

/** One sitting of a run, to be told in its thread. */
export interface Sitting {
  readonly runId: string;
  readonly personaName: string;
  readonly slackUserId: string;
  /** What of the answer is there already. */
  readonly posted: Posted;
  /** Calls the listener with everything, from the beginning; `isKnown`: it was told before. */
  readonly listen: (listener: (event: RunEvent, isKnown: boolean) => void) => void;
  /** Whether it is still at work, so that there is something to stop. */
  readonly isLive: boolean;
}

export interface AnswerWriting {
  readonly thread: Thread;
  readonly titleOf: (tool: string) => string;
  readonly scrub: (text: string) => string;
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Throws where the answer is another process's now. */
  readonly keep: (change: SlackAnswerChange) => Promise<void>;
}

/** How a sitting has ended. */
export type LastEvent = RunEvent & { readonly type: 'run-finished' | 'run-waiting' };

/** Slack takes a hundred additions a minute, of all answers in a workspace. */
const betweenCallsMs = 1_000;

/**
 * Tells a sitting in its thread. The run never waits for it: what comes faster than Slack takes it is joined. Resolves
 * once all of it is there; rejects where Slack cannot be reached for long, or the answer is another process's.
 */
export async function writeAnswer(writing: AnswerWriting, sitting: Sitting): Promise<LastEvent> {
  const { thread, log, keep, signal } = writing;
  const { runId, personaName } = sitting;
  const pieces = createAnswerPieces(sitting.posted, writing.titleOf);
  const news = listenTo(sitting, pieces, writing);
  let whole = sitting.posted.parts;
  const stream = createAnswerStream({
    thread,
    slackUserId: sitting.slackUserId,
    signal,
    log,
    begun: (messageTs) => keep({ messageTs }),
    closed: () => keep({ messageTs: null, postedParts: whole }),
  });
  const shown = (controlTs: string | null) => keep({ controlTs });
  const control = sitting.isLive ? showControl({ thread, runId, personaName, log, shown }) : null;
  try {
    let hasPosted = false;
    for (;;) {
      const last = await news.next();
      if (last !== null) endPieces(pieces, last);
      if (!pieces.isEmpty()) {
        await stream.append(scrubbed(pieces.next(), writing.scrub));
        hasPosted = true;
        whole = pieces.wholeParts();
        await news.rest(betweenCallsMs);
      } else if (last !== null) {
        await closeStream(stream, last, hasPosted ? runId : null);
        return last;
      }
    }
  } finally {
    news.leave();
    await control?.end();
  }
}

function scrubbed(chunks: readonly AnyChunk[], scrub: (text: string) => string): readonly AnyChunk[] {
  return chunks.map((chunk) => (chunk.type === 'markdown_text' ? { ...chunk, text: scrub(chunk.text) } : chunk));
}

/** Words of ours below an answer that did not end well, once. */
function endPieces(pieces: AnswerPieces, last: LastEvent): void {
  const isOver = last.type === 'run-finished';
  pieces.cutOff(isOver ? 'error' : 'pending');
  if (isOver && last.fault !== null) pieces.end(`_${safeMarkdown(last.fault.message)}_`);
}

async function closeStream(stream: AnswerStream, last: LastEvent, ratedRunId: string | null): Promise<void> {
  // Whoever stopped it with Slack's own button has seen what they wanted; what was told since is for the others.
  const wasStopped = last.type === 'run-finished' && last.status === 'stopped';
  if (stream.wasHalted() && !wasStopped) stream.unhalt();
  const isRated = last.type === 'run-finished' && last.status === 'succeeded' && ratedRunId !== null;
  await stream.close(isRated ? [feedbackBlock(ratedRunId)] : []);
}

/** What a run tells, awaited. */
function listenTo(sitting: Sitting, pieces: AnswerPieces, { signal, log }: Pick<AnswerWriting, 'signal' | 'log'>) {
  let last: LastEvent | null = null;
  let news = Promise.withResolvers<void>();
  const wake = () => news.resolve();
  signal.addEventListener('abort', wake);
  sitting.listen((event, isKnown) => {
    try {
      if (event.type === 'run-finished' || event.type === 'run-waiting') last = event;
      else pieces.take(event, isKnown);
    } catch (error) {
      // Whoever listens must not be able to stop a run.
      log.error({ err: error, runId: sitting.runId }, 'something of an answer cannot be shown in Slack');
    }
    wake();
  });
  return {
    /** Resolves once there is something to post, or nothing more comes. */
    async next(): Promise<LastEvent | null> {
      while (pieces.isEmpty() && last === null) {
        signal.throwIfAborted();
        await news.promise;
        news = Promise.withResolvers<void>();
      }
      signal.throwIfAborted();
      return last;
    },
    /** Waits, but not for what nobody needs any more. */
    async rest(ms: number): Promise<void> {
      if (last === null) await pause(ms, undefined, { signal });
    },
    leave: () => signal.removeEventListener('abort', wake),
  };
}
