import type { Database } from '../database.ts';
import { and, asc, eq } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type DiscoveredToolRecord = Tables['discoveredTools']['$inferSelect'];

export interface DiscoveredToolKey {
  readonly organizationId: string;
  readonly name: string;
}

export interface DiscoveredToolChange {
  readonly key: DiscoveredToolKey;
  /** Changed only where it still is this; left out where that does not matter. */
  readonly expected?: Partial<Pick<DiscoveredToolRecord, 'fingerprint' | 'state'>>;
  readonly values: Partial<Omit<DiscoveredToolRecord, 'organizationId' | 'name' | 'connectionId' | 'remoteName'>>;
}

export interface DiscoveredToolRepository {
  /** By name. */
  ofConnection(organizationId: string, connectionId: string): Promise<DiscoveredToolRecord[]>;
  /** Those that can be used, by name. */
  approved(organizationId: string): Promise<DiscoveredToolRecord[]>;
  find(key: DiscoveredToolKey): Promise<DiscoveredToolRecord | null>;
  insert(tool: DiscoveredToolRecord): Promise<void>;
  /** False where there is none, or it is not what was expected. */
  change(change: DiscoveredToolChange): Promise<boolean>;
}

export function createDiscoveredToolRepository(db: Database): DiscoveredToolRepository {
  const { discoveredTools } = db.tables;
  const isOf = ({ organizationId, name }: DiscoveredToolKey) =>
    and(eq(discoveredTools.organizationId, organizationId), eq(discoveredTools.name, name));
  return withStorageErrors<DiscoveredToolRepository>({
    async ofConnection(organizationId, connectionId) {
      const { organizationId: of, connectionId: on, name } = discoveredTools;
      return db.query
        .select()
        .from(discoveredTools)
        .where(and(eq(of, organizationId), eq(on, connectionId)))
        .orderBy(asc(name));
    },
    async approved(organizationId) {
      const { organizationId: of, state, name } = discoveredTools;
      return db.query
        .select()
        .from(discoveredTools)
        .where(and(eq(of, organizationId), eq(state, 'approved')))
        .orderBy(asc(name));
    },
    async find(key) {
      const [found] = await db.query.select().from(discoveredTools).where(isOf(key)).limit(1);
      return found ?? null;
    },
    async insert(tool) {
      await db.query.insert(discoveredTools).values(tool);
    },
    async change({ key, expected = {}, values }) {
      const { fingerprint, state } = expected;
      const isExpected = and(
        fingerprint === undefined ? undefined : eq(discoveredTools.fingerprint, fingerprint),
        state === undefined ? undefined : eq(discoveredTools.state, state),
      );
      const changed = await db.query
        .update(discoveredTools)
        .set(values)
        .where(and(isOf(key), isExpected))
        .returning({ name: discoveredTools.name });
      return changed.length > 0;
    },
  });
}
