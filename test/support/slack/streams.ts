import { acceptBlocks } from './blocks.ts';
import { type Fields, isFields, listOf, refuse, textOf } from './fields.ts';
import type { Message, Stream } from './world.ts';

/*
 * chat.startStream, chat.appendStream, chat.stopStream: a message is streamed until it is stopped, or until Slack has
 * lost patience; what was begun with text cannot go on with chunks, nor the other way round.
 */

const longestText = 12_000;
/**
 * Of a whole streamed message, in bytes, of which a task's details and output count twice: nothing is documented, and
 * people have measured refusals from there on.
 */
const mostBytes = 10_600;
const chunkTypes = ['markdown_text', 'task_update', 'plan_update', 'blocks'];
const taskStates = ['pending', 'in_progress', 'complete', 'error'];
/** Of a task's texts. */
const longestDetail = 256;

export function newStream(recipient: string | null): Stream {
  return { state: 'streaming', mode: null, recipient, tasks: new Map(), appends: 0 };
}

export function requireStreaming(message: Message): Stream {
  const { stream } = message;
  if (stream === null || stream.state !== 'streaming') refuse('message_not_in_streaming_state');
  return stream;
}

/** Takes what was sent into the message, or none of it. Answers whether there was anything. */
export function feed(message: Message, args: Fields, newBlockId: () => string): boolean {
  const stream = requireStreaming(message);
  const { markdown_text: text, chunks } = args;
  if (text !== undefined && chunks !== undefined) {
    refuse('invalid_arguments', 'only one of markdown_text and chunks can be given');
  }
  if (text !== undefined) {
    enter(stream, 'text');
    append(message, textOf(text));
    return textOf(text) !== '';
  }
  if (chunks === undefined) return false;
  const all = checkChunks(chunks);
  if (all.length === 0) return false;
  enter(stream, 'chunks');
  const tasks = new Map(stream.tasks);
  for (const chunk of all) if (chunk.type === 'task_update') updateTask(tasks, chunk);
  const added = all.map((chunk) => (chunk.type === 'markdown_text' ? textOf(chunk.text) : '')).join('');
  append(message, added, tasks);
  const blocks = all.flatMap((chunk) => (chunk.type === 'blocks' ? listOf(chunk.blocks) : []));
  if (blocks.length > 0) message.blocks = [...message.blocks, ...acceptBlocks(blocks, newBlockId)];
  for (const [id, task] of tasks) stream.tasks.set(id, task);
  return true;
}

function enter(stream: Stream, mode: 'text' | 'chunks'): void {
  if (stream.mode !== null && stream.mode !== mode) refuse('streaming_mode_mismatch');
  stream.mode = mode;
}

function append(message: Message, text: string, tasks: Stream['tasks'] = new Map()): void {
  const whole = message.text + text;
  const inTasks = [...tasks.values()].reduce((sum, { title, details, output }) => {
    return sum + Buffer.byteLength(title) + 2 * Buffer.byteLength(details + output);
  }, 0);
  if (text.length > longestText || Buffer.byteLength(whole) + inTasks > mostBytes) refuse('msg_too_long');
  message.text = whole;
}

function checkChunks(value: unknown): readonly Fields[] {
  if (!Array.isArray(value) || !value.every(isFields)) refuse('invalid_chunks', 'must be an array of chunks');
  for (const chunk of value) {
    const type = textOf(chunk.type);
    if (!chunkTypes.includes(type)) refuse('invalid_chunks', `unsupported chunk: ${type}`);
    if (type === 'markdown_text' && textOf(chunk.text) === '') refuse('invalid_chunks', 'text must not be empty');
    if (type === 'plan_update' && textOf(chunk.title) === '') refuse('invalid_chunks', 'title must not be empty');
    if (type === 'task_update') checkTask(chunk);
  }
  return value;
}

function checkTask(chunk: Fields): void {
  if (textOf(chunk.id) === '' || textOf(chunk.title) === '') refuse('invalid_chunks', 'a task has an id and a title');
  if (!taskStates.includes(textOf(chunk.status))) refuse('invalid_chunks', `no such status: ${textOf(chunk.status)}`);
  for (const name of ['title', 'details', 'output']) {
    if (textOf(chunk[name]).length > longestDetail)
      refuse('msg_too_long', `${name} has at most ${longestDetail} characters`);
  }
}

/** Of one task there is one card; what is said of it is added to what was said before. */
function updateTask(tasks: Stream['tasks'], chunk: Fields): void {
  const id = textOf(chunk.id);
  const before = tasks.get(id);
  tasks.set(id, {
    id,
    title: textOf(chunk.title),
    status: textOf(chunk.status),
    details: `${before?.details ?? ''}${textOf(chunk.details)}`,
    output: `${before?.output ?? ''}${textOf(chunk.output)}`,
  });
}
