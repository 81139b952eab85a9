import type { RunEvent } from '#agent/run-events.ts';
import { dropLetters, lettersOf } from './letters.ts';
import { createPieceQueue, type PieceQueue, type Task, type TaskStatus } from './piece-queue.ts';
import { createSafeMarkdown, type SafeMarkdown, safeLine } from './safe-text.ts';

/** What of an answer is still to be posted. */
export interface AnswerPieces extends Pick<PieceQueue, 'next' | 'isEmpty'> {
  /** `isKnown`: it was told before, in an earlier sitting of the run. */
  take(event: RunEvent, isKnown: boolean): void;
  /** The last words, of ours and as Markdown that is safe; however often it is called. */
  end(markdown: string): void;
  /** Nothing more comes: calls that are not answered are shown so. */
  cutOff(shownAs: 'pending' | 'error'): void;
  /** How many parts of the stored answer, from its first, are whole once everything that was taken out is posted. */
  wholeParts(): number;
}

const longestTitle = 120;
const longestWords = 200;
/** What stands below the answer and is no part of it. */
const afterAll = Number.POSITIVE_INFINITY;

/** What of an answer was posted before. */
export interface Posted {
  /** So many of its parts. */
  readonly parts: number;
  /** So many letters of the parts after them. */
  readonly letters: number;
}

export function createAnswerPieces(posted: Posted, titleOf: (tool: string) => string): AnswerPieces {
  const queue = createPieceQueue();
  const parts = createParts(posted, queue);
  const texts = createTexts(parts);
  const calls = createCalls(parts, titleOf);
  let hasEnded = false;
  return {
    next: () => queue.next(),
    isEmpty: () => queue.isEmpty(),
    wholeParts: () => parts.whole(),
    take(event, isKnown) {
      if (event.type === 'step-started') {
        texts.endAll();
        parts.end(parts.begin());
      } else texts.take(event);
      calls.take(event, isKnown);
    },
    end(markdown) {
      if (hasEnded) return;
      hasEnded = true;
      parts.addText(afterAll, markdown);
    },
    cutOff(shownAs) {
      texts.endAll();
      calls.showOpen(shownAs);
      parts.endAll();
    },
  };
}

/** The parts of the answer, counted as they are stored. */
function createParts({ parts: skip, letters }: Posted, queue: PieceQueue) {
  const open = new Set<number>();
  let count = 0;
  let last: number | null = null;
  let toDrop = letters;
  return {
    begin(): number {
      open.add(count);
      count += 1;
      return count - 1;
    },
    end: (part: number) => void open.delete(part),
    endAll: () => open.clear(),
    isOpen: (part: number) => open.has(part),
    isSkipped: (part: number) => part < skip,
    whole(): number {
      const unfinished = [...open, ...queue.parts()].filter((part) => part >= skip);
      return Math.max(skip, Math.min(count, ...unfinished));
    },
    addText(part: number, given: string): void {
      if (part < skip) return;
      const text = part === afterAll ? given : dropLetters(given, toDrop);
      if (part !== afterAll) toDrop -= lettersIn(given) - lettersIn(text);
      if (text === '') return;
      queue.addText(part, last === null || last === part ? text : `\n\n${text}`);
      last = part;
    },
    addTask: (part: number, task: Task) => queue.addTask(part, task),
  };
}
type Parts = ReturnType<typeof createParts>;

function lettersIn(text: string): number {
  return lettersOf(text).length;
}

function createTexts(parts: Parts) {
  const texts = new Map<string, { readonly part: number; readonly safe: SafeMarkdown }>();
  const end = (id: string) => {
    const text = texts.get(id);
    if (text === undefined) return;
    parts.addText(text.part, text.safe.end());
    parts.end(text.part);
    texts.delete(id);
  };
  return {
    take(event: RunEvent): void {
      if (event.type === 'text-started') texts.set(event.id, { part: parts.begin(), safe: createSafeMarkdown() });
      if (event.type === 'text-ended') end(event.id);
      if (event.type !== 'text-delta') return;
      const text = texts.get(event.id);
      if (text !== undefined) parts.addText(text.part, text.safe.add(event.delta));
    },
    endAll(): void {
      for (const id of texts.keys()) end(id);
    },
  };
}

interface Call {
  readonly part: number;
  readonly title: string;
  shownAs: TaskStatus | null;
}

type CallEvent = Extract<RunEvent, { readonly callId: string }>;

function createCalls(parts: Parts, titleOf: (tool: string) => string) {
  const calls = new Map<string, Call>();
  const show = (callId: string, status: TaskStatus, words = '') => {
    const call = calls.get(callId);
    if (call === undefined) return;
    call.shownAs = status;
    parts.addTask(call.part, { callId, title: call.title, status, words });
  };
  const request = (callId: string, tool: string) => {
    if (calls.has(callId)) return;
    calls.set(callId, { part: parts.begin(), title: safeLine(titleOf(tool), longestTitle), shownAs: null });
  };
  const showEvent = (event: CallEvent) => {
    if (event.type === 'call-requested') show(event.callId, 'in_progress');
    else if (event.type === 'call-waiting') show(event.callId, 'pending');
    else if (event.result.ok) show(event.callId, 'complete');
    else show(event.callId, 'error', safeLine(event.result.message, longestWords));
  };
  return {
    take(event: RunEvent, isKnown: boolean): void {
      if (!('callId' in event)) return;
      if (event.type === 'call-requested') request(event.callId, event.tool);
      const part = calls.get(event.callId)?.part;
      if (part === undefined) return;
      if (event.type === 'call-finished') parts.end(part);
      if (!(isKnown && parts.isSkipped(part))) showEvent(event);
    },
    showOpen(shownAs: TaskStatus): void {
      for (const [callId, { part, shownAs: before }] of calls) {
        if (parts.isOpen(part) && !parts.isSkipped(part) && before !== shownAs) show(callId, shownAs);
      }
    },
  };
}
