import type { Database } from '../database.ts';
import { and, desc, eq, sql } from '../drizzle.ts';
import { placeholders, prepare } from '../prepare.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type WidgetRecord = Tables['widgets']['$inferSelect'];

export interface WidgetKey {
  readonly organizationId: string;
  readonly id: string;
}

export type WidgetSettings = Pick<
  WidgetRecord,
  'name' | 'personaId' | 'isOn' | 'origins' | 'identifiedOnly' | 'attachments' | 'appearance' | 'limits'
>;

export interface WidgetPlace {
  readonly createdAt: Date;
  readonly id: string;
}

export interface WidgetRepository {
  /** By the id in the tag, whosesoever it is: for whoever comes from outside. Asked with each of their requests. */
  findPublic(id: string): Promise<WidgetRecord | null>;
  find(key: WidgetKey): Promise<WidgetRecord | null>;
  /** Newest first. */
  list(organizationId: string, after: WidgetPlace | null, limit: number): Promise<WidgetRecord[]>;
  insert(widget: WidgetKey & WidgetSettings & { readonly createdBy: string }): Promise<WidgetRecord>;
  /** The next revision; null, and nothing done, where `revision` is not the newest or there is no such widget. */
  change(
    key: WidgetKey,
    revision: number,
    to: Partial<WidgetSettings> & { readonly updatedBy: string },
  ): Promise<WidgetRecord | null>;
  /** With its keys. False where there is none. */
  remove(key: WidgetKey): Promise<boolean>;
}

export function createWidgetRepository(db: Database, clock: () => Date = () => new Date()): WidgetRepository {
  const { widgets } = db.tables;
  return withStorageErrors<WidgetRepository>({ ...reading(db), ...changes(db, clock, widgets) });
}

type Widgets = Tables['widgets'];

function isAt(widgets: Widgets, { organizationId, id }: WidgetKey) {
  return and(eq(widgets.organizationId, organizationId), eq(widgets.id, id));
}

function reading(db: Database): Pick<WidgetRepository, 'findPublic' | 'find' | 'list'> {
  const { widgets } = db.tables;
  const { createdAt, id: widgetId } = widgets;
  const bound = placeholders('id');
  const byId = prepare(db, 'widgets_find_public', db.query.select().from(widgets).where(eq(widgetId, bound.id)));
  return {
    findPublic: async (id) => (await byId.execute({ id }))[0] ?? null,
    async find(key) {
      const [row] = await db.query.select().from(widgets).where(isAt(widgets, key));
      return row ?? null;
    },
    async list(organizationId, after, limit) {
      const before =
        after === null
          ? undefined
          : sql`(${createdAt}, ${widgetId}) < (${sql.param(after.createdAt, createdAt)}, ${sql.param(after.id, widgetId)})`;
      return db.query
        .select()
        .from(widgets)
        .where(and(eq(widgets.organizationId, organizationId), before))
        .orderBy(desc(createdAt), desc(widgetId))
        .limit(limit);
    },
  };
}

function changes(
  db: Database,
  clock: () => Date,
  widgets: Widgets,
): Pick<WidgetRepository, 'insert' | 'change' | 'remove'> {
  return {
    async insert({ createdBy, ...widget }) {
      const now = clock();
      const row = { ...widget, revision: 1, createdBy, createdAt: now, updatedBy: createdBy, updatedAt: now };
      await db.query.insert(widgets).values(row);
      return row;
    },
    async change(key, revision, to) {
      const [row] = await db.query
        .update(widgets)
        .set({ ...to, revision: revision + 1, updatedAt: clock() })
        .where(and(isAt(widgets, key), eq(widgets.revision, revision)))
        .returning();
      return row ?? null;
    },
    async remove(key) {
      const rows = await db.query.delete(widgets).where(isAt(widgets, key)).returning({ id: widgets.id });
      return rows.length > 0;
    },
  };
}
