import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createGuard } from '#agent/guard-tool-call.ts';
import { createModelProviders } from '#agent/model-providers.ts';
import { createToolOffer, personaTools } from '#agent/persona-tools.ts';
import { endLostRuns, findLostRuns } from '#agent/recover-runs.ts';
import { createModelResolver, describeModelProblem } from '#agent/resolve-model.ts';
import { createRunService, type RunService } from '#agent/run-service.ts';
import type { StoredMessage } from '#agent/stored-message.ts';
import type { AuditLog } from '#audit/audit-event.ts';
import { createAuditLog } from '#audit/audit-log.ts';
import { keyFitsChain } from '#audit/key-fits-chain.ts';
import type { Actor } from '#auth/actor.ts';
import type { StatusView } from '#channels/http/contract.ts';
import { createHttpApp } from '#channels/http/create-http-app.ts';
import { createRoutes } from '#channels/http/routes.ts';
import type { Config } from '#config/config.ts';
import { toListenProblem } from '#config/listen-problem.ts';
import { refuseAuditKey } from '#config/secrets.ts';
import type { Database } from '#db/database.ts';
import { openConfiguredDatabase } from '#db/open-database.ts';
import { type AuditRepository, createAuditRepository } from '#db/repositories/audit.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import { createPersonaVersionRepository } from '#db/repositories/persona-versions.ts';
import { createRunRepository } from '#db/repositories/runs.ts';
import { createCatalog } from '#integrations/catalog.ts';
import type { Connection, ConnectionStore } from '#integrations/connection.ts';
import { createEgress } from '#integrations/egress.ts';
import { createNinoxClient } from '#integrations/ninox/client.ts';
import { createNinoxIntegration } from '#integrations/ninox/ninox-integration.ts';
import { scopes } from '#integrations/tool-definition.ts';
import { createLogger, type Logger } from '#log';
import { openPersonaLibrary, type PersonaLibrary } from '#personas/load-personas.ts';
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
  close(graceMs: number): Promise<void>;
}

