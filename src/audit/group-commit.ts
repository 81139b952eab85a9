interface Waiting<Item, Stored> {
  readonly item: Item;
  readonly resolve: (stored: Stored) => void;
  readonly reject: (error: unknown) => void;
}

/** So many at most in one transaction, or those who wait behind it wait too long. */
const largestGroup = 250;

/**
 * Stores together what arrives in the same turn of the event loop or while a commit is under way. Each caller hears
 * only after the commit that holds its item; when that fails, all of its callers hear the failure.
 */
export function createGroupCommit<Item, Stored>(store: (items: readonly Item[]) => Promise<readonly Stored[]>) {
  let waiting: Waiting<Item, Stored>[] = [];
  let isAtWork = false;

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.slice(0, largestGroup);
      waiting = waiting.slice(largestGroup);
      await settle(group);
      // A turn of the event loop between commits: requests come in, and more rows gather.
      await new Promise((resolve) => setImmediate(resolve));
    }
    isAtWork = false;
  }

  async function settle(group: readonly Waiting<Item, Stored>[]): Promise<void> {
    try {
      const stored = await store(group.map(({ item }) => item));
      group.forEach(({ resolve, reject }, index) => {
        const own = stored[index];
        if (own === undefined) reject(new Error('Not stored.'));
        else resolve(own);
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  return (item: Item): Promise<Stored> =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (isAtWork) return;
      isAtWork = true;
      setImmediate(() => void work());
    });
}
