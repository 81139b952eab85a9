import type { ConnectionService } from '#connections/connection-service.ts';
import type { DiscoveryService } from '#connections/discovery/discovery-service.ts';
import type { SignInService } from '#connections/oauth/sign-in.ts';
import { limitKeyTrials } from './limit-key-trials.ts';
import type { Route } from './route.ts';
import { createBeginSignIn } from './routes/connections/begin-sign-in.ts';
import { createChangeConnection } from './routes/connections/change-connection.ts';
import { createCheckConnection } from './routes/connections/check-connection.ts';
import { createCreateConnection } from './routes/connections/create-connection.ts';
import { createFinishSignIn } from './routes/connections/finish-sign-in.ts';
import { createGetConnection } from './routes/connections/get-connection.ts';
import { createListConnections } from './routes/connections/list-connections.ts';
import { createListDependents } from './routes/connections/list-dependents.ts';
import { createListResources } from './routes/connections/list-resources.ts';
import { createReplaceKey } from './routes/connections/replace-key.ts';
import { createRevokeConnection } from './routes/connections/revoke-connection.ts';
import { createTestConnection } from './routes/connections/test-connection.ts';
import { createDiscoveredToolRoutes } from './routes/discovered-tools/create-discovered-tool-routes.ts';
import type { NamesOf } from './routes/discovered-tools/discovered-tool-view.ts';
import { createListIntegrations } from './routes/integrations/list-integrations.ts';

export interface ConnectionRouteDeps {
  readonly connections: ConnectionService;
  readonly signIns: SignInService;
  readonly discovery: DiscoveryService;
  /** Names of people, by id. */
  readonly namesOf: NamesOf;
  /** How many keys one client address may try in a quarter of an hour. */
  readonly keyTrials?: number;
}

/** Everything about integrations and connections. */
export function createConnectionRoutes(deps: ConnectionRouteDeps): Route[] {
  const trials = { ...deps, before: limitKeyTrials(deps.keyTrials) };
  return [
    createListIntegrations(deps),
    createTestConnection(trials),
    createListConnections(deps),
    createCreateConnection(trials),
    createGetConnection(deps),
    createChangeConnection(deps),
    createCheckConnection(trials),
    createReplaceKey(trials),
    createRevokeConnection(deps),
    createListResources(deps),
    createListDependents(deps),
    createBeginSignIn(deps),
    createFinishSignIn(deps),
    ...createDiscoveredToolRoutes({ ...deps, before: trials.before }),
  ];
}