/** Builds and starts the whole service. What was opened before a failure is closed again. */
export async function startApp(config: Config): Promise<App> {
  const log = createLogger({ level: config.logLevel });
  const opened = new AsyncDisposableStack();
  try {
    const db = await openConfiguredDatabase({ url: config.databaseUrl, log });
    opened.defer(() => db.close());
    const ninox = await openNinox(config, opened);
    const auditRows = createAuditRepository(db);
    await requireAuditKey(config, auditRows);
    const core = await buildCore({ config, log, db, auditRows, ninox, opened });
    const status = describeStatus(config, ninox);
    const runs = createRunRepository(db);
    const lost = await findLostRuns(runs, { sharedStorage: db.dialect === 'postgres' });
    const server = await listen({ config, log, core, status });
    opened.defer(() => closeServer(server));
    // Not before the port is ours: a service that is started twice by mistake must not end the first one's runs.
    await endLostRuns(runs, lost, log);
    return {
      address: addressOf(server, config.host),
      status,
      personaProblems: core.personas.problems().map(({ file, line, message }) => `${file}, line ${line}: ${message}`),
      async close(graceMs) {
        const closed = closeServer(server);
        await core.runs.drain(graceMs);
        server.closeAllConnections();
        await closed;
        await opened.disposeAsync();
      },
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/** A chain that went on with another key could not be proved any more, neither before that row nor after it. */
async function requireAuditKey(config: Config, repository: AuditRepository): Promise<void> {
  const { auditKey: key, auditKeyFile: file, auditKeyIsNew: isNew } = config;
  const { organizationId } = localActor;
  if (await keyFitsChain({ repository, key, organizationId })) return;
  throw refuseAuditKey({ file, isNew });
}

interface NinoxAccess {
  readonly baseUrl: string;
  readonly apiKey: Secret;
  readonly standIn: boolean;
}

/** The real Ninox where a key is given; else the local stand-in, with a key made for this start alone. */
async function openNinox(config: Config, opened: AsyncDisposableStack): Promise<NinoxAccess> {
  if (config.ninox.kind === 'real') return { ...config.ninox, standIn: false };
  const key = randomBytes(18).toString('base64url');
  const server = createNinoxServer({ keys: [{ key, teams: 'all' }] });
  const { port } = config.ninox;
  const baseUrl = await server.listen(port).catch((error: unknown) => {
    throw toListenProblem(error, { host: '127.0.0.1', port, portVariable: 'STANDIN_NINOX_PORT' });
  });
  opened.defer(() => server.close());
  return { baseUrl, apiKey: new Secret(key), standIn: true };
}

interface Core {
  readonly runs: RunService;
  readonly audit: AuditLog;
  readonly personas: PersonaLibrary;
  readonly conversations: ReturnType<typeof createConversationRepository<StoredMessage>>;
  readonly toolsOf: (persona: Parameters<typeof personaTools>[1]) => ReturnType<typeof personaTools>;
}

interface CoreDeps {
  readonly config: Config;
  readonly log: Logger;
  readonly db: Database;
  readonly auditRows: AuditRepository;
  readonly ninox: NinoxAccess;
  readonly opened: AsyncDisposableStack;
}

async function buildCore({ config, log, db, auditRows, ninox, opened }: CoreDeps): Promise<Core> {
  const client = createNinoxClient({ egress: createEgress() });
  const catalog = createCatalog([createNinoxIntegration({ client })]);
  const audit = createAuditLog({ repository: auditRows, key: config.auditKey });
  const conversations = createConversationRepository<StoredMessage>(db);
  const versions = createPersonaVersionRepository(db);
  const providers = await createModelProviders(config.models, createDemoProvider());
  const models = createModelResolver(providers, config.models.defaultModel);
  const personas = await openPersonaLibrary({
    directory: config.personasDirectory,
    knownTools: catalog.tools,
    modelProblem: (model) => describeModelProblem(models, model),
    log,
    onVersion: (persona) =>
      versions.save({
        organizationId: localActor.organizationId,
        personaId: persona.id,
        version: persona.version,
        definition: persona,
      }),
  });
  opened.defer(() => personas.close());
  const runs = createRunService({
    store: conversations,
    personas,
    models,
    toolsFor: createToolOffer(catalog),
    guard: createGuard({ catalog, connections: staticConnections(ninox), audit, log }),
    log,
  });
  return { runs, audit, personas, conversations, toolsOf: (persona) => personaTools(catalog, persona) };
}

/** The one connection that the environment describes. It holds every scope: the personas narrow it. */
function staticConnections(ninox: NinoxAccess): ConnectionStore {
  const connection: Connection = {
    id: 'ninox',
    organizationId: localActor.organizationId,
    integration: 'ninox',
    ownerId: null,
    label: ninox.standIn ? 'Ninox stand-in' : 'Ninox',
    baseUrl: ninox.baseUrl,
    status: 'active',
    grant: { scopes, limits: {} },
    secret: ninox.apiKey,
  };
  return {
    find: async (organizationId, integration) =>
      organizationId === connection.organizationId && integration === connection.integration ? connection : null,
  };
}

function describeStatus(config: Config, ninox: NinoxAccess): StatusView {
  const demoModel = config.models.defaultModel.startsWith('demo/');
  return {
    defaultModel: config.models.defaultModel,
    standIns: {
      ninox: ninox.standIn ? { replacedBy: 'NINOX_API_KEY' } : null,
      model: demoModel ? { replacedBy: 'OPENAI_API_KEY' } : null,
    },
    ninoxBaseUrl: ninox.baseUrl,
  };
}

interface Face {
  readonly config: Config;
  readonly log: Logger;
  readonly core: Core;
  readonly status: StatusView;
}

async function listen({ config, log, core, status }: Face): Promise<Server> {
  const http = createHttpApp({
    routes: createRoutes({ ...core, actorOf: () => localActor, status }),
    allowedHosts: config.allowedHosts,
    webDirectory: fileURLToPath(new URL('../dist/web', import.meta.url)),
    chatMessagesPerMinute: config.chatMessagesPerMinute,
    log,
  });
  return new Promise((resolve, reject) => {
    const { host, port } = config;
    const server = http.listen(port, host);
    server.once('listening', () => resolve(server));
    server.once('error', (error) => reject(toListenProblem(error, { host, port, portVariable: 'PORT' })));
  });
}

function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
