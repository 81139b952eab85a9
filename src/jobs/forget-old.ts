import type { Logger } from '#log';

export interface ForgettingDeps {
  /** Each forgets what is long over, by itself: where one fails the others go on. */
  readonly forgets: readonly (() => Promise<void>)[];
  readonly log: Logger;
  readonly everyMs?: number;
}

export interface Forgetting {
  /** Never rejects. */
  once(): Promise<void>;
  start(): void;
  close(graceMs: number): Promise<void>;
}

const sixHoursMs = 6 * 3_600_000;

/** Keeps what events and writes leave behind from growing without end: at the start, and every few hours. */
export function createForgetting({ forgets, log, everyMs = sixHoursMs }: ForgettingDeps): Forgetting {
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();
  const once = () => {
    last = last.then(async () => {
      for (const forget of forgets) {
        await forget().catch((error: unknown) => {
          log.error({ err: error }, 'what is long over could not be forgotten; it is tried again');
        });
      }
    });
    return last;
  };
  return {
    once,
    start() {
      timer = setInterval(() => void once(), everyMs);
      timer.unref();
      void once();
    },
    async close() {
      clearInterval(timer);
      await last;
    },
  };
}
