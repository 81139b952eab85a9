import type { AnyChunk } from '@slack/web-api';
import type { CallResult, RunEvent } from '#agent/run-events.ts';
import { createSafeMarkdown, type SafeMarkdown, safeLine } from './safe-text.ts';

/** What of an answer is still to be posted, in its order. */
export interface AnswerPieces {
  /** `isKnown`: it was told before, in an earlier sitting of the run. */
  take(event: RunEvent, isKnown: boolean): void;
  /** The last words, of ours and as Markdown that is safe; however often it is called. */
  end(markdown: string): void;
  /** Takes out as much as fits into one call; empty when there is nothing. */
  next(): readonly AnyChunk[];
  readonly isEmpty: () => boolean;
  /** How many parts of the stored answer, from its first, are whole once everything that was taken out is posted. */
  wholeParts(): number;
  /** Nothing more comes: calls that are not answered are shown so. */
  cutOff(shownAs: 'pending' | 'error'): void;
}

type TaskStatus = 'pending' | 'in_progress' | 'complete' | 'error';
type Piece =
  | { readonly type: 'text'; readonly part: number; text: string }
  | { readonly type: 'task'; readonly part: number; readonly callId: string; chunk: AnyChunk };

interface Call {
  readonly part: number;
  readonly title: string;
  shownAs: TaskStatus | null;
}

/** Slack takes 12,000 characters at once; much less is seen sooner. */
const mostCharacters = 2_500;
const longestTitle = 120;
const longestWords = 200;

/** `skip`: how many parts were posted before. */
export function createAnswerPieces(skip: number, titleOf: (tool: string) => string): AnswerPieces {
  const queue: Piece[] = [];
  /** Parts of the answer that are not told to their end. */
  const open = new Set<number>();
  const texts = new Map<string, { readonly part: number; readonly safe: SafeMarkdown }>();
  const calls = new Map<string, Call>();
  let parts = 0;
  let hasText = false;
  let hasEnded = false;

  const addText = (part: number, text: string) => {
    if (text === '' || part < skip) return;
    const last = queue.at(-1);
    if (last?.type === 'text' && last.part === part) last.text += text;
    else queue.push({ type: 'text', part, text: hasText ? `\n\n${text}` : text });
    hasText = true;
  };
  const addTask = (callId: string, { part, title }: Call, status: TaskStatus, words = '') => {
    const chunk: AnyChunk = {
      type: 'task_update',
      id: callId,
      title,
      status,
      ...(words === '' ? {} : { output: words }),
    };
    const waiting = queue.find((piece) => piece.type === 'task' && piece.callId === callId);
    if (waiting?.type === 'task') waiting.chunk = chunk;
    else queue.push({ type: 'task', part, callId, chunk });
  };
  const begin = (): number => {
    open.add(parts);
    return parts++;
  };
  const endText = (id: string) => {
    const text = texts.get(id);
    if (text === undefined) return;
    addText(text.part, text.safe.end());
    open.delete(text.part);
    texts.delete(id);
  };
  const request = (callId: string, tool: string, isKnown: boolean) => {
    const call = calls.get(callId) ?? { part: begin(), title: safeLine(titleOf(tool), longestTitle), shownAs: null };
    calls.set(callId, call);
    if (!(isKnown && call.part < skip)) addTask(callId, call, 'in_progress');
  };
  const finish = (callId: string, result: CallResult, isKnown: boolean) => {
    const call = calls.get(callId);
    if (call === undefined) return;
    open.delete(call.part);
    if (isKnown && call.part < skip) return;
    addTask(callId, call, result.ok ? 'complete' : 'error', result.ok ? '' : safeLine(result.message, longestWords));
  };

  return {
    take(event, isKnown) {
      switch (event.type) {
        case 'step-started':
          for (const id of texts.keys()) endText(id);
          open.delete(begin());
          return;
        case 'text-started':
          texts.set(event.id, { part: begin(), safe: createSafeMarkdown() });
          return;
        case 'text-delta': {
          const text = texts.get(event.id);
          if (text !== undefined) addText(text.part, text.safe.add(event.delta));
          return;
        }
        case 'text-ended':
          return endText(event.id);
        case 'call-requested':
          return request(event.callId, event.tool, isKnown);
        case 'call-waiting': {
          const call = calls.get(event.callId);
          if (call !== undefined && !(isKnown && call.part < skip)) addTask(event.callId, call, 'pending');
          return;
        }
        case 'call-finished':
          return finish(event.callId, event.result, isKnown);
      }
    },
    end(markdown) {
      if (hasEnded) return;
      hasEnded = true;
      addText(Number.POSITIVE_INFINITY, markdown);
    },
    next: () => takeOut(queue),
    isEmpty: () => queue.length === 0,
    wholeParts() {
      const unfinished = [...open, ...queue.map(({ part }) => part)].filter((part) => part >= skip);
      return Math.max(skip, Math.min(parts, ...unfinished));
    },
    cutOff(shownAs) {
      for (const id of [...texts.keys()]) endText(id);
      for (const [callId, call] of [...calls]) {
        if (open.has(call.part) && call.part >= skip && call.shownAs !== shownAs) addTask(callId, call, shownAs);
      }
      open.clear();
    },
  };
}

function takeOut(queue: Piece[]): readonly AnyChunk[] {
  const chunks: AnyChunk[] = [];
  let left = mostCharacters;
  for (let piece = queue[0]; piece !== undefined && left > 0; piece = queue[0]) {
    if (piece.type === 'task') {
      chunks.push(piece.chunk);
      left -= longestTitle + 2 * longestWords;
      queue.shift();
    } else {
      const text = headOf(piece.text, left);
      left -= text.length;
      chunks.push({ type: 'markdown_text', text });
      piece.text = piece.text.slice(text.length);
      if (piece.text === '') queue.shift();
      else break;
    }
  }
  return chunks;
}

/** Cut at a line, else between words, where there is one not too far back. */
function headOf(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = text.slice(0, most);
  const at = Math.max(head.lastIndexOf('\n'), head.lastIndexOf(' '));
  const cut = at > most / 2 ? head.slice(0, at + 1) : head;
  return /[\uD800-\uDBFF]$/.test(cut) && cut.length > 1 ? cut.slice(0, -1) : cut;
}
