import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { ProviderV4 } from '@ai-sdk/provider';
import { createGuard } from '#agent/guard-tool-call.ts';
import { createToolOffer, personaTools } from '#agent/persona-tools.ts';
import { createModelResolver } from '#agent/resolve-model.ts';
import { createRunService } from '#agent/run-service.ts';
import { createAuditLog } from '#audit/audit-log.ts';
import type { Actor } from '#auth/actor.ts';
import type { StatusView } from '#channels/http/contract.ts';
import { createHttpApp } from '#channels/http/create-http-app.ts';
import { createRoutes } from '#channels/http/routes.ts';
import type { Config } from '#config/config.ts';
import { type Database, openDatabase } from '#db/open-database.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import { createPersonaVersionRepository } from '#db/repositories/persona-versions.ts';
import { createCatalog } from '#integrations/catalog.ts';
import type { Connection, ConnectionStore } from '#integrations/connection.ts';
import { createEgress } from '#integrations/egress.ts';
import { createNinoxClient } from '#integrations/ninox/client.ts';
import { createNinoxIntegration } from '#integrations/ninox/ninox-integration.ts';
import { scopes } from '#integrations/tool-definition.ts';
import { createLogger, type Logger } from '#log';
import { openPersonaLibrary } from '#personas/load-personas.ts';
import { createDemoProvider } from '#sandbox/demo-model.ts';
import { createNinoxServer } from '#sandbox/ninox-server.ts';
import { Secret } from '#vault/secret.ts';

/** Everything there is until people can sign in: one organization, and the person at this machine. */
const localActor: Actor = { kind: 'user', id: 'local', name: 'You', organizationId: 'default' };

export interface App {
  /** Where the pages and the API answer, e.g. `http://127.0.0.1:3000`. */
  readonly address: string;
  readonly status: StatusView;
  readonly personaProblems: readonly string[];
  /** Takes no new work, lets running answers end within `graceMs`, and closes everything. */
  close(graceMs?: number): Promise<void>;
}

interface Parts {
  readonly config: Config;
  readonly log: Logger;
}
