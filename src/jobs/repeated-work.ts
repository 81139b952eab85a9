import type { Logger } from '#log';

export interface RepeatedWorkDeps {
  /** Done one after the other, each by itself: where one fails the others go on. */
  readonly works: readonly (() => Promise<void>)[];
  readonly everyMs: number;
  /** For the log, where one fails. */
  readonly problem: string;
  readonly log: Logger;
}

export interface RepeatedWork {
  /** Never rejects. */
  once(): Promise<void>;
  start(): void;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** Work that is done at the start and then every so often, never twice at a time. */
export function createRepeatedWork({ works, everyMs, problem, log }: RepeatedWorkDeps): RepeatedWork {
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();
  const once = () => {
    last = last.then(async () => {
      for (const work of works) {
        await work().catch((error: unknown) => log.error({ err: error }, problem));
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
