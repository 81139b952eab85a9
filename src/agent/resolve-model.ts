import { type LanguageModelV4, NoSuchModelError, type ProviderV4 } from '@ai-sdk/provider';
import { AppError } from '#errors';

/** Turns a `provider/model` id into a model. Only configured providers can be reached; nothing is guessed. */
export interface ModelResolver {
  readonly defaultModel: string;
  /**
   * Throws AppError INPUT_INVALID for an id without a configured provider. The service's own models are found only where
   * the service itself has chosen: a persona that names one has named none.
   */
  resolve(modelId: string, chosenBy?: 'persona' | 'service'): LanguageModelV4;
}

/** `own`: the service's own providers. Their names are nobody else's. */
export function createModelResolver(
  providers: ReadonlyMap<string, ProviderV4>,
  defaultModel: string,
  own: ReadonlyMap<string, ProviderV4> = new Map(),
): ModelResolver {
  const cache = new Map<string, LanguageModelV4>();
  return {
    defaultModel,
    resolve(modelId, chosenBy = 'persona') {
      const slash = modelId.indexOf('/');
      const name = modelId.slice(0, Math.max(0, slash));
      const provider = own.has(name) ? chosenBy === 'service' && own.get(name) : providers.get(name);
      if (!provider) throw new AppError('INPUT_INVALID', unknownProvider(modelId, providers));
      const known = cache.get(modelId);
      if (known !== undefined) return known;
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
    if (NoSuchModelError.isInstance(error)) return `There is no model “${model}”. Choose another one.`;
    throw error;
  }
}
