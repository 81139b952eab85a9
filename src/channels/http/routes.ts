import type { PersonaTool } from '#agent/persona-tools.ts';
import type { RunService } from '#agent/run-service.ts';
import type { AuditLog } from '#audit/audit-event.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { StatusView } from './contract.ts';
import type { ActorOf, Route } from './route.ts';
import { createGetAuditEvent } from './routes/audit-events/get-audit-event.ts';
import { createListAuditEvents } from './routes/audit-events/list-audit-events.ts';
import { createVerifyChain } from './routes/audit-events/verify-chain.ts';
import { createPostMessage } from './routes/chat/post-message.ts';
import { createResumeStream } from './routes/chat/resume-stream.ts';
import { createStopRun } from './routes/chat/stop-run.ts';
import { type ConversationReader, createGetConversation } from './routes/conversations/get-conversation.ts';
import { type ConversationLister, createListConversations } from './routes/conversations/list-conversations.ts';
import { createListPersonas, type PersonaLister } from './routes/personas/list-personas.ts';
import { createGetStatus } from './routes/status/get-status.ts';

export interface RouteDeps {
  readonly actorOf: ActorOf;
  readonly runs: RunService;
  readonly conversations: ConversationLister & ConversationReader;
  readonly personas: PersonaLister;
  readonly toolsOf: (persona: Persona) => readonly PersonaTool[];
  readonly audit: AuditLog;
  readonly status: StatusView;
}

/** The route table: every endpoint of the service, in one list. */
export function createRoutes(deps: RouteDeps): readonly Route[] {
  return [
    createPostMessage(deps),
    createResumeStream(deps),
    createStopRun(deps),
    createListPersonas({ ...deps, defaultModel: deps.status.defaultModel }),
    createListConversations(deps),
    createGetConversation(deps),
    createListAuditEvents(deps),
    createGetAuditEvent(deps),
    createVerifyChain(deps),
    createGetStatus(deps.status),
  ];
}
