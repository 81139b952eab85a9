import { setTimeout as pause } from 'node:timers/promises';
import type { CrashWorld } from '#test/support/crash-world.ts';
import type { FailpointService } from '#test/support/failpoint-process.ts';
import type { Random } from './random.ts';

/** One or two processes of the service on one database, as long as they live. */
export interface Fleet {
  readonly starts: number;
  alive(): readonly FailpointService[];
  /** Waits for one. */
  any(): Promise<FailpointService>;
  /** So many, from now on; kept up until there are none to be. */
  keep(count: 0 | 1 | 2): void;
  killAll(): Promise<void>;
}

export function createFleet(world: CrashWorld, random: Random): Fleet {
  const services = new Set<FailpointService>();
  let wanted = 0;
  let starting = 0;
  let starts = 0;
  const alive = () => [...services].filter((service) => !service.isGone());

  async function startOne(): Promise<void> {
    starting += 1;
    starts += 1;
    try {
      const service = await world.start();
      services.add(service);
      void service.gone.then(() => {
        services.delete(service);
        fill();
      });
    } catch (error) {
      // Killed while it started; anything else ends the whole.
      if (!String(error).includes('ended before it said')) throw error;
    } finally {
      starting -= 1;
    }
    fill();
  }

  function fill(): void {
    while (alive().length + starting < wanted) void startOne();
  }

  return {
    get starts() {
      return starts;
    },
    alive,
    async any() {
      for (;;) {
        const [first, ...others] = alive();
        if (first !== undefined) return random.pick([first, ...others]);
        await pause(25);
      }
    },
    keep(count) {
      wanted = count;
      fill();
    },
    async killAll() {
      await Promise.all(alive().map((service) => service.kill()));
    },
  };
}
