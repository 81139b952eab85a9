import { describeModelProblem } from '#agent/resolve-model.ts';
import { sessionCookieName } from '#auth/session-cookie.ts';
import { createCallOnce } from '#channels/chat/call-once.ts';
import { createHttpApp } from '#channels/http/create-http-app.ts';
import { limitMessages } from '#channels/http/limit-messages.ts';
import { createRequestIdentify } from '#channels/http/request-client.ts';
import { mountHooks } from '#channels/http/routes/hooks/receive-event.ts';
import { createRoutes, type RouteDeps } from '#channels/http/routes.ts';
import { createConnectionService } from '#connections/connection-service.ts';
import { createCompletionThreadRepository } from '#db/repositories/completion-threads.ts';
import { createIdempotencyKeyRepository } from '#db/repositories/idempotency-keys.ts';
import { createRunRepository } from '#db/repositories/runs.ts';
import { draftSchema } from '#jobs/triggers/webhook/draft-schema.ts';
import { composeWidget, type WidgetParts } from './compose-widget.ts';
import { type House, isDemoModel, usesHttps } from './house.ts';

/** The service's HTTP face: every route with what it works on. */
export function composeFace(house: House, webDirectory: string) {
  const { config, log, registry, accounts, core, audit, ninox } = house;
  const messageLimits = limitMessages(config.chatMessagesPerMinute);
  const approvalRoutes = approvalRoutesOf(house);
  const effectRoutes = { undo: core.agent.undo };
  const widget = composeWidget(house, { webDirectory, approvalRoutes, effectRoutes });
  const routes = createRoutes({
    messageLimits,
    runs: core.agent.runs,
    conversations: core.conversations,
    accountRoutes: { ...accounts, signUpOpen: config.signUpOpen, mailEnabled: config.mail !== null },
    connectionRoutes: connectionRoutesOf(house),
    personaRoutes: personaRoutesOf(house),
    approvalRoutes,
    effectRoutes,
    widgetRoutes: widget.routes,
    slackRoutes: house.slack.routes,
    jobRoutes: { ...house.jobs, draftSchema, clock: () => new Date() },
    inboxRoutes: house.jobs,
    outsideLinkRoutes: { links: house.outside.links, placeName: placeNamer(house, widget) },
    ...callerRoutesOf(house, messageLimits),
    audit,
    actorNames: core.names,
    status: {
      defaultModel: config.models.defaultModel,
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
    mountFirst(app, refuseForeign) {
      house.slack.mount(app, refuseForeign);
      widget.mount(app, refuseForeign);
      mountHooks(app, { hooks: house.jobs.receiver });
    },
  });
}

/** A widget by its name, a Slack workspace by its connection's. */
function placeNamer({ connections }: House, widget: WidgetParts): RouteDeps['outsideLinkRoutes']['placeName'] {
  return async (organizationId, kind, id) =>
    kind === 'widget'
      ? widget.nameOf(organizationId, id)
      : ((await connections.rows.find({ organizationId, id }))?.label ?? null);
}

function namesOf({ core }: House) {
  return (organizationId: string, ids: readonly string[]) => core.names.namesOf(organizationId, ids);
}

function connectionRoutesOf(house: House): RouteDeps['connectionRoutes'] {
  const { connections, core } = house;
  return {
    connections: createConnectionService({
      ...connections.deps,
      onRevoked: core.onRevoked,
      approvalsOf: (organizationId, connectionId) =>
        core.agent.approvals.countOfConnection(organizationId, connectionId),
      personasOf: (organizationId) => core.directory.list(organizationId),
      namesOf: namesOf(house),
    }),
    signIns: connections.signIns,
    discovery: connections.discovery,
    namesOf: namesOf(house),
  };
}

function personaRoutesOf(house: House): RouteDeps['personaRoutes'] {
  const { core, config } = house;
  return {
    directory: core.directory,
    service: core.personas,
    xRay: core.xRay,
    toolsOf: core.toolsOf,
    providers: core.providers,
    defaultModel: config.models.defaultModel,
    modelProblem: (model) => describeModelProblem(core.models, model),
    namesOf: namesOf(house),
    membersOf: core.membersOf,
  };
}

/** What programs call that are none of our pages. */
function callerRoutesOf(
  { core, connections, db, registry, publicUrl, log }: House,
  before: RouteDeps['messageLimits'],
): Pick<RouteDeps, 'messageRoutes' | 'completionRoutes' | 'mcpRoute'> {
  const keys = createIdempotencyKeyRepository(db);
  const common = {
    runs: core.agent.runs,
    stored: createRunRepository(db),
    conversations: core.conversations,
    before,
    scrub: registry.scrubJson,
    log,
  };
  return {
    messageRoutes: { ...common, calls: createCallOnce({ keys, scope: 'messages' }) },
    completionRoutes: {
      ...common,
      calls: createCallOnce({ keys, scope: 'completions' }),
      threads: createCompletionThreadRepository(db),
      directory: core.directory,
      approvals: core.agent.approvals,
      publicUrl,
    },
    mcpRoute: {
      ...common,
      catalog: connections.catalog,
      personasOf: (organizationId) => core.directory.list(organizationId),
      publicUrl,
    },
  };
}

function approvalRoutesOf({ core, connections, accounts, log }: House): RouteDeps['approvalRoutes'] {
  const { approvals, feed, effects } = core.agent;
  return {
    approvals,
    feed,
    identify: accounts.identify,
    actorNames: core.names,
    catalog: connections.catalog,
    personaName: async (organizationId, id) => (await core.directory.find(organizationId, id))?.name ?? null,
    connectionLabel: async (organizationId, id) => (await connections.rows.find({ organizationId, id }))?.label ?? null,
    effectOf: (organizationId, callId) => effects.find(organizationId, callId),
    undoOf: (organizationId, callId) => effects.undoOf(organizationId, callId),
    log,
  };
}
