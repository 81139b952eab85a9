import { APICallError, NoSuchModelError } from '@ai-sdk/provider';
import type { RunFault } from './run-events.ts';

/**
 * A model call that did not give a usable step. `retryable` is true only for faults that may pass by themselves
 * and only matters while nothing of the step has reached anybody.
 */
export class ModelFault extends Error {
  readonly fault: RunFault;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;

  constructor(fault: RunFault, options?: ErrorOptions & { retryable?: boolean; retryAfterMs?: number | null }) {
    super(fault.message, options);
    this.name = 'ModelFault';
    this.fault = fault;
    this.retryable = options?.retryable ?? false;
    this.retryAfterMs = options?.retryAfterMs ?? null;
  }
}

export const interruptedFault: RunFault = {
  code: 'MODEL_INTERRUPTED',
  message:
    'The model’s answer broke off before it was complete, so no tool of that step was called. Send your message again to continue.',
};

/** Translates whatever a provider threw. The provider's own words stay in `cause` for the log; people see ours. */
export function toModelFault(error: unknown): ModelFault {
  if (error instanceof ModelFault) return error;
  if (APICallError.isInstance(error)) return fromApiCall(error);
  if (NoSuchModelError.isInstance(error)) {
    return new ModelFault(
      {
        code: 'MODEL_REQUEST_REFUSED',
        message: 'The persona’s model is not known to its provider. Choose another model.',
      },
      { cause: error },
    );
  }
  return new ModelFault(interruptedFault, { cause: error });
}

function fromApiCall(error: APICallError): ModelFault {
  const status = error.statusCode;
  if (status === undefined) {
    return new ModelFault(
      {
        code: 'MODEL_UNAVAILABLE',
        message: 'The model’s provider could not be reached. Try again in a moment, or check the provider’s address.',
      },
      { cause: error, retryable: true },
    );
  }
  // The answer began well and its connection was lost.
  if (status < 300) return new ModelFault(interruptedFault, { cause: error, retryable: true });
  if (status === 401 || status === 403) {
    return new ModelFault(
      {
        code: 'MODEL_UNAUTHORIZED',
        message: 'The model’s provider did not accept the service’s key. Ask the administrator to check it.',
      },
      { cause: error },
    );
  }
  if (status === 429) {
    return new ModelFault(
      {
        code: 'MODEL_RATE_LIMITED',
        message:
          'The model’s provider is limiting requests or the quota is used up. Wait a little and send your message again.',
      },
      { cause: error, retryable: true, retryAfterMs: retryAfterMs(error.responseHeaders) },
    );
  }
  if (status >= 500 || status === 408 || status === 409) {
    return new ModelFault(
      { code: 'MODEL_UNAVAILABLE', message: 'The model’s provider has a problem right now. Try again in a moment.' },
      { cause: error, retryable: true, retryAfterMs: retryAfterMs(error.responseHeaders) },
    );
  }
  return new ModelFault(
    {
      code: 'MODEL_REQUEST_REFUSED',
      message: `The model’s provider refused the request (status ${status}). Try a shorter conversation or another model.`,
    },
    { cause: error },
  );
}

function retryAfterMs(headers: Record<string, string> | undefined): number | null {
  const value = headers?.['retry-after'];
  if (value === undefined) return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return seconds * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}
