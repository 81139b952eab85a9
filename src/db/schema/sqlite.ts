import * as core from 'drizzle-orm/sqlite-core';
import { createSqliteKit } from './kit.ts';
import { defineTables } from './tables.ts';

/** For drizzle-kit, which reads tables from exports. */
export const { conversations, messages, runs, personaVersions, auditEvents, auditBodies } = defineTables(
  createSqliteKit(core),
);
