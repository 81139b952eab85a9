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

/** So long those who wait are let in one after the other before the rest of the process gets its turn. */
const longestRowMs = 10;

export function createGate(): Gate {
  const context = new AsyncLocalStorage<symbol>();
  let holder: symbol | undefined;
  const row = createRow(() => holder !== undefined);

  const isInside = () => holder !== undefined && context.getStore() === holder;
  const isFree = () => holder === undefined && row.isEmpty();

  function leave(): void {
    holder = undefined;
    row.letIn();
  }

  return {
    isInside,
    async pass(statement) {
      if (isFree() || isInside()) return statement();
      return new Promise((resolve, reject) => {
        row.join(() => {
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
        else row.join(AsyncLocalStorage.bind(enter));
      });
    },
  };
}

/** Those who wait, in the order they came. */
function createRow(isHeld: () => boolean) {
  const waiting: (() => void)[] = [];
  let lastRest = performance.now();
  let isResting = false;

  /** SQLite answers at once, so a long row of promises would keep sockets and timers from ever being looked at. */
  function rest(): void {
    isResting = true;
    setImmediate(() => {
      isResting = false;
      lastRest = performance.now();
      letIn();
    });
  }

  function letIn(): void {
    while (!isHeld() && !isResting && waiting.length > 0) {
      if (performance.now() - lastRest > longestRowMs) rest();
      else waiting.shift()?.();
    }
  }

  return {
    isEmpty: () => waiting.length === 0 && !isResting,
    join: (enter: () => void) => void waiting.push(enter),
    letIn,
  };
}
