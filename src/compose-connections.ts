import type { AuditLog } from '#audit/audit-event.ts';
import { safeMarkdown } from '#channels/slack/safe-text.ts';
import type { Config } from '#config/config.ts';
import { startConnectionChecks } from '#connections/connection-checks.ts';
import type { ConnectionDeps } from '#connections/connection-deps.ts';
import { createConnectionStore } from '#connections/connection-store.ts';
import { createCredentialKeeper } from '#connections/credential-keeper.ts';
import { createDiscoveredTools } from '#connections/discovery/discovered-tools.ts';
import { createDiscoveryService, type DiscoveryService } from '#connections/discovery/discovery-service.ts';
import { createAuthorizationServer } from '#connections/oauth/authorization-server.ts';
import { createTokenRenewal } from '#connections/oauth/renew-tokens.ts';
import { createSignInService, type SignInService } from '#connections/oauth/sign-in.ts';
import { createRevocations } from '#connections/revocations.ts';
import { type Leaving, revokePersonalConnections } from '#connections/revoke-connection.ts';
import { ensureServiceConnection } from '#connections/service-connection.ts';
import type { Database } from '#db/database.ts';
import { type ConnectionRepository, createConnectionRepository } from '#db/repositories/connections.ts';
import { createDiscoveredToolRepository, type DiscoveredToolRepository } from '#db/repositories/discovered-tools.ts';
import { createOauthFlowRepository } from '#db/repositories/oauth-flows.ts';
import { type AddressPolicy, createAddressPolicy } from '#integrations/address-policy.ts';
import { type Catalog, createCatalog, type Integration } from '#integrations/catalog.ts';
import { type Connection, type ConnectionStore, standInPlace } from '#integrations/connection.ts';
import {
  createEgress,
  createFormEgress,
  createHookEgress,
  type Egress,
  type FormEgress,
  type HookEgress,
} from '#integrations/egress.ts';
import { createEmailIntegration } from '#integrations/email/email-integration.ts';
import { createSmtpDoor, type SmtpDoor } from '#integrations/email/smtp-door.ts';
import { createMcpIntegration } from '#integrations/mcp/mcp-integration.ts';
import { createNinoxClient, type NinoxClient } from '#integrations/ninox/client.ts';
import { createNinoxIntegration } from '#integrations/ninox/ninox-integration.ts';
import { publicCloudUrl } from '#integrations/ninox/places.ts';
import { createOpenapiIntegration } from '#integrations/openapi/openapi-integration.ts';
import { publicSlackUrl } from '#integrations/slack/slack-door.ts';
import { createSlackIntegration } from '#integrations/slack/slack-integration.ts';
import type { Logger } from '#log';
import type { Secret } from '#vault/secret.ts';
import type { Vault } from '#vault/vault.ts';

/** The Ninox that the environment describes: the real one, or the stand-in this process has started. */
export interface NinoxAccess {
  readonly baseUrl: string;
  readonly apiKey: Secret;
  readonly standIn: boolean;
}

export interface ConnectionParts {
  readonly catalog: Catalog;
  readonly rows: ConnectionRepository;
  readonly store: ConnectionStore;
  /** What further services of connections are built from. */
  readonly deps: ConnectionDeps;
  readonly signIns: SignInService;
  readonly discovery: DiscoveryService;
  readonly ninox: NinoxClient;
  readonly smtp: SmtpDoor;
  readonly egress: Egress;
  readonly forms: FormEgress;
  readonly hooks: HookEgress;
  /** Gives the organization the connection that the environment describes. */
  ensureService(organizationId: string): Promise<void>;
  /** Revokes what somebody who left had connected for themselves. */
  revokePersonal(left: Leaving, onRevoked: (connection: Connection) => Promise<void>): Promise<void>;
  startChecks(): { stop(): Promise<void> };
}

export interface ConnectionPartsDeps {
  readonly config: Config;
  readonly db: Database;
  readonly vault: Vault;
  readonly audit: AuditLog;
  readonly log: Logger;
  readonly ninox: NinoxAccess;
  readonly publicUrl: () => string;
  /** Further integrations, beside those that come with the service. */
  readonly furtherIntegrations: (egress: Egress) => readonly Integration[];
}

