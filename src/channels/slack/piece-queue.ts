import type { AnyChunk } from '@slack/web-api';

export type TaskStatus = 'pending' | 'in_progress' | 'complete' | 'error';

export interface Task {
  readonly callId: string;
  readonly title: string;
  readonly status: TaskStatus;
  /** What went wrong, as plain text that is safe. */
  readonly words?: string;
}

/** What is to be posted, in its order; what belongs to the same text or call is joined while it waits. */
export interface PieceQueue {
  /** `part`: of the answer; it tells when that is posted whole. */
  addText(part: number, text: string): void;
  addTask(part: number, task: Task): void;
  /** Takes out as much as fits into one call; empty when there is nothing. */
  next(): readonly AnyChunk[];
  isEmpty(): boolean;
  /** The parts of which something waits. */
  parts(): readonly number[];
}

type Piece =
  | { readonly type: 'text'; readonly part: number; text: string }
  | { readonly type: 'task'; readonly part: number; readonly callId: string; chunk: AnyChunk };

/** Slack takes 12,000 characters at once; much less is seen sooner. */
const mostCharacters = 2_500;
/** As much as a task may take, in the same measure. */
const taskCharacters = 500;

export function createPieceQueue(): PieceQueue {
  const queue: Piece[] = [];
  return {
    addText(part, text) {
      if (text === '') return;
      const last = queue.at(-1);
      if (last?.type === 'text' && last.part === part) last.text += text;
      else queue.push({ type: 'text', part, text });
    },
    addTask(part, { callId, title, status, words = '' }) {
      const output = words === '' ? {} : { output: words };
      const chunk: AnyChunk = { type: 'task_update', id: callId, title, status, ...output };
      const waiting = queue.find((piece) => piece.type === 'task' && piece.callId === callId);
      if (waiting?.type === 'task') waiting.chunk = chunk;
      else queue.push({ type: 'task', part, callId, chunk });
    },
    next: () => takeOut(queue),
    isEmpty: () => queue.length === 0,
    parts: () => queue.map(({ part }) => part),
  };
}

function takeOut(queue: Piece[]): readonly AnyChunk[] {
  const chunks: AnyChunk[] = [];
  let left = mostCharacters;
  for (let piece = queue[0]; piece !== undefined && left > 0; piece = queue[0]) {
    if (piece.type === 'task') {
      chunks.push(piece.chunk);
      left -= taskCharacters;
    } else {
      const text = headOf(piece.text, left);
      chunks.push({ type: 'markdown_text', text });
      left -= text.length;
      piece.text = piece.text.slice(text.length);
      if (piece.text !== '') break;
    }
    queue.shift();
  }
  return chunks;
}

/** Cut at a line, else between words, where there is one not too far back. */
export function headOf(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = text.slice(0, most);
  const at = Math.max(head.lastIndexOf('\n'), head.lastIndexOf(' '));
  const cut = at > most / 2 ? head.slice(0, at + 1) : head;
  return /[\uD800-\uDBFF]$/.test(cut) && cut.length > 1 ? cut.slice(0, -1) : cut;
}
