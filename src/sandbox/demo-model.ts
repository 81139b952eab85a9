import { randomUUID } from 'node:crypto';
import { ReadableStream } from 'node:stream/web';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type LanguageModelV4,
  type LanguageModelV4CallOptions,
  type LanguageModelV4Content,
  type LanguageModelV4FinishReason,
  type LanguageModelV4StreamPart,
  type LanguageModelV4StreamResult,
  type LanguageModelV4Usage,
  NoSuchModelError,
  type ProviderV4,
} from '@ai-sdk/provider';
import { readConversation } from './demo-conversation.ts';
import { decide } from './demo-dialogue.ts';
import type { Step } from './demo-step.ts';

const modelId = 'offline';
const defaultDelayMs = 12;
const textId = 'text-1';

export interface DemoProviderOptions {
  /** Pause before each word of a streamed answer, so that it reads like a model's. 0 for none. */
  readonly delayMs?: number;
}

/**
 * A provider whose only model, `offline`, answers by rules: no network, no key, the same answer to the same prompt.
 * Its tool calls are real; it is for a first start and for tests, not for work.
 */
export function createDemoProvider(options: DemoProviderOptions = {}): ProviderV4 {
  const model = createDemoModel(options.delayMs ?? defaultDelayMs);
  return {
    specificationVersion: 'v4',
    languageModel(id) {
      if (id !== modelId) throw new NoSuchModelError({ modelId: id, modelType: 'languageModel' });
      return model;
    },
    embeddingModel(id) {
      throw new NoSuchModelError({ modelId: id, modelType: 'embeddingModel' });
    },
    imageModel(id) {
      throw new NoSuchModelError({ modelId: id, modelType: 'imageModel' });
    },
  };
}

function createDemoModel(delayMs: number): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'demo',
    modelId,
    supportedUrls: {},
    async doGenerate(options) {
      options.abortSignal?.throwIfAborted();
      const { content, finishReason, usage } = answerTo(options);
      return { content, finishReason, usage, warnings: [], response: responseMetadata() };
    },
    async doStream(options) {
      options.abortSignal?.throwIfAborted();
      const parts = ReadableStream.from(streamParts(answerTo(options), delayMs, options.abortSignal));
      // The same class; its type differs where a browser's types are loaded too.
      return { stream: parts as unknown as LanguageModelV4StreamResult['stream'] };
    },
  };
}

interface Answer {
  readonly content: LanguageModelV4Content[];
  readonly finishReason: LanguageModelV4FinishReason;
  readonly usage: LanguageModelV4Usage;
}

function answerTo(options: LanguageModelV4CallOptions): Answer {
  const step = decide(readConversation(options.prompt), {
    tools: offeredTools(options),
    mayCall: options.toolChoice?.type !== 'none',
  });
  const content = contentOf(step);
  return {
    content,
    finishReason:
      step.kind === 'calls' ? { unified: 'tool-calls', raw: 'tool_calls' } : { unified: 'stop', raw: 'stop' },
    usage: usageOf(options, content),
  };
}

function offeredTools({ tools = [], toolChoice }: LanguageModelV4CallOptions): string[] {
  const names = tools.map((tool) => tool.name);
  return toolChoice?.type === 'tool' ? names.filter((name) => name === toolChoice.toolName) : names;
}

function contentOf(step: Step): LanguageModelV4Content[] {
  if (step.kind === 'answer') return [{ type: 'text', text: step.text }];
  const words: LanguageModelV4Content[] = step.words === null ? [] : [{ type: 'text', text: step.words }];
  const calls = step.calls.map(({ tool, input }) => ({
    type: 'tool-call' as const,
    toolCallId: `demo-${randomUUID()}`,
    toolName: tool,
    input: JSON.stringify(input),
  }));
  return [...words, ...calls];
}

/** Emits words one by one. Ends at once, with the signal's reason, when the signal fires. */
async function* streamParts(
  { content, finishReason, usage }: Answer,
  delayMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<LanguageModelV4StreamPart> {
  yield { type: 'stream-start', warnings: [] };
  yield { type: 'response-metadata', ...responseMetadata() };
  for (const part of content) {
    if (part.type === 'text') yield* textParts(part.text, delayMs, signal);
    else if (part.type === 'tool-call') {
      yield { type: 'tool-input-start', id: part.toolCallId, toolName: part.toolName };
      yield { type: 'tool-input-delta', id: part.toolCallId, delta: part.input };
      yield { type: 'tool-input-end', id: part.toolCallId };
      yield part;
    }
  }
  signal?.throwIfAborted();
  yield { type: 'finish', finishReason, usage };
}

async function* textParts(
  text: string,
  delayMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<LanguageModelV4StreamPart> {
  yield { type: 'text-start', id: textId };
  for (const word of text.match(/\s*\S+\s*/g) ?? []) {
    if (delayMs > 0) await pause(delayMs, signal);
    signal?.throwIfAborted();
    yield { type: 'text-delta', id: textId, delta: word };
  }
  yield { type: 'text-end', id: textId };
}

async function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(delayMs, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

function responseMetadata() {
  return { id: `demo-${randomUUID()}`, modelId, timestamp: new Date() };
}

/** Four characters to a token is the usual rule of thumb; there is no tokenizer behind it. */
function usageOf(
  { prompt, tools }: LanguageModelV4CallOptions,
  content: readonly LanguageModelV4Content[],
): LanguageModelV4Usage {
  const tokens = (value: unknown) => Math.max(1, Math.ceil(JSON.stringify(value, withoutBytes).length / 4));
  const input = tokens([prompt, tools ?? []]);
  const output = tokens(
    content.map((part) => (part.type === 'text' ? part.text : part.type === 'tool-call' ? part.input : '')),
  );
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: output, text: output, reasoning: 0 },
  };
}

function withoutBytes(_: string, value: unknown): unknown {
  return value instanceof Uint8Array ? '' : value;
}
