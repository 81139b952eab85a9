import type { Logger } from '#log';
import type { EffectStore } from './effect-store.ts';

export interface SnapshotErasingDeps {
  readonly store: Pick<EffectStore, 'eraseExpired'>;
  readonly log: Logger;
  readonly clock?: () => Date;
  /** Calls `look` again and again until it is stopped. */
  readonly repeat?: (look: () => void) => { stop(): void };
}

/** Takes away the content of snapshots that have expired: now, and then every hour. */
export function startSnapshotErasing(deps: SnapshotErasingDeps): { stop(): Promise<void> } {
  const { store, log, clock = () => new Date(), repeat = hourly } = deps;
  let erasing: Promise<void> | null = null;
  async function erase(): Promise<void> {
    try {
      const erased = await store.eraseExpired(clock());
      if (erased > 0) log.info({ erased }, 'snapshots have expired and were erased');
    } catch (error) {
      log.error({ err: error }, 'expired snapshots could not be erased; it is tried again later');
    }
    erasing = null;
  }
  const look = () => {
    erasing ??= erase();
  };
  look();
  const repeating = repeat(look);
  return {
    async stop() {
      repeating.stop();
      await erasing;
    },
  };
}

function hourly(look: () => void): { stop(): void } {
  const timer = setInterval(look, 3_600_000);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
