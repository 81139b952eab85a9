import type { Kit } from './kit.ts';

/** One credential for an integration; the credential itself lies in the vault. */
export function defineConnections(kit: Kit) {
  return kit.table(
    'connections',
    {
      organizationId: kit.text().notNull(),
      id: kit.text().notNull(),
      integration: kit.text().notNull(),
      /** The person it belongs to; null for the whole organization. */
      ownerId: kit.text(),
      label: kit.text().notNull(),
      /** What belongs to it beside address and credential, e.g. a sender; the integration's own shape. Never a secret. */
      settings: kit.json<Readonly<Record<string, unknown>>>(),
      /** Which of the integration's places it is for, e.g. its public cloud. */
      place: kit.text().notNull(),
      baseUrl: kit.text().notNull(),
      auth: kit.text<'api_key' | 'oauth'>().notNull(),
      status: kit.text<'active' | 'needs_reconnect' | 'revoked'>().notNull(),
      scopes: kit.json<readonly string[]>().notNull(),
      limits: kit
        .json<{
          teams?: readonly string[];
          databases?: readonly string[];
          tables?: readonly string[];
          channels?: readonly string[];
          recipients?: readonly string[];
          tools?: readonly string[];
        }>()
        .notNull(),
      /** Names for ids in `limits`, as they were when they were picked. */
      limitNames: kit.json<Readonly<Record<string, string>>>().notNull(),
      /** The version of its secrets that counts. */
      secretVersion: kit.int().notNull(),
      /** Tells credentials apart without showing them. */
      fingerprint: kit.text().notNull(),
      /** Counts up with every change: two writers cannot both win. */
      revision: kit.int().notNull(),
      createdBy: kit.text().notNull(),
      createdAt: kit.time().notNull(),
      updatedAt: kit.time().notNull(),
      keySetAt: kit.time().notNull(),
      /** When an OAuth access token ends; null for keys. */
      tokenExpiresAt: kit.time(),
      /** Until then one process has the right to renew the tokens; nobody else sends their refresh token. */
      renewingUntil: kit.time(),
      lastUsedAt: kit.time(),
      lastCheckedAt: kit.time(),
      /** Null while the last check went well; else why it did not, in words for people. */
      lastCheckProblem: kit.text(),
      /** What the key could see at the last check that went well. */
      seen: kit.json<readonly { id: string; name: string }[]>().notNull(),
      revokedAt: kit.time(),
      revokedBy: kit.text(),
    },
    (table) => [
      kit.primaryKey({ columns: [table.organizationId, table.id] }),
      kit.index('connections_in_use').on(table.organizationId, table.integration, table.status, table.createdAt),
      kit.index('connections_to_check').on(table.status, table.lastCheckedAt),
    ],
  );
}

/** A sign-in at another service that was begun and not yet come back from. Used once. */
export function defineOauthFlows(kit: Kit) {
  return kit.table('oauth_flows', {
    /** The hash of the state that went along. */
    stateHash: kit.text().primaryKey(),
    organizationId: kit.text().notNull(),
    sessionId: kit.text().notNull(),
    actorId: kit.text().notNull(),
    integration: kit.text().notNull(),
    /** What the connection shall be once the person is back. */
    plan: kit.json<unknown>().notNull(),
    expiresAt: kit.time().notNull(),
  });
}
