import type { ConnectionKey } from '#db/repositories/connections.ts';
import { connectionRevoked } from '#integrations/connection.ts';
import type { Logger } from '#log';

/** Tells calls that are under way that their connection was revoked, by whichever process. */
export interface Revocations {
  /** Aborted with `connectionRevoked`, or as `signal` is. `release` must be called. */
  follow(key: ConnectionKey, signal: AbortSignal): { readonly signal: AbortSignal; release(): void };
  /** Ends at once what follows the connection in this process. */
  announce(key: ConnectionKey): void;
}

export interface RevocationsDeps {
  readonly filterAlive: (keys: readonly ConnectionKey[]) => Promise<ConnectionKey[]>;
  readonly log: Logger;
  /** Calls `look` again and again until it is stopped. */
  readonly repeat?: (look: () => void) => { stop(): void };
}

/** Half a second, so that one that was just missed is still in time. */
const lookEveryMs = 500;

interface Followed {
  readonly key: ConnectionKey;
  readonly calls: Set<AbortController>;
}

/** While nothing is followed, nothing is asked. */
export function createRevocations({ filterAlive, log, repeat = everyHalfSecond }: RevocationsDeps): Revocations {
  const followed = new Map<string, Followed>();
  let looking: { stop(): void } | null = null;
  let isBusy = false;

  function end(name: string): void {
    for (const call of followed.get(name)?.calls ?? []) call.abort(connectionRevoked);
  }

  async function look(): Promise<void> {
    if (isBusy || followed.size === 0) return;
    isBusy = true;
    try {
      const asked = [...followed];
      const alive = new Set((await filterAlive(asked.map(([, { key }]) => key))).map(nameOf));
      for (const [name] of asked) if (!alive.has(name)) end(name);
    } catch (error) {
      log.warn({ err: error }, 'could not look whether connections in use were revoked; looking again');
    } finally {
      isBusy = false;
    }
  }

  function leave(name: string, call: AbortController): void {
    const entry = followed.get(name);
    entry?.calls.delete(call);
    if (entry?.calls.size === 0) followed.delete(name);
    if (followed.size > 0) return;
    looking?.stop();
    looking = null;
  }

  return {
    follow(key, signal) {
      const name = nameOf(key);
      const call = new AbortController();
      const entry = followed.get(name) ?? { key, calls: new Set() };
      followed.set(name, entry);
      entry.calls.add(call);
      looking ??= repeat(() => void look());
      return { signal: AbortSignal.any([call.signal, signal]), release: () => leave(name, call) };
    },
    announce: (key) => end(nameOf(key)),
  };
}

function nameOf({ organizationId, id }: ConnectionKey): string {
  return JSON.stringify([organizationId, id]);
}

function everyHalfSecond(look: () => void): { stop(): void } {
  const timer = setInterval(look, lookEveryMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
