import { describeModelProblem } from '#agent/resolve-model.ts';
import { sessionCookieName } from '#auth/session-cookie.ts';
import { createHttpApp } from '#channels/http/create-http-app.ts';
import { limitMessages } from '#channels/http/limit-messages.ts';
import { createRequestIdentify } from '#channels/http/request-client.ts';
import { createRoutes } from '#channels/http/routes.ts';
import { createConnectionService } from '#connections/connection-service.ts';
import { type House, isDemoModel, usesHttps } from './house.ts';

/** The service's HTTP face: every route with what it works on. */
export function composeFace(house: House, webDirectory: string) {
  const { config, log, registry, accounts, connections, core, audit, ninox } = house;
  const namesOf = (organizationId: string, ids: readonly string[]) => core.names.namesOf(organizationId, ids);
  const defaultModel = config.models.defaultModel;
  const routes = createRoutes({
    messageLimits: limitMessages(config.chatMessagesPerMinute),
    runs: core.agent.runs,
    conversations: core.conversations,
    accountRoutes: { ...accounts, signUpOpen: config.signUpOpen, mailEnabled: config.mail !== null },
    connectionRoutes: {
      connections: createConnectionService({
        ...connections.deps,
        onRevoked: core.onRevoked,
        approvalsOf: (organizationId, connectionId) =>
          core.agent.approvals.countOfConnection(organizationId, connectionId),
        personasOf: (organizationId) => core.directory.list(organizationId),
        namesOf,
      }),
      signIns: connections.signIns,
    },
    personaRoutes: {
      directory: core.directory,
      service: core.personas,
      xRay: core.xRay,
      toolsOf: core.toolsOf,
      providers: core.providers,
      defaultModel,
      modelProblem: (model) => describeModelProblem(core.models, model),
      namesOf,
      membersOf: core.membersOf,
    },
    approvalRoutes: {
      approvals: core.agent.approvals,
      feed: core.agent.feed,
      identify: accounts.identify,
      actorNames: core.names,
      catalog: connections.catalog,
      personaName: async (organizationId, id) => (await core.directory.find(organizationId, id))?.name ?? null,
      effectOf: (organizationId, callId) => core.agent.effects.find(organizationId, callId),
      undoOf: (organizationId, callId) => core.agent.effects.undoOf(organizationId, callId),
      log,
    },
    effectRoutes: { undo: core.agent.undo },
    audit,
    actorNames: core.names,
    status: {
      defaultModel,
      standIns: {
        ninox: ninox.standIn ? { replacedBy: 'NINOX_API_KEY' } : null,
        model: isDemoModel(config) ? { replacedBy: 'OPENAI_API_KEY' } : null,
      },
    },
    sessionCookie: sessionCookieName(usesHttps(config)),
    scrub: registry.scrubJson,
  });
  return createHttpApp({
    routes,
    identify: createRequestIdentify(accounts.identify),
    scrub: registry.scrub,
    allowedHosts: config.allowedHosts,
    trustProxy: config.trustProxy,
    webDirectory,
    log,
  });
}
