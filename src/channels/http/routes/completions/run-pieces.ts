import { isLast, type RunEvent } from '#agent/run-events.ts';
import type { ReadableRun } from '#channels/chat/read-run.ts';
import type { EventSource } from '#channels/chat/stream-run.ts';
import type { CompatibleProblem } from '../../compatible-problem.ts';
import type { CompletionRunView, CompletionUsageView, FinishReason } from '../../contract/completions.ts';

/** How an answer ended, as far as its caller is told. */
export interface Ending {
  /** Set where there is no answer, or not all of it. */
  readonly problem: CompatibleProblem | null;
  readonly finishReason: FinishReason;
  readonly usage: CompletionUsageView;
  readonly persona: CompletionRunView;
  /** Said behind the run's own words. */
  readonly words: string;
}

/** What of a run a client without tools of its own can be told. */
export type Piece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'end'; readonly ending: Ending };

export type LastEvent = Extract<RunEvent, { type: 'run-finished' | 'run-waiting' }>;

export interface Pieces extends EventSource<Piece> {
  /** Resolves with the first of them. */
  readonly first: Promise<Piece>;
  /** Resolves with the whole text and how it ended. Never, where the run is no longer read. */
  readonly whole: Promise<{ readonly text: string; readonly ending: Ending }>;
}

/** Reads a run, whether or not anybody listens. `conclude` is awaited before its end is told. */
export function readPieces(
  run: Pick<ReadableRun, 'subscribe'>,
  conclude: (last: LastEvent, text: string) => Promise<Ending>,
): Pieces {
  const pieces: Piece[] = [];
  const listeners = new Set<(piece: Piece) => void>();
  const first = Promise.withResolvers<Piece>();
  const whole = Promise.withResolvers<{ text: string; ending: Ending }>();
  let text = '';
  let isBroken = false;

  const publish = (piece: Piece) => {
    pieces.push(piece);
    first.resolve(piece);
    for (const listener of listeners) listener(piece);
  };
  const say = (words: string) => {
    if (words === '') return;
    const piece = isBroken && text !== '' ? `\n\n${words}` : words;
    isBroken = false;
    text += piece;
    publish({ type: 'text', text: piece });
  };
  const end = async (last: LastEvent) => {
    const ending = await conclude(last, text);
    isBroken = true;
    say(ending.words);
    publish({ type: 'end', ending });
    whole.resolve({ text, ending });
  };
  run.subscribe((event) => {
    // What is written after tools were called is a paragraph of its own.
    if (event.type === 'text-started') isBroken = true;
    if (event.type === 'text-delta') say(event.delta);
    if (isLast(event)) void end(event as LastEvent);
  });
  return {
    first: first.promise,
    whole: whole.promise,
    subscribe(listener) {
      for (const piece of pieces) listener(piece);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
