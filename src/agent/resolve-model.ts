import type { LanguageModelV4, ProviderV4 } from '@ai-sdk/provider';
import { AppError } from '#errors';

/** Turns a `provider/model` id into a model. Only configured providers can be reached; nothing is guessed. */
export interface ModelResolver {
  readonly defaultModel: string;
  /** Throws AppError INPUT_INVALID for an id without a configured provider. */
  resolve(modelId: string): LanguageModelV4;
}

export function createModelResolver(providers: ReadonlyMap<string, ProviderV4>, defaultModel: string): ModelResolver {
  const cache = new Map<string, LanguageModelV4>();
  return {
    defaultModel,
    resolve(modelId) {
      const known = cache.get(modelId);
      if (known !== undefined) return known;
      const slash = modelId.indexOf('/');
      const provider = providers.get(modelId.slice(0, Math.max(0, slash)));
      if (provider === undefined) throw new AppError('INPUT_INVALID', unknownProvider(modelId, providers));
      const model = provider.languageModel(modelId.slice(slash + 1));
      cache.set(modelId, model);
      return model;
    },
  };
}

function unknownProvider(modelId: string, providers: ReadonlyMap<string, ProviderV4>): string {
  const names = [...providers.keys()].join(', ');
  return `The model “${modelId}” has no configured provider. Configured are: ${names}. Set the provider’s key, or choose another model for the persona.`;
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
