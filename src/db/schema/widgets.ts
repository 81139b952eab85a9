import type { Kit } from './kit.ts';

export interface StoredWidgetAppearance {
  readonly title: string;
  readonly greeting: string;
  /** `#rrggbb` */
  readonly accent: string;
  readonly theme: 'auto' | 'light' | 'dark';
  readonly position: 'right' | 'left';
}

/** Counts are of messages and tokens; null is no limit. */
export interface StoredWidgetLimits {
  readonly visitorPerMinute: number;
  readonly visitorPerDay: number;
  readonly visitorTokensPerDay: number | null;
  readonly widgetPerDay: number | null;
  readonly widgetTokensPerDay: number | null;
  readonly messageCharacters: number;
}

/** One persona's chat on somebody's web site. */
export function defineWidgets(kit: Kit) {
  return kit.table(
    'widgets',
    {
      organizationId: kit.text().notNull(),
      /** Stands in the tag on the site: public, and unique over all organizations. */
      id: kit.text().primaryKey(),
      name: kit.text().notNull(),
      personaId: kit.text().notNull(),
      /** False: nothing is answered any more, in any process, from the next request on. */
      isOn: kit.bool().notNull(),
      /** Pages of these may hold it, each as `scheme://host[:port]`. */
      origins: kit.json<readonly string[]>().notNull(),
      identifiedOnly: kit.bool().notNull(),
      /** Whether visitors may send text files along. */
      attachments: kit.bool().notNull(),
      appearance: kit.json<StoredWidgetAppearance>().notNull(),
      limits: kit.json<StoredWidgetLimits>().notNull(),
      /** Counts up with every change: two writers cannot both win. */
      revision: kit.int().notNull(),
      createdBy: kit.text().notNull(),
      createdAt: kit.time().notNull(),
      updatedBy: kit.text().notNull(),
      updatedAt: kit.time().notNull(),
    },
    (table) => [kit.index('widgets_by_organization').on(table.organizationId, table.createdAt, table.id)],
  );
}

/** What the customer's server signs with to say who a visitor is; a shared secret lies in the vault. */
export function defineWidgetKeys(kit: Kit, widgets: ReturnType<typeof defineWidgets>) {
  return kit.table(
    'widget_keys',
    {
      /** The `kid` of what is signed with it. */
      id: kit.text().primaryKey(),
      organizationId: kit.text().notNull(),
      widgetId: kit
        .text()
        .notNull()
        .references(() => widgets.id, { onDelete: 'cascade' }),
      algorithm: kit.text<'HS256' | 'EdDSA'>().notNull(),
      /** JWK of an EdDSA key; null for a shared secret. */
      publicKey: kit.json<object>(),
      createdBy: kit.text().notNull(),
      createdAt: kit.time().notNull(),
      lastUsedAt: kit.time(),
      revokedAt: kit.time(),
    },
    (table) => [kit.index('widget_keys_of_widget').on(table.widgetId, table.createdAt)],
  );
}

/** Tokens of visitors that were logged out before their time. */
export function defineEndedTokens(kit: Kit) {
  return kit.table(
    'ended_tokens',
    {
      organizationId: kit.text().notNull(),
      /** Over the widget and the token's `jti`. */
      tokenHash: kit.text().primaryKey(),
      expiresAt: kit.time().notNull(),
    },
    (table) => [kit.index('ended_tokens_by_expiry').on(table.expiresAt)],
  );
}
