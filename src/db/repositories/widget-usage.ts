import type { Database } from '../database.ts';
import { and, eq, gte, sql } from '../drizzle.ts';
import { withStorageErrors } from '../storage-error.ts';

export interface WidgetDay {
  /** `2026-01-31`, in UTC. */
  readonly day: string;
  readonly messages: number;
  readonly visitors: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface WidgetUsageRepository {
  /** Days on which the widget was used since then, oldest first. */
  days(organizationId: string, widgetId: string, since: Date): Promise<WidgetDay[]>;
  /** Tokens of all answers of the widget that were begun since then, or of those to one actor. */
  tokens(of: TokensOf, since: Date): Promise<number>;
}

export interface TokensOf {
  readonly organizationId: string;
  readonly widgetId: string;
  readonly actorId?: string;
}

const dayMs = 86_400_000;

export function createWidgetUsageRepository(db: Database): WidgetUsageRepository {
  const { runs } = db.tables;
  /** Days since 1970. Each dialect has its own kind of time. */
  const dayNumber =
    db.dialect === 'postgres'
      ? sql<number>`floor(extract(epoch from ${runs.startedAt}) / 86400)`
      : sql<number>`${runs.startedAt} / ${sql.raw(String(dayMs))}`;
  return withStorageErrors<WidgetUsageRepository>({
    async days(organizationId, widgetId, since) {
      const rows = await db.query
        .select({
          day: dayNumber,
          messages: sql<number>`count(*)`,
          visitors: sql<number>`count(distinct ${runs.actorId})`,
          inputTokens: sql<number>`sum(${runs.inputTokens})`,
          outputTokens: sql<number>`sum(${runs.outputTokens})`,
        })
        .from(runs)
        .where(and(eq(runs.organizationId, organizationId), eq(runs.place, widgetId), gte(runs.startedAt, since)))
        .groupBy(dayNumber)
        .orderBy(dayNumber);
      // Postgres sums in a type that arrives as text.
      return rows.map((row) => ({
        day: new Date(Number(row.day) * dayMs).toISOString().slice(0, 10),
        messages: Number(row.messages),
        visitors: Number(row.visitors),
        inputTokens: Number(row.inputTokens),
        outputTokens: Number(row.outputTokens),
      }));
    },
    async tokens({ organizationId, widgetId, actorId }, since) {
      const [row] = await db.query
        .select({ tokens: sql<number>`sum(${runs.inputTokens} + ${runs.outputTokens})` })
        .from(runs)
        .where(
          and(
            eq(runs.organizationId, organizationId),
            eq(runs.place, widgetId),
            actorId === undefined ? undefined : eq(runs.actorId, actorId),
            gte(runs.startedAt, since),
          ),
        );
      return Number(row?.tokens ?? 0);
    },
  });
}
