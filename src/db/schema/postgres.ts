import * as core from 'drizzle-orm/pg-core';
import { createPostgresKit } from './kit.ts';
import { defineTables } from './tables.ts';

/** For drizzle-kit, which reads tables from exports. */
export const { conversations, messages, runs, personaVersions, auditEvents, auditBodies } = defineTables(
  createPostgresKit(core),
);
