import type { LanguageModelV4Message, LanguageModelV4Prompt, LanguageModelV4ToolResultPart } from '@ai-sdk/provider';

export interface Refusal {
  /** Null where the history kept only the words. */
  readonly code: string | null;
  readonly message: string;
}

export type CallOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: Refusal };

/** One answered tool call of the conversation. `turn` is the place of the user message that led to it. */
export interface AnsweredCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly turn: number;
  readonly outcome: CallOutcome;
}

export interface Conversation {
  /** What the person wrote, oldest first. */
  readonly turns: readonly string[];
  readonly calls: readonly AnsweredCall[];
  /** What was answered in words, by turn. An answer that was stopped is cut short or missing. */
  readonly answers: ReadonlyMap<number, string>;
  /** Whether an answer was already given before the newest message. */
  readonly hasAnswered: boolean;
}

/** Takes from a prompt what the rules work on. System text is for a real model; the rules do not read it. */
export function readConversation(prompt: LanguageModelV4Prompt): Conversation {
  const turns: string[] = [];
  const calls: AnsweredCall[] = [];
  const answers = new Map<number, string>();
  const inputs = inputsByCall(prompt);
  const newest = prompt.findLastIndex((message) => message.role === 'user');
  for (const message of prompt) {
    if (message.role === 'user')
      turns.push(ownWords(message.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')));
    const turn = turns.length - 1;
    if (message.role === 'assistant') answers.set(turn, (answers.get(turn) ?? '') + textOf(message));
    if (message.role !== 'tool') continue;
    const results = message.content.filter((part) => part.type === 'tool-result');
    calls.push(...results.map((part) => answeredCall(part, inputs.get(part.toolCallId), turn)));
  }
  if (turns.length === 0) turns.push('');
  return { turns, calls, answers, hasAnswered: prompt.slice(0, Math.max(0, newest)).some(isAnswer) };
}

/** What stands below a line was sent along with the message: for a real model, too. */
function ownWords(text: string): string {
  const [words = ''] = text.split('\n\n---\n', 1);
  return words;
}

function textOf({ content }: Extract<LanguageModelV4Message, { role: 'assistant' }>): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

type CallInput = AnsweredCall['input'];

function inputsByCall(prompt: LanguageModelV4Prompt): ReadonlyMap<string, CallInput> {
  const parts = prompt.flatMap((message) => (message.role === 'assistant' ? message.content : []));
  const calls = parts.filter((part) => part.type === 'tool-call');
  return new Map(calls.map((part) => [part.toolCallId, asObject(part.input)]));
}

function answeredCall(part: LanguageModelV4ToolResultPart, input: CallInput | undefined, turn: number): AnsweredCall {
  const changed = changedArguments(part.output);
  const outcome = readOutput(part.output);
  if (changed === null) return { tool: part.toolName, input: input ?? {}, turn, outcome };
  const made = outcome.ok ? { ok: true as const, value: asObject(outcome.value).output } : outcome;
  return { tool: part.toolName, input: changed, turn, outcome: made };
}

/** What a person has made of the arguments before approving, which the result of such a call tells; else null. */
function changedArguments(output: LanguageModelV4ToolResultPart['output']): CallInput | null {
  if (output.type !== 'json' && output.type !== 'error-json') return null;
  const value = asObject(output.value);
  const told = typeof value.note === 'string' && ('output' in value || 'error' in value);
  return told && value.arguments !== undefined ? asObject(value.arguments) : null;
}

function isAnswer(message: LanguageModelV4Message): boolean {
  return (
    message.role === 'assistant' && message.content.some((part) => part.type === 'text' && part.text.trim() !== '')
  );
}

function readOutput(output: LanguageModelV4ToolResultPart['output']): CallOutcome {
  switch (output.type) {
    case 'json':
      return asObject(output.value).error === undefined
        ? { ok: true, value: output.value }
        : { ok: false, refusal: readRefusal(output.value) };
    case 'error-json':
      return { ok: false, refusal: readRefusal(output.value) };
    case 'error-text':
      return { ok: false, refusal: { code: null, message: output.value } };
    case 'execution-denied':
      return { ok: false, refusal: { code: null, message: output.reason ?? 'The call was not allowed.' } };
    default:
      return { ok: false, refusal: { code: null, message: 'The tool answered in a form these rules cannot read.' } };
  }
}

function readRefusal(value: unknown): Refusal {
  const error = asObject(asObject(value).error);
  const { code, message } = error;
  return {
    code: typeof code === 'string' ? code : null,
    message: typeof message === 'string' && message !== '' ? message : 'The call failed without a reason.',
  };
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
