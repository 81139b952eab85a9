import type { LanguageModelV4Prompt } from '@ai-sdk/provider';
import { isObject } from './sync-items.ts';
import type { Transformed } from './transform-items.ts';

/** A call that the run has made, with what came back. */
export interface PastCall {
  readonly input: unknown;
  readonly ok: boolean;
  /** The tool's answer, or the error's `{code, message}`. */
  readonly output: unknown;
}

/** What the run has done so far: everything it needs to go on, in any process. */
export interface SyncHistory {
  readonly calls: ReadonlyMap<string, PastCall>;
  /** What the items have become; null before they were transformed. */
  readonly transformed: readonly Transformed[] | null;
}

/** The steps after the last message of a person. */
export function readHistory(prompt: LanguageModelV4Prompt): SyncHistory {
  const asked = prompt.findLastIndex(({ role }) => role === 'user');
  const said = prompt.slice(asked + 1).flatMap((message) => (message.role === 'assistant' ? message.content : []));
  const answered = prompt.slice(asked + 1).flatMap((message) => (message.role === 'tool' ? message.content : []));
  const inputs = new Map(said.flatMap((part) => (part.type === 'tool-call' ? [[part.toolCallId, part.input]] : [])));
  const results = answered.flatMap((part) => (part.type === 'tool-result' ? [part] : []));
  const notes = said.flatMap((part) => (part.type === 'reasoning' ? [readTransformed(part.text)] : []));
  return {
    calls: new Map(results.map(({ toolCallId, output }) => [toolCallId, pastCall(inputs.get(toolCallId), output)])),
    transformed: notes.findLast((note) => note !== null) ?? null,
  };
}

function pastCall(input: unknown, output: { readonly type: string; readonly value?: unknown }): PastCall {
  return { input, ...readOutput(output) };
}

function readOutput(output: { readonly type: string; readonly value?: unknown }): Pick<PastCall, 'ok' | 'output'> {
  const value = parsed(output.value);
  if (output.type.startsWith('error')) return { ok: false, output: isObject(value) ? (value.error ?? value) : value };
  // Where a person has changed the arguments before approving, the answer lies deeper.
  const isChanged = isObject(value) && 'note' in value && 'arguments' in value && 'output' in value;
  return { ok: true, output: isChanged ? value.output : value };
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const mark = 'transformed ';

export function writeTransformed(records: readonly Transformed[]): string {
  return `${mark}${JSON.stringify(records)}`;
}

function readTransformed(text: string): readonly Transformed[] | null {
  if (!text.startsWith(mark)) return null;
  const value = parsed(text.slice(mark.length));
  return Array.isArray(value) ? (value as readonly Transformed[]) : null;
}
