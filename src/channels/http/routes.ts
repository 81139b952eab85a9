import type { RequestHandler } from 'express';
import type { RunService } from '#agent/run-service.ts';
import type { AuditLog } from '#audit/audit-event.ts';
import { createMcpRoute, type McpDeps } from '#channels/mcp/create-mcp-route.ts';
import { type AccountRouteDeps, createAccountRoutes } from './account-routes.ts';
import { type ConnectionRouteDeps, createConnectionRoutes } from './connection-routes.ts';
import type { StatusView } from './contract/conversations.ts';
import { withOpenApi } from './openapi/get-openapi.ts';
import type { Route } from './route.ts';
import { type ApprovalRouteDeps, createApprovalRoutes } from './routes/approvals/create-approval-routes.ts';
import type { ActorNaming } from './routes/audit-events/audit-event-view.ts';
import { createExportAuditEvents } from './routes/audit-events/export-audit-events.ts';
import { createGetAuditEvent } from './routes/audit-events/get-audit-event.ts';
import { createListAuditEvents } from './routes/audit-events/list-audit-events.ts';
import { createVerifyChain } from './routes/audit-events/verify-chain.ts';
import { createPostMessage } from './routes/chat/post-message.ts';
import { createResumeStream } from './routes/chat/resume-stream.ts';
import { createStopRun } from './routes/chat/stop-run.ts';
import { type CompletionRouteDeps, createCompletionRoutes } from './routes/completions/create-completion-routes.ts';
import { type ConversationReader, createGetConversation } from './routes/conversations/get-conversation.ts';
import { type ConversationLister, createListConversations } from './routes/conversations/list-conversations.ts';
import { createEffectRoutes, type EffectRouteDeps } from './routes/effects/create-effect-routes.ts';
import { createInboxRoutes, type InboxRouteDeps } from './routes/inbox/create-inbox-routes.ts';
import { createJobRoutes, type JobRouteDeps } from './routes/jobs/create-job-routes.ts';
import { createMessageRoutes, type MessageRouteDeps } from './routes/messages/create-message-routes.ts';
import {
  createOutsideLinkRoutes,
  type OutsideLinkRouteDeps,
} from './routes/outside-links/create-outside-link-routes.ts';
import { createPersonaRoutes, type PersonaRouteDeps } from './routes/personas/create-persona-routes.ts';
import { createSlackRoutes, type SlackRouteDeps } from './routes/slack/create-slack-routes.ts';
import { createGetStatus } from './routes/status/get-status.ts';
import { createWidgetRoutes, type WidgetRouteDeps } from './routes/widgets/create-widget-routes.ts';

export interface RouteDeps {
  /** Limits on new messages. */
  readonly messageLimits: readonly RequestHandler[];
  readonly runs: RunService;
  readonly conversations: ConversationLister & ConversationReader;
  readonly accountRoutes: AccountRouteDeps;
  readonly connectionRoutes: ConnectionRouteDeps;
  readonly personaRoutes: PersonaRouteDeps;
  readonly approvalRoutes: ApprovalRouteDeps;
  readonly effectRoutes: EffectRouteDeps;
  readonly messageRoutes: MessageRouteDeps;
  readonly widgetRoutes: WidgetRouteDeps;
  readonly outsideLinkRoutes: OutsideLinkRouteDeps;
  readonly slackRoutes: SlackRouteDeps;
  readonly completionRoutes: CompletionRouteDeps;
  readonly jobRoutes: JobRouteDeps;
  readonly inboxRoutes: InboxRouteDeps;
  readonly mcpRoute: McpDeps;
  readonly audit: AuditLog;
  readonly actorNames: ActorNaming;
  readonly status: StatusView;
  readonly sessionCookie: string;
  /** Takes secrets in use out of JSON. */
  readonly scrub: (json: string) => string;
}

/** The route table: every endpoint of the service, in one list. */
export function createRoutes(deps: RouteDeps): readonly Route[] {
  const routes = [
    ...createAccountRoutes(deps.accountRoutes),
    ...createConnectionRoutes(deps.connectionRoutes),
    ...createPersonaRoutes(deps.personaRoutes),
    createPostMessage({ ...deps, before: deps.messageLimits }),
    createResumeStream(deps),
    createStopRun(deps),
    createListConversations(deps),
    createGetConversation(deps),
    ...createMessageRoutes(deps.messageRoutes),
    ...createCompletionRoutes(deps.completionRoutes),
    createMcpRoute(deps.mcpRoute),
    ...createWidgetRoutes(deps.widgetRoutes),
    ...createJobRoutes(deps.jobRoutes),
    ...createInboxRoutes(deps.inboxRoutes),
    ...createOutsideLinkRoutes(deps.outsideLinkRoutes),
    ...createSlackRoutes(deps.slackRoutes),
    ...createApprovalRoutes(deps.approvalRoutes),
    ...createEffectRoutes(deps.effectRoutes),
    createListAuditEvents(deps),
    createGetAuditEvent(deps),
    createExportAuditEvents(deps),
    createVerifyChain(deps),
    createGetStatus(deps.status),
  ];
  return withOpenApi(routes, { sessionCookie: deps.sessionCookie });
}
