import type { Logger } from '#log';
import type { Worker } from '../queue.ts';

export interface HandsDeps<Taken> {
  readonly worker: Worker;
  /** Takes at most so many items that are due. */
  readonly claim: (limit: number) => Promise<readonly Taken[]>;
  /** Works an item and stores what became of it. `closing`: the process is. Never rejects. */
  readonly handle: (taken: Taken, closing: AbortSignal) => Promise<void>;
  readonly log: Logger;
}

/** What one worker of this process has taken. */
export interface Hands {
  /** There may be something to do. */
  wake(): void;
  /** Takes nothing more, and waits at most so long for what is under way. */
  close(graceMs: number): Promise<void>;
}

export function createHands<Taken>({ worker, claim, handle, log }: HandsDeps<Taken>): Hands {
  const inHand = new Set<Promise<void>>();
  const closing = new AbortController();
  let looking: Promise<void> | null = null;
  let isWanted = false;

  function take(taken: Taken): void {
    const done = handle(taken, closing.signal).finally(() => {
      inHand.delete(done);
      wake();
    });
    inHand.add(done);
  }

  async function look(): Promise<void> {
    while (isWanted && !closing.signal.aborted && inHand.size < worker.atOnce) {
      isWanted = false;
      const limit = worker.atOnce - inHand.size;
      const claimed = await claim(limit);
      for (const taken of claimed) take(taken);
      if (claimed.length === limit) isWanted = true;
    }
  }

  function wake(): void {
    isWanted = true;
    if (looking !== null || closing.signal.aborted) return;
    looking = look()
      .catch((error: unknown) => {
        isWanted = false;
        log.error({ err: error, topic: worker.topic }, 'the queue could not be looked at; it is tried again');
      })
      .finally(() => {
        looking = null;
        if (isWanted && inHand.size < worker.atOnce) wake();
      });
  }

  return {
    wake,
    async close(graceMs) {
      closing.abort();
      await looking;
      const over = Promise.withResolvers<void>();
      const limit = setTimeout(over.resolve, graceMs);
      await Promise.race([Promise.all(inHand), over.promise]);
      clearTimeout(limit);
    },
  };
}
