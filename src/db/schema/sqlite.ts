import * as core from 'drizzle-orm/sqlite-core';
import { createSqliteKit } from './kit.ts';
import { defineTables } from './tables.ts';

/** For drizzle-kit, which reads tables from exports. */
export const {
  users,
  sessions,
  accounts,
  verifications,
  organizations,
  members,
  invitations,
  apiKeys,
  secrets,
  vaultCanaries,
  connections,
  oauthFlows,
  personas,
  personaRevisions,
  conversations,
  messages,
  runs,
  personaVersions,
  approvals,
  effects,
  snapshots,
  processes,
  auditEvents,
  auditBodies,
} = defineTables(createSqliteKit(core));
