import type { ProviderV4 } from '@ai-sdk/provider';
import type { Secret } from '#vault/secret.ts';
import { createDeltaMergingFetch } from './merge-deltas.ts';

/** Which providers are configured, and how. */
export interface ProviderSettings {
  readonly openai?: { readonly apiKey: Secret; readonly baseUrl: string; readonly api: 'responses' | 'chat' };
  readonly anthropic?: { readonly apiKey: Secret; readonly baseUrl: string };
  readonly google?: { readonly apiKey: Secret };
}

/**
 * The model providers by the name their ids begin with; `demo` is the offline stand-in. Each package is loaded only when
 * its key is set: loading all of them would double the time to start.
 */
export async function createModelProviders(
  settings: ProviderSettings,
  demo: ProviderV4,
): Promise<ReadonlyMap<string, ProviderV4>> {
  const providers = new Map<string, ProviderV4>([['demo', demo]]);
  const { openai, anthropic, google } = settings;
  if (openai !== undefined) {
    const { createOpenAI } = await import('@ai-sdk/openai');
    const provider = createOpenAI({
      apiKey: openai.apiKey.reveal(),
      baseURL: openai.baseUrl,
      fetch: createDeltaMergingFetch(),
    });
    const chat = { ...provider, languageModel: (id: string) => provider.chat(id) };
    providers.set('openai', openai.api === 'chat' ? chat : provider);
  }
  if (anthropic !== undefined) {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    providers.set('anthropic', createAnthropic({ apiKey: anthropic.apiKey.reveal(), baseURL: anthropic.baseUrl }));
  }
  if (google !== undefined) {
    const { createGoogle } = await import('@ai-sdk/google');
    providers.set('google', createGoogle({ apiKey: google.apiKey.reveal() }));
  }
  return providers;
}
