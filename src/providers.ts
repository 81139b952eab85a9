import type { ProviderV4 } from '@ai-sdk/provider';
import { createDeltaMergingFetch } from '#agent/merge-deltas.ts';
import type { ModelResolver } from '#agent/resolve-model.ts';
import type { Config } from '#config/config.ts';
import { AppError } from '#errors';
import { createDemoProvider } from '#sandbox/demo-model.ts';

/**
 * The model providers that are configured, by the name their ids begin with. Each package is loaded only when its key is
 * set: loading all of them would double the time to start.
 */
export async function createProviders(models: Config['models']): Promise<ReadonlyMap<string, ProviderV4>> {
  const providers = new Map<string, ProviderV4>([['demo', createDemoProvider()]]);
  const { openai, anthropic, google } = models;
  if (openai !== undefined) {
    const { createOpenAI } = await import('@ai-sdk/openai');
    const provider = createOpenAI({
      apiKey: openai.apiKey.reveal(),
      ...baseUrlOf(openai),
      fetch: createDeltaMergingFetch(),
    });
    providers.set(
      'openai',
      openai.api === 'chat' ? { ...provider, languageModel: (id) => provider.chat(id) } : provider,
    );
  }
  if (anthropic !== undefined) {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    providers.set('anthropic', createAnthropic({ apiKey: anthropic.apiKey.reveal(), ...baseUrlOf(anthropic) }));
  }
  if (google !== undefined) {
    const { createGoogle } = await import('@ai-sdk/google');
    providers.set('google', createGoogle({ apiKey: google.apiKey.reveal() }));
  }
  return providers;
}

/** Why no message to this model could be answered, in words for whoever chose it; null when nothing is known against it. */
export function describeModelProblem(models: ModelResolver, model: string): string | null {
  try {
    models.resolve(model);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

function baseUrlOf(settings: { baseUrl?: string | undefined }): { baseURL?: string } {
  return settings.baseUrl === undefined ? {} : { baseURL: settings.baseUrl };
}
