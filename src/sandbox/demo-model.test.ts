import { type LanguageModelV4CallOptions, type LanguageModelV4StreamPart, NoSuchModelError } from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { createDemoProvider } from './demo-model.ts';
import { allTools } from './demo-test-harness.ts';

const model = createDemoProvider({ delayMs: 0 }).languageModel('offline');

function asking(text: string, tools = allTools): LanguageModelV4CallOptions {
  return {
    prompt: [{ role: 'user', content: [{ type: 'text', text }] }],
    tools: tools.map((name) => ({ type: 'function', name, inputSchema: { type: 'object' } })),
  };
}

async function collect(stream: ReadableStream<LanguageModelV4StreamPart>): Promise<LanguageModelV4StreamPart[]> {
  const parts: LanguageModelV4StreamPart[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

async function partsOf(options: LanguageModelV4CallOptions): Promise<LanguageModelV4StreamPart[]> {
  const { stream } = await model.doStream(options);
  return collect(stream);
}

describe('the demo provider', () => {
  it('has one model and no other', () => {
    expect(model.modelId).toBe('offline');
    expect(() => createDemoProvider().languageModel('gpt')).toThrow(NoSuchModelError);
    expect(() => createDemoProvider().embeddingModel('offline')).toThrow(NoSuchModelError);
  });

  it('streams words that make up exactly what it generates', async () => {
    const { content } = await model.doGenerate(asking('Hello'));
    const parts = await partsOf(asking('Hello'));
    const deltas = parts.flatMap((part) => (part.type === 'text-delta' ? [part.delta] : []));
    expect(content).toEqual([{ type: 'text', text: deltas.join('') }]);
    expect(deltas.length).toBeGreaterThan(20);
    expect(parts.map((part) => part.type).filter((type) => type !== 'text-delta')).toEqual([
      'stream-start',
      'response-metadata',
      'text-start',
      'text-end',
      'finish',
    ]);
  });

  it('streams tool calls with their input and says so in the finish reason', async () => {
    const parts = await partsOf(asking('Which teams do I have?'));
    expect(parts).toContainEqual(
      expect.objectContaining({ type: 'tool-call', toolName: 'ninox_list_teams', input: '{}' }),
    );
    expect(parts.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'tool-calls' } });
    const counted = parts.at(-1);
    expect(counted?.type === 'finish' && (counted.usage.inputTokens.total ?? 0)).toBeGreaterThan(0);
  });

  it('gives every call an id of its own', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const { content } = await model.doGenerate(asking('Which teams do I have?'));
        return content.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : []));
      }),
    );
    expect(new Set(ids.flat()).size).toBe(2);
  });

  it('uses only tools that are offered', async () => {
    const { content, finishReason } = await model.doGenerate(asking('Which teams do I have?', []));
    expect(content).toEqual([
      expect.objectContaining({ type: 'text', text: expect.stringContaining('ninox_list_teams') }),
    ]);
    expect(finishReason.unified).toBe('stop');
  });

  it('makes no call where the choice forbids it', async () => {
    const { content } = await model.doGenerate({ ...asking('Which teams do I have?'), toolChoice: { type: 'none' } });
    expect(content.map((part) => part.type)).toEqual(['text']);
  });

  it('keeps to the one tool it is told to use', async () => {
    const toolChoice = { type: 'tool', toolName: 'ninox_get_team' } as const;
    const { content } = await model.doGenerate({ ...asking('Which teams do I have?'), toolChoice });
    expect(content.map((part) => part.type)).toEqual(['text']);
  });
});

describe('stopping', () => {
  it('does not begin once the signal has fired', async () => {
    const stopped = { ...asking('Hello'), abortSignal: AbortSignal.abort(new Error('stopped')) };
    await expect(model.doStream(stopped)).rejects.toThrow('stopped');
    await expect(model.doGenerate(stopped)).rejects.toThrow('stopped');
  });

  it('ends in the middle of a pause with the reason of the signal', async () => {
    const controller = new AbortController();
    const slow = createDemoProvider({ delayMs: 3_600_000 }).languageModel('offline');
    const { stream } = await slow.doStream({ ...asking('Hello'), abortSignal: controller.signal });
    const reading = collect(stream);
    controller.abort(new Error('stopped'));
    await expect(reading).rejects.toThrow('stopped');
  });

  it('ends between two words where there is no pause', async () => {
    const controller = new AbortController();
    const { stream } = await model.doStream({ ...asking('Hello'), abortSignal: controller.signal });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const part of stream) {
        seen.push(part.type);
        if (part.type === 'text-delta') controller.abort(new Error('stopped'));
      }
    })();
    await expect(reading).rejects.toThrow('stopped');
    expect(seen.filter((type) => type === 'text-delta').length).toBeLessThanOrEqual(2);
    expect(seen).not.toContain('finish');
  });
});
