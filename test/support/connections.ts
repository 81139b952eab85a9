import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AuditLog } from '#audit/audit-event.ts';
import { createAuditLog } from '#audit/audit-log.ts';
import type { Actor } from '#auth/actor.ts';
import type { Identity } from '#auth/identity.ts';
import { createConnectionRoutes } from '#channels/http/connection-routes.ts';
import { createHttpApp } from '#channels/http/create-http-app.ts';
import type { ConnectionServiceDeps } from '#connections/connection-deps.ts';
import { type ConnectionService, createConnectionService } from '#connections/connection-service.ts';
import { createConnectionStore } from '#connections/connection-store.ts';
import { createCredentialKeeper } from '#connections/credential-keeper.ts';
import { createDiscoveredTools } from '#connections/discovery/discovered-tools.ts';
import { createDiscoveryService, type DiscoveryService } from '#connections/discovery/discovery-service.ts';
import { createAuthorizationServer } from '#connections/oauth/authorization-server.ts';
import { createTokenRenewal } from '#connections/oauth/renew-tokens.ts';
import { createSignInService, type SignInService } from '#connections/oauth/sign-in.ts';
import { createRevocations } from '#connections/revocations.ts';
import type { Database } from '#db/database.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { type ConnectionRepository, createConnectionRepository } from '#db/repositories/connections.ts';
import { createDiscoveredToolRepository } from '#db/repositories/discovered-tools.ts';
import { createOauthFlowRepository } from '#db/repositories/oauth-flows.ts';
import { createSecretRepository } from '#db/repositories/secrets.ts';
import { type AddressPolicyOptions, createAddressPolicy } from '#integrations/address-policy.ts';
import { type Catalog, createCatalog, type Integration } from '#integrations/catalog.ts';
import type { Connection, ConnectionStore } from '#integrations/connection.ts';
import { createEgress, type Egress } from '#integrations/egress.ts';
import { createNinoxClient, type NinoxClient } from '#integrations/ninox/client.ts';
import { createNinoxIntegration } from '#integrations/ninox/ninox-integration.ts';
import { createLogger } from '#log';
import type { Persona } from '#personas/persona-schema.ts';
import { parseKeyRing } from '#vault/key-ring.ts';
import { openVault } from '#vault/open-vault.ts';
import type { Secret } from '#vault/secret.ts';
import { createSecretRegistry } from '#vault/secret-registry.ts';
import type { Vault } from '#vault/vault.ts';

/** The connections of one process: everything real, its own handle on a database that others may share. */
export interface ConnectionProcess extends AsyncDisposable {
  readonly db: Database;
  readonly deps: ConnectionServiceDeps;
  readonly repository: ConnectionRepository;
  readonly vault: Vault;
  readonly audit: AuditLog;
  readonly catalog: Catalog;
  readonly egress: Egress;
  readonly ninox: NinoxClient;
  readonly service: ConnectionService;
  readonly signIns: SignInService;
  readonly discovery: DiscoveryService;
  readonly store: ConnectionStore;
  /** Looks for revocations made elsewhere, as the timer would. */
  lookForRevocations(): void;
  /** Whether a timer would be running. */
  isLooking(): boolean;
}

export interface ProcessOptions extends Partial<AddressPolicyOptions> {
  readonly open: () => Promise<Database>;
  readonly standIn?: { readonly baseUrl: string; readonly key: Secret };
  readonly clock?: () => Date;
  readonly testTimeoutMs?: number;
  readonly personas?: readonly Persona[];
  readonly onRevoked?: (connection: Connection) => void;
  readonly approvalsOf?: (organizationId: string, connectionId: string) => Promise<ReadonlyMap<string, number>>;
  /** Further integrations, built on the same egress client. */
  readonly integrations?: (egress: Egress) => readonly Integration[];
  readonly redirectUri?: () => string;
  readonly wait?: (milliseconds: number) => Promise<void>;
}

const keys = { ring: parseKeyRing(`k1:${Buffer.alloc(32, 5).toString('base64')}`), file: null, isNew: false };
const log = createLogger({ level: 'silent' });

