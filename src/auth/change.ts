import type { Database } from '#db/database.ts';

/**
 * Runs `work` all or nothing, one at a time for each `name`, and resolves once what it stored survives a loss of power.
 * What `work` throws undoes it.
 */
export type Change = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export function createChange(db: Pick<Database, 'transaction' | 'lock' | 'durable'>): Change {
  return async (name, work) => {
    const result = await db.transaction(async () => {
      await db.lock(name);
      return work();
    });
    await db.durable();
    return result;
  };
}

/** Whoever changes who belongs to an organization, or as what, waits for the others who do. */
export function organizationLock(organizationId: string): string {
  return `organization:${organizationId}`;
}

/** Whoever opens the first accounts waits for the others who do. */
export const firstAccountLock = 'first-account';
