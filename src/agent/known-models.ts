/*
 * A few models of each provider to choose from without knowing their names. A persona may name any other model of a
 * configured provider as well.
 */
const knownModels: Readonly<Record<string, readonly string[]>> = {
  openai: ['gpt-5-mini', 'gpt-5', 'gpt-5-nano'],
  anthropic: ['claude-sonnet-4-5', 'claude-opus-4-5', 'claude-haiku-4-5'],
  google: ['gemini-2.5-flash', 'gemini-2.5-pro', 'gemini-2.5-flash-lite'],
  demo: ['offline'],
};

export interface ModelChoice {
  /** `provider/model`. */
  readonly id: string;
  readonly provider: string;
  readonly isDefault: boolean;
  /** The offline stand-in, which answers by rules. */
  readonly isDemo: boolean;
}

/** What a persona can be set to: the default model first, then those of each configured provider. */
export function listModels(providers: readonly string[], defaultModel: string): ModelChoice[] {
  const known = providers.flatMap((provider) => (knownModels[provider] ?? []).map((model) => `${provider}/${model}`));
  return [...new Set([defaultModel, ...known])].map((id) => {
    const provider = id.slice(0, id.indexOf('/'));
    return { id, provider, isDefault: id === defaultModel, isDemo: provider === 'demo' };
  });
}
