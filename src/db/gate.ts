import { AsyncLocalStorage } from 'node:async_hooks';

/** Keeps everybody else off one connection while a transaction is open on it. Order of arrival is kept. */
export interface Gate {
  /** Runs one statement: at once when nobody holds the gate or the caller does, else in its turn. */
  pass<T>(statement: () => T): Promise<T>;
  /** Runs `work` as the only one; what it awaits passes freely. */
  hold<T>(work: () => Promise<T>): Promise<T>;
  /** Whether the caller runs inside the work that holds the gate. */
  readonly isInside: () => boolean;
}

export function createGate(): Gate {
  const context = new AsyncLocalStorage<symbol>();
  const waiting: (() => void)[] = [];
  let holder: symbol | undefined;

  const isInside = () => holder !== undefined && context.getStore() === holder;
  const isFree = () => holder === undefined && waiting.length === 0;

  function leave(): void {
    holder = undefined;
    while (holder === undefined) {
      const next = waiting.shift();
      if (next === undefined) return;
      next();
    }
  }

  return {
    isInside,
    async pass(statement) {
      if (isFree() || isInside()) return statement();
      return new Promise((resolve, reject) => {
        waiting.push(() => {
          try {
            resolve(statement());
          } catch (error) {
            reject(error);
          }
        });
      });
    },
    hold(work) {
      return new Promise((resolve, reject) => {
        const enter = () => {
          holder = Symbol('transaction');
          context.run(holder, work).finally(leave).then(resolve, reject);
        };
        if (isFree()) enter();
        // Bound, because it will be called from the context of whoever leaves.
        else waiting.push(AsyncLocalStorage.bind(enter));
      });
    },
  };
}