export async function openProcess(options: ProcessOptions): Promise<ConnectionProcess> {
  const { open, standIn = null, clock = () => new Date(), personas = [], onRevoked, approvalsOf } = options;
  const db = await open();
  const repository = createConnectionRepository(db);
  const registry = createSecretRegistry();
  const vault = await openVault({
    repository: createSecretRepository(db),
    keys: { ...keys, reload: () => keys.ring },
    registry,
  });
  const audit = createAuditLog({ repository: createAuditRepository(db), key: Buffer.alloc(32, 9) });
  const server = createAuthorizationServer(clock);
  const renewTokens = createTokenRenewal({
    db,
    repository,
    vault,
    audit,
    log,
    clock,
    server,
    connectOf: (name) => {
      const connect = catalog.findIntegration(name)?.connect;
      return connect?.kind === 'oauth' ? connect : null;
    },
    ...(options.wait === undefined ? {} : { wait: options.wait }),
  });
  const { lookUp, allowedHosts = [] } = options;
  const egress = createEgress({
    vault,
    policy: createAddressPolicy({ allowedHosts, ...(lookUp === undefined ? {} : { lookUp }) }),
    credentials: createCredentialKeeper({ repository, catalog: () => catalog, renewTokens, clock }),
    standIn,
  });
  const ninox = createNinoxClient({ egress });
  const tools = createDiscoveredToolRepository(db);
  const catalog: Catalog = createCatalog(
    [createNinoxIntegration({ client: ninox, standIn }), ...(options.integrations?.(egress) ?? [])],
    createDiscoveredTools({ repository: tools, catalog: () => catalog }),
  );
  const timer = manualTimer();
  const revocations = createRevocations({
    filterAlive: (rows) => repository.filterAlive(rows),
    log,
    repeat: timer.repeat,
  });
  const deps: ConnectionServiceDeps = {
    db,
    repository,
    vault,
    catalog,
    audit,
    revocations,
    log,
    clock,
    personasOf: async () => personas,
    namesOf: async (_organizationId, ids) =>
      new Map(ids.filter((id) => id !== 'service').map((id) => [id, `Name of ${id}`])),
    ...(options.testTimeoutMs === undefined ? {} : { testTimeoutMs: options.testTimeoutMs }),
    ...(onRevoked === undefined ? {} : { onRevoked }),
    ...(approvalsOf === undefined ? {} : { approvalsOf }),
  };
  return {
    db,
    deps,
    repository,
    vault,
    audit,
    catalog,
    egress,
    ninox,
    service: createConnectionService(deps),
    discovery: createDiscoveryService({ db, connections: repository, tools, catalog, audit, clock }),
    signIns: createSignInService({
      ...deps,
      flows: createOauthFlowRepository(db),
      server,
      redirectUri: options.redirectUri ?? (() => 'http://127.0.0.1/api/v1/oauth/callback'),
    }),
    store: createConnectionStore({ repository, catalog, revocations, log, clock }),
    lookForRevocations: timer.tick,
    isLooking: timer.isRunning,
    [Symbol.asyncDispose]: () => db.close(),
  };
}

function manualTimer() {
  const looks = new Set<() => void>();
  return {
    repeat: (look: () => void) => {
      looks.add(look);
      return { stop: () => void looks.delete(look) };
    },
    tick: () => {
      for (const look of looks) look();
    },
    isRunning: () => looks.size > 0,
  };
}

/** Somebody of an organization, signed in with a session of their own. */
export function person(id: string, change: Partial<Actor> = {}): Identity & { readonly actor: Actor } {
  const actor: Actor = {
    kind: 'user',
    id,
    name: `Name of ${id}`,
    organizationId: 'org-1',
    role: 'member',
    keyScopes: null,
    apiKey: null,
    ...change,
  };
  return { user: { id, name: actor.name, email: `${id}@example.com` }, sessionId: `session of ${id}`, actor };
}

export interface Face extends AsyncDisposable {
  readonly address: string;
  /** Everything that was ever answered, for looking for secrets in it. */
  readonly answers: readonly string[];
  call(who: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: Answer }>;
}

/** The body of an answer, whatever it was; tests look into what they expect. */
export type Answer = Readonly<Record<string, unknown>> & { readonly code?: string; readonly detail?: string };

/** The real door on a real port; who sends a request is said by a header instead of a session. */
export async function openFace(
  process: ConnectionProcess,
  people: readonly Identity[],
  limits: { readonly keyTrials?: number } = {},
): Promise<Face> {
  const app = createHttpApp({
    routes: createConnectionRoutes({
      connections: process.service,
      signIns: process.signIns,
      discovery: process.discovery,
      namesOf: process.deps.namesOf,
      ...limits,
    }),
    identify: async (request) => people.find(({ user }) => user.id === request.header('x-test-person')) ?? null,
    // Nothing is taken out: what leaves must be clean by itself.
    scrub: (text) => text,
    allowedHosts: [],
    webDirectory: '/nowhere',
    log,
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answers: string[] = [];
  return {
    address,
    answers,
    async call(who, method, path, body) {
      const response = await fetch(address + path, {
        method,
        headers: { 'x-test-person': who, 'content-type': 'application/json' },
        ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
        redirect: 'manual',
      });
      const text = await response.text();
      answers.push(text);
      return { status: response.status, body: (text.startsWith('{') ? JSON.parse(text) : { text }) as Answer };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
