/** What tells the requests of one client from those of all others. */
export interface RequestKey {
  readonly apiKeyId: string;
  /** What the client was named when it began; null for one that does not say it. */
  readonly session: string | null;
  readonly requestId: string | number;
}

export interface CallsInFlight {
  /** The signal is aborted when the client cancels the request, until `end` is called. */
  begin(key: RequestKey): { readonly cancelled: AbortSignal; end(): void };
  /** Ignored where it is not known for sure which request is meant. */
  cancel(key: RequestKey): void;
}

/**
 * The requests this process is answering. Clients count their requests from zero, so that a number alone would name
 * another client's as well: without a session nothing can be cancelled, nor what two have sent under one name.
 */
export function createCallsInFlight(): CallsInFlight {
  const calls = new Map<string, Set<AbortController>>();
  return {
    begin(key) {
      const name = nameOf(key);
      const call = new AbortController();
      const same = calls.get(name) ?? new Set();
      calls.set(name, same.add(call));
      return {
        cancelled: call.signal,
        end() {
          same.delete(call);
          if (same.size === 0 && calls.get(name) === same) calls.delete(name);
        },
      };
    },
    cancel(key) {
      if (key.session === null) return;
      const [call, ...others] = calls.get(nameOf(key)) ?? [];
      if (others.length === 0) call?.abort();
    },
  };
}

function nameOf({ apiKeyId, session, requestId }: RequestKey): string {
  return JSON.stringify([apiKeyId, session, requestId]);
}
