import type { SQL } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { and, asc, eq, sql } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type SecretRecord = Tables['secrets']['$inferSelect'];
export type CanaryRecord = Tables['vaultCanaries']['$inferSelect'];

export type SecretPlace = Pick<SecretRecord, 'organizationId' | 'holder' | 'field' | 'version'>;
export type SealedWith = Pick<SecretRecord, 'keyId' | 'sealed'>;

export interface SecretRepository {
  inTransaction(): boolean;
  /** Resolves once everything stored before survives a loss of power. */
  durable(): Promise<void>;
  find(place: SecretPlace): Promise<SecretRecord | null>;
  /** False when the place is taken already; what is there is left as it is. */
  insert(secret: Omit<SecretRecord, 'createdAt'>): Promise<boolean>;
  remove(holder: { organizationId: string; holder: string; version?: number }): Promise<void>;
  /** How many secrets of all organizations are sealed with each key. */
  countByKey(): Promise<{ keyId: string; secrets: number }[]>;
  /** Any one that is sealed with the key. */
  findSealedWith(keyId: string): Promise<SecretRecord | null>;
  /** Secrets of all organizations that are sealed with another key than this one, in the order of their places. */
  listSealedOtherwise(keyId: string, after: SecretPlace | null, limit: number): Promise<SecretRecord[]>;
  /** False when the secret is not any more what it was when it was read. */
  reseal(secret: SecretRecord, to: SealedWith): Promise<boolean>;
  listCanaries(): Promise<CanaryRecord[]>;
  /** Keeps the first canary of a key. */
  insertCanary(canary: SealedWith): Promise<void>;
}

export function createSecretRepository(db: Database, clock: () => Date = () => new Date()): SecretRepository {
  return withStorageErrors<SecretRepository>({
    inTransaction: db.inTransaction,
    durable: db.durable,
    ...secretMethods(db, clock),
    ...rotationMethods(db),
    ...canaryMethods(db, clock),
  });
}

function secretMethods(db: Database, clock: () => Date): Pick<SecretRepository, 'find' | 'insert' | 'remove'> {
  const { secrets } = db.tables;
  return {
    async find(place) {
      const [row] = await db.query.select().from(secrets).where(isAt(secrets, place));
      return row ?? null;
    },
    async insert(secret) {
      const rows = await db.query
        .insert(secrets)
        .values({ ...secret, createdAt: clock() })
        .onConflictDoNothing()
        .returning({ version: secrets.version });
      return rows.length > 0;
    },
    async remove({ organizationId, holder, version }) {
      await db.query
        .delete(secrets)
        .where(
          and(
            eq(secrets.organizationId, organizationId),
            eq(secrets.holder, holder),
            version === undefined ? undefined : eq(secrets.version, version),
          ),
        );
    },
  };
}

type RotationMethod = 'countByKey' | 'findSealedWith' | 'listSealedOtherwise' | 'reseal';

function rotationMethods(db: Database): Pick<SecretRepository, RotationMethod> {
  const { secrets } = db.tables;
  return {
    async countByKey() {
      const rows = await db.query
        .select({ keyId: secrets.keyId, secrets: sql<number>`count(*)` })
        .from(secrets)
        .groupBy(secrets.keyId)
        .orderBy(asc(secrets.keyId));
      // Postgres counts in a type that arrives as text.
      return rows.map(({ keyId, secrets: count }) => ({ keyId, secrets: Number(count) }));
    },
    async findSealedWith(keyId) {
      const [row] = await db.query.select().from(secrets).where(eq(secrets.keyId, keyId)).limit(1);
      return row ?? null;
    },
    listSealedOtherwise: async (keyId, after, limit) =>
      db.query
        .select()
        .from(secrets)
        .where(and(sql`${secrets.keyId} <> ${keyId}`, after === null ? undefined : isBeyond(secrets, after)))
        .orderBy(asc(secrets.organizationId), asc(secrets.holder), asc(secrets.field), asc(secrets.version))
        .limit(limit),
    async reseal(secret, to) {
      const rows = await db.query
        .update(secrets)
        .set({ keyId: to.keyId, sealed: to.sealed })
        .where(and(isAt(secrets, secret), eq(secrets.keyId, secret.keyId), eq(secrets.sealed, secret.sealed)))
        .returning({ version: secrets.version });
      return rows.length > 0;
    },
  };
}

function canaryMethods(db: Database, clock: () => Date): Pick<SecretRepository, 'listCanaries' | 'insertCanary'> {
  const { vaultCanaries } = db.tables;
  return {
    listCanaries: async () => db.query.select().from(vaultCanaries).orderBy(asc(vaultCanaries.keyId)),
    async insertCanary(canary) {
      await db.query
        .insert(vaultCanaries)
        .values({ ...canary, createdAt: clock() })
        .onConflictDoNothing();
    },
  };
}

type SecretTable = Tables['secrets'];

function isAt(table: SecretTable, { organizationId, holder, field, version }: SecretPlace): SQL | undefined {
  return and(
    eq(table.organizationId, organizationId),
    eq(table.holder, holder),
    eq(table.field, field),
    eq(table.version, version),
  );
}

function isBeyond(table: SecretTable, { organizationId, holder, field, version }: SecretPlace): SQL {
  return sql`(${table.organizationId}, ${table.holder}, ${table.field}, ${table.version})
    > (${organizationId}, ${holder}, ${field}, ${version})`;
}
