import type { Database } from '../database.ts';
import { and, eq, inArray, lt, sql } from '../drizzle.ts';
import { withStorageErrors } from '../storage-error.ts';

export interface CountedSubject {
  /** A visitor's or a widget's id. */
  readonly subject: string;
  /** How many a day; null is no limit, and is counted all the same. */
  readonly limit: number | null;
}

export interface CountedDay {
  readonly organizationId: string;
  /** `2026-01-31`, in UTC. */
  readonly day: string;
}

export interface MessageCountRepository {
  /**
   * One message more for each of the subjects, or for none: the first that has reached its limit is answered then, and
   * null otherwise. Those that several callers count must come last, in the same order everywhere.
   */
  add(day: CountedDay, subjects: readonly CountedSubject[]): Promise<string | null>;
  /** One message less for each, for a message that came to nothing. */
  takeBack(day: CountedDay, subjects: readonly string[]): Promise<void>;
  count(day: CountedDay, subject: string): Promise<number>;
  /** Forgets the days before, in every organization. */
  forgetBefore(day: string): Promise<void>;
}

/** Undoes what was counted for the subjects before. */
class LimitReached extends Error {
  readonly subject: string;

  constructor(subject: string) {
    super('A limit was reached.');
    this.subject = subject;
  }
}

export function createMessageCountRepository(db: Database): MessageCountRepository {
  const { messageCounts: counts } = db.tables;
  const isOn = ({ organizationId, day }: CountedDay) =>
    and(eq(counts.organizationId, organizationId), eq(counts.day, day));

  /** One statement: of many who count at once, none gets beyond the limit. */
  const countOne = async (day: CountedDay, { subject, limit }: CountedSubject) => {
    const rows = await db.query
      .insert(counts)
      .values({ ...day, subject, messages: 1 })
      .onConflictDoUpdate({
        target: [counts.organizationId, counts.subject, counts.day],
        set: { messages: sql`${counts.messages} + 1` },
        ...(limit === null ? {} : { setWhere: lt(counts.messages, limit) }),
      })
      .returning({ messages: counts.messages });
    if (rows.length === 0) throw new LimitReached(subject);
  };

  return withStorageErrors<MessageCountRepository>({
    async add(day, subjects) {
      try {
        await db.transaction(async () => {
          for (const subject of subjects) await countOne(day, subject);
        });
        return null;
      } catch (error) {
        if (error instanceof LimitReached) return error.subject;
        throw error;
      }
    },
    async takeBack(day, subjects) {
      await db.query
        .update(counts)
        .set({ messages: sql`${counts.messages} - 1` })
        .where(and(isOn(day), inArray(counts.subject, [...subjects]), sql`${counts.messages} > 0`));
    },
    async count(day, subject) {
      const [row] = await db.query
        .select({ messages: counts.messages })
        .from(counts)
        .where(and(isOn(day), eq(counts.subject, subject)));
      return row?.messages ?? 0;
    },
    async forgetBefore(day) {
      await db.query.delete(counts).where(lt(counts.day, day));
    },
  });
}
