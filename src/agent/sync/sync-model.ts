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
import { nextStep, type SyncStep } from './next-step.ts';
import { readHistory, writeTransformed } from './sync-history.ts';
import { readSync } from './sync-spec.ts';
import { transformItems } from './transform-items.ts';

const providerName = 'sync';

/** The model of a run that copies records: a fixed order of calls, with another model for the turning of items alone. */
export function syncModelId(transformer: string): string {
  return `${providerName}/${transformer}`;
}

/** A provider of such models, by the id of the model that transforms. It knows nothing but what it is sent. */
export function createSyncProvider(resolve: (modelId: string) => LanguageModelV4): readonly [string, ProviderV4] {
  const provider: ProviderV4 = {
    specificationVersion: 'v4',
    languageModel: (id) => createSyncModel(id, () => resolve(id)),
    embeddingModel(id) {
      throw new NoSuchModelError({ modelId: id, modelType: 'embeddingModel' });
    },
    imageModel(id) {
      throw new NoSuchModelError({ modelId: id, modelType: 'imageModel' });
    },
  };
  return [providerName, provider];
}

function createSyncModel(modelId: string, transformer: () => LanguageModelV4): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: providerName,
    modelId,
    supportedUrls: {},
    async doGenerate(options) {
      const { content, usage } = await takeStep(transformer, options);
      return { content: [...content], finishReason: finishOf(content), usage, warnings: [] };
    },
    async doStream(options) {
      const parts = ReadableStream.from(streamParts(await takeStep(transformer, options)));
      // The same class; its type differs where a browser's types are loaded too.
      return { stream: parts as unknown as LanguageModelV4StreamResult['stream'] };
    },
  };
}

type Content = Extract<LanguageModelV4Content, { type: 'text' | 'reasoning' | 'tool-call' }>;

interface Step {
  readonly content: readonly Content[];
  readonly usage: LanguageModelV4Usage;
}

async function takeStep(transformer: () => LanguageModelV4, options: LanguageModelV4CallOptions): Promise<Step> {
  const { prompt, toolChoice, abortSignal, providerOptions } = options;
  abortSignal?.throwIfAborted();
  const spec = readSync(lastMessage(prompt));
  if (spec === null) return said('This message does not say what is to be copied.');
  const history = readHistory(prompt);
  const step = nextStep(spec, history);
  if (toolChoice?.type === 'none' && step.type !== 'report') {
    return said('The limits of this run are used up before everything was copied. What was done is above.');
  }
  if (step.type !== 'transform') return { content: contentOf(step), usage: sum([]) };
  const { items, targetFields } = step;
  const passed = { ...(abortSignal && { abortSignal }), ...(providerOptions && { providerOptions }) };
  const done = await transformItems(transformer(), { instruction: spec.instruction, items, targetFields }, passed);
  const note: Content = { type: 'reasoning', text: writeTransformed(done.records) };
  const after = nextStep(spec, { ...history, transformed: done.records });
  return { content: [note, ...contentOf(after)], usage: sum(done.usages) };
}

function said(text: string): Step {
  return { content: [{ type: 'text', text }], usage: sum([]) };
}

function contentOf(step: SyncStep): readonly Content[] {
  if (step.type === 'report') return [{ type: 'text', text: step.text }];
  if (step.type === 'transform') return [];
  return step.calls.map(({ id, tool, arguments: args }) => ({
    type: 'tool-call',
    toolCallId: id,
    toolName: tool,
    input: JSON.stringify(args),
  }));
}

function lastMessage(prompt: LanguageModelV4Prompt): string {
  const message = prompt.findLast(({ role }) => role === 'user');
  if (message?.role !== 'user') return '';
  return message.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function finishOf(content: readonly Content[]): LanguageModelV4FinishReason {
  const isCalling = content.some(({ type }) => type === 'tool-call');
  return { unified: isCalling ? 'tool-calls' : 'stop', raw: undefined };
}

/** What the transforming has cost; the rest costs nothing. */
function sum(usages: readonly LanguageModelV4Usage[]): LanguageModelV4Usage {
  const total = (read: (usage: LanguageModelV4Usage) => number | undefined) =>
    usages.reduce((all, usage) => all + (read(usage) ?? 0), 0);
  return {
    inputTokens: {
      total: total(({ inputTokens }) => inputTokens.total),
      noCache: total(({ inputTokens }) => inputTokens.noCache),
      cacheRead: total(({ inputTokens }) => inputTokens.cacheRead),
      cacheWrite: total(({ inputTokens }) => inputTokens.cacheWrite),
    },
    outputTokens: {
      total: total(({ outputTokens }) => outputTokens.total),
      text: total(({ outputTokens }) => outputTokens.text),
      reasoning: total(({ outputTokens }) => outputTokens.reasoning),
    },
  };
}

function streamParts({ content, usage }: Step): LanguageModelV4StreamPart[] {
  const said = content.flatMap((part, index): LanguageModelV4StreamPart[] => {
    const id = `part-${index}`;
    if (part.type === 'tool-call') return [part];
    return [
      { type: `${part.type}-start`, id },
      { type: `${part.type}-delta`, id, delta: part.text },
      { type: `${part.type}-end`, id },
    ];
  });
  return [{ type: 'stream-start', warnings: [] }, ...said, { type: 'finish', finishReason: finishOf(content), usage }];
}