/** What sends requests with a credential, and what knows which credential. */
export function composeConnections(given: ConnectionPartsDeps): ConnectionParts {
  const { db, vault, audit, log, ninox } = given;
  const repository = createConnectionRepository(db);
  const server = createAuthorizationServer();
  const connectOf = (name: string) => {
    const connect = catalog.findIntegration(name)?.connect;
    return connect?.kind === 'oauth' ? connect : null;
  };
  const renewTokens = createTokenRenewal({ db, repository, vault, audit, log, server, connectOf });
  const standIn = ninox.standIn ? { baseUrl: ninox.baseUrl, key: ninox.apiKey } : null;
  const policy = policyOf(given);
  const egress = createEgress({
    vault,
    policy,
    credentials: createCredentialKeeper({ repository, catalog: () => catalog, renewTokens }),
    standIn,
  });
  const ninoxClient = createNinoxClient({ egress });
  const smtp = createSmtpDoor({ vault, policy });
  const tools = createDiscoveredToolRepository(db);
  const catalog = openCatalog(given, {
    egress,
    smtp,
    ninox: createNinoxIntegration({ client: ninoxClient, standIn }),
    tools,
  });
  const revocations = createRevocations({ filterAlive: (keys) => repository.filterAlive(keys), log });
  const deps: ConnectionDeps = { db, repository, vault, catalog, audit, revocations, log };
  return {
    catalog,
    rows: repository,
    store: createConnectionStore({ repository, catalog, revocations, log }),
    deps,
    discovery: createDiscoveryService({ db, connections: repository, tools, catalog, audit }),
    ninox: ninoxClient,
    smtp,
    egress,
    forms: createFormEgress({ policy }),
    hooks: createHookEgress({ policy }),
    signIns: createSignInService({
      ...deps,
      flows: createOauthFlowRepository(db),
      server,
      redirectUri: () => `${given.publicUrl()}/api/v1/oauth/callback`,
    }),
    ensureService: (organizationId) => ensureServiceConnection(deps, { organizationId, ...describe(ninox) }),
    revokePersonal: (left, onRevoked) => revokePersonalConnections({ ...deps, onRevoked }, left),
    startChecks: () => startConnectionChecks(deps),
  };
}

/** Where requests may go. What the service itself serves is no place for them, or a job could make jobs. */
function policyOf({ config, publicUrl }: ConnectionPartsDeps): AddressPolicy {
  return createAddressPolicy({
    allowedHosts: config.allowedPrivateHosts,
    own: () => [publicUrl(), `http://localhost:${config.port}`, `http://127.0.0.1:${config.port}`],
  });
}

function describe(ninox: NinoxAccess) {
  return {
    integration: 'ninox',
    label: ninox.standIn ? 'Ninox stand-in' : 'Ninox',
    place: placeOf(ninox),
    baseUrl: ninox.baseUrl,
    key: ninox.apiKey,
  };
}

interface CatalogParts {
  readonly egress: Egress;
  readonly smtp: SmtpDoor;
  readonly ninox: Integration;
  readonly tools: DiscoveredToolRepository;
}

function openCatalog(given: ConnectionPartsDeps, { egress, smtp, ninox, tools }: CatalogParts): Catalog {
  const apiUrl = given.config.slack?.apiUrl ?? publicSlackUrl;
  const catalog: Catalog = createCatalog(
    [
      ninox,
      createSlackIntegration({ egress, apiUrl, safeText: safeMarkdown }),
      createEmailIntegration(smtp),
      createMcpIntegration({ egress }),
      createOpenapiIntegration({ egress }),
      ...given.furtherIntegrations(egress),
    ],
    createDiscoveredTools({ repository: tools, catalog: () => catalog }),
  );
  return catalog;
}

function placeOf({ standIn, baseUrl }: NinoxAccess): string {
  if (standIn) return standInPlace;
  if (baseUrl === publicCloudUrl) return 'public-cloud';
  return /\.ninoxdb\.(de|com)$/.test(new URL(baseUrl).hostname) ? 'private-cloud' : 'own-host';
}
