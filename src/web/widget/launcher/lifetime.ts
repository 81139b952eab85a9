/** As long as one widget is on a page. Everything it listens to and waits for ends with it. */
export interface Lifetime {
  readonly signal: AbortSignal;
  /** Calls back once, unless the lifetime or what it answers ends it before. */
  later(milliseconds: number, callback: () => void): () => void;
  /** Called when the lifetime ends. */
  onEnd(callback: () => void): void;
  end(): void;
}

export function createLifetime(): Lifetime {
  const controller = new AbortController();
  const { signal } = controller;
  const timers = new Set<ReturnType<typeof setTimeout>>();
  return {
    signal,
    later(milliseconds, callback) {
      if (signal.aborted) return () => {};
      const timer = setTimeout(() => {
        timers.delete(timer);
        callback();
      }, milliseconds);
      timers.add(timer);
      return () => {
        timers.delete(timer);
        clearTimeout(timer);
      };
    },
    onEnd: (callback) => signal.addEventListener('abort', callback, { once: true }),
    end() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      controller.abort();
    },
  };
}
