import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider';
import { interruptedFault, ModelFault, toModelFault } from './model-fault.ts';
import type { EmitRunEvent, Usage } from './run-events.ts';

/** One piece of what the model said, with what its provider wants back on the next step. */
export type StepPart =
  | { type: 'text'; id: string; text: string; providerMetadata: SharedV4ProviderMetadata | undefined }
  | { type: 'reasoning'; id: string; text: string; providerMetadata: SharedV4ProviderMetadata | undefined }
  | {
      type: 'call';
      callId: string;
      /** As the model gave it; nothing says that it is unique. */
      modelCallId: string;
      tool: string;
      rawInput: string;
      providerMetadata: SharedV4ProviderMetadata | undefined;
    };

export interface StepOutcome {
  readonly parts: readonly StepPart[];
  readonly finish: 'stop' | 'tool-calls' | 'length' | 'content-filter';
  readonly usage: Usage;
}

export interface ModelStepInput {
  readonly model: LanguageModelV4;
  readonly options: LanguageModelV4CallOptions;
  readonly signal: AbortSignal;
  readonly emit: EmitRunEvent;
}

/** What every provider accepts back; a name that is stored and sent again must not spoil the whole conversation. */
const toolNamePattern = /^[A-Za-z0-9_-]{1,64}$/;
const unreadableToolName = 'unreadable_name';
const maxAttempts = 3;
const maxRetryWaitMs = 10_000;
/** A provider that sends nothing for this long is taken as gone. */
const idleTimeoutMs = 60_000;

/**
 * Asks the model once and streams its text out. Tool calls are only collected: nothing of a step may run before the
 * step is known to be whole. Throws ModelFault; a step that broke off in the middle is never asked again.
 */
export async function runModelStep(input: ModelStepInput): Promise<StepOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const collector = new StepCollector(input.emit);
    try {
      return await readStep(input, collector);
    } catch (error) {
      collector.closeText();
      input.signal.throwIfAborted();
      const fault = toModelFault(error);
      if (collector.touched || !fault.retryable || attempt === maxAttempts) throw fault;
      await delay(retryWait(fault, attempt), undefined, { signal: input.signal });
    }
  }
}

function retryWait(fault: ModelFault, attempt: number): number {
  const backoff = 500 * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
  return Math.min(maxRetryWaitMs, fault.retryAfterMs ?? backoff);
}

async function readStep(input: ModelStepInput, collector: StepCollector): Promise<StepOutcome> {
  const ended = new AbortController();
  const watchdog = setTimeout(() => ended.abort(new ModelFault(interruptedFault)), idleTimeoutMs);
  const abortSignal = AbortSignal.any([input.signal, ended.signal]);
  try {
    const { stream } = await input.model.doStream({ ...input.options, abortSignal });
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      watchdog.refresh();
      collector.take(value);
    }
    input.signal.throwIfAborted();
    return collector.finish();
  } catch (error) {
    // Lets go of the provider's connection: the answer may not have been read to its end.
    ended.abort(error);
    throw error;
  } finally {
    clearTimeout(watchdog);
  }
}

/** Gathers the parts of one step while its text goes out. */
class StepCollector {
  readonly #emit: EmitRunEvent;
  readonly #parts: StepPart[] = [];
  readonly #open = new Map<string, StepPart & { type: 'text' | 'reasoning' }>();
  #finish: (LanguageModelV4StreamPart & { type: 'finish' }) | null = null;
  /** True once a person may have seen something of this step. */
  touched = false;

  constructor(emit: EmitRunEvent) {
    this.#emit = emit;
  }

  take(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case 'text-start':
        this.#start('text', part);
        return;
      case 'reasoning-start':
        this.#start('reasoning', part);
        return;
      case 'text-delta':
      case 'reasoning-delta':
        this.#append(part);
        return;
      case 'text-end':
      case 'reasoning-end':
        this.#end(part);
        return;
      case 'tool-call':
        this.#parts.push({
          type: 'call',
          callId: randomUUID(),
          modelCallId: part.toolCallId,
          tool: toolNamePattern.test(part.toolName) ? part.toolName : unreadableToolName,
          rawInput: part.input,
          providerMetadata: part.providerMetadata,
        });
        return;
      case 'finish':
        this.#finish = part;
        return;
      case 'error':
        throw part.error;
    }
  }

  #start(type: 'text' | 'reasoning', part: { id: string; providerMetadata?: SharedV4ProviderMetadata }): void {
    const open = { type, id: part.id, text: '', providerMetadata: part.providerMetadata };
    this.#open.set(part.id, open);
    this.#parts.push(open);
    if (type === 'text') {
      this.touched = true;
      this.#emit({ type: 'text-started', id: part.id });
    }
  }

  #append(part: { type: 'text-delta' | 'reasoning-delta'; id: string; delta: string }): void {
    const open = this.#open.get(part.id);
    if (open === undefined) return;
    open.text += part.delta;
    if (open.type === 'text') this.#emit({ type: 'text-delta', id: part.id, delta: part.delta });
  }

  #end(part: { id: string; providerMetadata?: SharedV4ProviderMetadata | undefined }): void {
    const open = this.#open.get(part.id);
    if (open === undefined) return;
    this.#open.delete(part.id);
    open.providerMetadata = part.providerMetadata ?? open.providerMetadata;
    if (open.type === 'text') this.#emit({ type: 'text-ended', id: part.id });
  }

  /** Ends open text towards the reader when the step breaks off. */
  closeText(): void {
    for (const part of this.#open.values()) this.#end(part);
  }

  /** A cleanly closed stream is no proof of a whole answer: only a known finish reason is. */
  finish(): StepOutcome {
    const reason = this.#finish?.finishReason.unified;
    if (this.#finish === null || this.#open.size > 0 || !isWhole(reason)) throw new ModelFault(interruptedFault);
    return {
      parts: this.#parts,
      finish: reason,
      usage: {
        inputTokens: this.#finish.usage.inputTokens.total ?? 0,
        outputTokens: this.#finish.usage.outputTokens.total ?? 0,
      },
    };
  }
}

function isWhole(reason: string | undefined): reason is StepOutcome['finish'] {
  return reason === 'stop' || reason === 'tool-calls' || reason === 'length' || reason === 'content-filter';
}
