import type { IncomingHttpHeaders } from 'node:http';

export type OpenAiApi = 'responses' | 'chat';

/** The conversation in one flat form for both APIs. Calls and their results are entries of their own. */
export type SeenMessage =
  | { readonly role: 'system' | 'user' | 'assistant'; readonly text: string }
  | { readonly role: 'call'; readonly callId: string; readonly name: string; readonly arguments: string }
  | { readonly role: 'result'; readonly callId: string; readonly output: string }
  | { readonly role: 'other'; readonly type: string };

export interface ToolResult {
  readonly callId: string;
  readonly output: string;
}

export interface ModelRequest {
  readonly api: OpenAiApi;
  /** 1 for the first request this server got. */
  readonly number: number;
  /** 0 for the first answer to a user's message, 1 for the one after its tool calls, and so on. */
  readonly step: number;
  readonly model: string;
  readonly stream: boolean;
  readonly messages: readonly SeenMessage[];
  /** What the last user message says. */
  readonly userText: string;
  /** The results that came after the last user message. */
  readonly toolResults: readonly ToolResult[];
  /** Names of the offered tools. */
  readonly tools: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ScriptedCall {
  readonly name: string;
  readonly args?: unknown;
  /** Sent as the arguments exactly as written, for malformed ones. Goes before `args`. */
  readonly rawArguments?: string;
  /** Unique by itself when left out. */
  readonly id?: string;
}

/**
 * A moment of an answer: before its head; before the n-th text delta, counted from 0, where the number of deltas means
 * after the text; in the middle of the first call's arguments; before the finish.
 */
export type Point = 'start' | number | 'arguments' | 'finish';

/**
 * `end` closes the answer cleanly without a finish, `reset` destroys the socket, `hang` says nothing more, `error` sends
 * an error event and ends, `invalid-json` sends one broken chunk and goes on.
 */
export interface Fault {
  readonly kind: 'end' | 'reset' | 'hang' | 'error' | 'invalid-json';
  readonly at: Point;
}

export interface Gate {
  readonly at: Point;
  readonly until: Promise<unknown>;
}

export interface ScriptedError {
  readonly status: number;
  readonly message?: string;
  readonly code?: string;
  /** Sent instead of the usual error object, as `text/html`. */
  readonly html?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One answer of the model. An empty object is an empty answer: no text, no call, finished. */
export interface ScriptedTurn {
  /** Streamed word by word. */
  readonly text?: string;
  /** The exact text deltas, in place of `text`. */
  readonly deltas?: readonly string[];
  readonly refusal?: string;
  readonly calls?: readonly ScriptedCall[];
  /** `stop` or `tool-calls` when left out; `unknown` sends a reason nobody has heard of. */
  readonly finishReason?: 'stop' | 'tool-calls' | 'length' | 'content-filter' | 'unknown';
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
  readonly error?: ScriptedError;
  readonly gates?: readonly Gate[];
  readonly fault?: Fault;
  /** Asked before each text delta; the answer waits for what it returns. */
  readonly pace?: (delta: number) => Promise<unknown> | undefined;
}

export type Decide = (request: ModelRequest) => ScriptedTurn | Promise<ScriptedTurn>;

/** The n-th request gets the n-th turn. One more than there are is an error, told as status 400. */
export function sequence(turns: readonly ScriptedTurn[]): Decide {
  return ({ number }) => {
    const turn = turns[number - 1];
    if (turn === undefined) throw new Error(`The script has ${turns.length} turns and was asked for number ${number}.`);
    return turn;
  };
}

/** Makes the calls in answer to a user's message, and says the text once their results are there. */
export function callsThenText(
  calls: readonly ScriptedCall[],
  text: string | ((results: readonly ToolResult[]) => string),
): Decide {
  return ({ toolResults }) => {
    if (toolResults.length === 0) return { calls };
    return { text: typeof text === 'string' ? text : text(toolResults) };
  };
}
