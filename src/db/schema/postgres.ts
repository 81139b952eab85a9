import * as core from 'drizzle-orm/pg-core';
import { createPostgresKit } from './kit.ts';
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
} = defineTables(createPostgresKit(core));
