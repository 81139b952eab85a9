import { ReadableStream } from 'node:stream/web';
import {
  type LanguageModelV4,
  type LanguageModelV4CallOptions,
  type LanguageModelV4Content,
  type LanguageModelV4FinishReason,
  type LanguageModelV4Prompt,
  type LanguageModelV4StreamPart,
  type LanguageModelV4StreamResult,
  type LanguageModelV4Usage,
  NoSuchModelError,
  type ProviderV4,
} from '@ai-sdk/provider';

const providerName = 'direct';
const modelId = 'call';
const textId = 'text-1';
const callId = 'direct-call';

/** The model of runs that make one call a program has asked for by name. The service's own: no persona can choose it. */
export const directModelId = `${providerName}/${modelId}`;

/** One call, as whoever asks for it has written it down. */
export interface DirectCall {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** The message that has the model make exactly this call; for people to read as well. */
export function writeDirectCall({ tool, arguments: args }: DirectCall): string {
  return `Call ${tool} ${JSON.stringify(args)}`;
}

/** Null for a message that `writeDirectCall` has not written. */
export function readDirectCall(text: string): DirectCall | null {
  const [, tool, json] = /^Call ([A-Za-z0-9_-]{1,64}) (\{.*\})$/s.exec(text) ?? [];
  if (tool === undefined || json === undefined) return null;
  try {
    return { tool, arguments: JSON.parse(json) as DirectCall['arguments'] };
  } catch {
    return null;
  }
}

/** The providers that the service itself has runs answered by. */
export function createOwnProviders(): ReadonlyMap<string, ProviderV4> {
  return new Map([[providerName, createDirectProvider()]]);
}

/**
 * A provider whose only model makes the call that the last message of a person spells out, and says when it was answered.
 * It knows nothing but what it is sent, so a run that has waited goes on with it in any process.
 */
export function createDirectProvider(): ProviderV4 {
  return {
    specificationVersion: 'v4',
    languageModel(id) {
      if (id !== modelId) throw new NoSuchModelError({ modelId: id, modelType: 'languageModel' });
      return directModel;
    },
    embeddingModel(id) {
      throw new NoSuchModelError({ modelId: id, modelType: 'embeddingModel' });
    },
    imageModel(id) {
      throw new NoSuchModelError({ modelId: id, modelType: 'imageModel' });
    },
  };
}

const usage: LanguageModelV4Usage = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
};

const directModel: LanguageModelV4 = {
  specificationVersion: 'v4',
  provider: providerName,
  modelId,
  supportedUrls: {},
  async doGenerate(options) {
    options.abortSignal?.throwIfAborted();
    const content = contentFor(options);
    return { content: [content], finishReason: finishOf(content), usage, warnings: [] };
  },
  async doStream(options) {
    options.abortSignal?.throwIfAborted();
    const parts = ReadableStream.from(streamParts(contentFor(options)));
    // The same class; its type differs where a browser's types are loaded too.
    return { stream: parts as unknown as LanguageModelV4StreamResult['stream'] };
  },
};

type Content = Extract<LanguageModelV4Content, { type: 'text' | 'tool-call' }>;

function contentFor({ prompt, toolChoice }: LanguageModelV4CallOptions): Content {
  const asked = prompt.findLastIndex(({ role }) => role === 'user');
  const outcome = outcomeIn(prompt.slice(asked + 1));
  if (outcome !== null) return { type: 'text', text: outcome };
  const call = readDirectCall(textAt(prompt, asked));
  if (call === null) return { type: 'text', text: 'This message names no call that could be made.' };
  if (toolChoice?.type === 'none') return { type: 'text', text: 'The call was not made.' };
  return { type: 'tool-call', toolCallId: callId, toolName: call.tool, input: JSON.stringify(call.arguments) };
}

/** What became of the call; null as long as it was not made. */
function outcomeIn(rest: LanguageModelV4Prompt): string | null {
  const results = rest.flatMap((message) => (message.role === 'tool' ? message.content : []));
  const result = results.find((part) => part.type === 'tool-result');
  if (result === undefined) return null;
  const isError = result.output.type.startsWith('error');
  return isError ? 'The call did not succeed; its result says why.' : 'The call was made; its result is above.';
}

function textAt(prompt: LanguageModelV4Prompt, index: number): string {
  const message = prompt[index];
  if (message?.role !== 'user') return '';
  return message.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function finishOf({ type }: Content): LanguageModelV4FinishReason {
  return type === 'tool-call' ? { unified: 'tool-calls', raw: undefined } : { unified: 'stop', raw: undefined };
}

function streamParts(content: Content): LanguageModelV4StreamPart[] {
  const said: LanguageModelV4StreamPart[] =
    content.type === 'tool-call'
      ? [content]
      : [
          { type: 'text-start', id: textId },
          { type: 'text-delta', id: textId, delta: content.text },
          { type: 'text-end', id: textId },
        ];
  return [{ type: 'stream-start', warnings: [] }, ...said, { type: 'finish', finishReason: finishOf(content), usage }];
}
