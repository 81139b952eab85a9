import type { LiveRun } from '#agent/live-run.ts';
import type { RunService } from '#agent/run-service.ts';
import type { StoredMessage } from '#agent/stored-message.ts';
import type { Actor } from '#auth/actor.ts';
import type { Identity } from '#auth/identity.ts';
import type { OutsideLinks, OutsidePeople } from '#auth/outside/outside-person.ts';
import { guestRole } from '#auth/permissions.ts';
import { streamEvents, streamRun } from '#channels/chat/stream-run.ts';
import { clientAddress } from '#channels/http/client-address.ts';
import { idPath } from '#channels/http/contract/common.ts';
import { type ChatMessage, conversationDetailView, stopView } from '#channels/http/contract/conversations.ts';
import { linkRequest, widgetMessageRequest, widgetSessionView } from '#channels/http/contract/widget-chat.ts';
import { defineRoute, type Route } from '#channels/http/route.ts';
import { type ConversationRow, presentConversation } from '#channels/http/routes/conversations/conversation-view.ts';
import { isBeingWritten, presentMessage } from '#channels/http/routes/conversations/get-conversation.ts';
import type { WidgetRecord } from '#db/repositories/widgets.ts';
import { AppError } from '#errors';
import type { MessageLimits } from './message-limits.ts';
import { encodeForGuest, messageForGuest } from './present-for-guest.ts';
import { requirePersona, type SessionDeps, viewSession } from './session-view.ts';
import type { Visitors } from './visitors.ts';

export interface VisitorRouteDeps extends SessionDeps {
  readonly visitors: Pick<Visitors, 'callOf'>;
  readonly people: Pick<OutsidePeople, 'guestFor'>;
  readonly links: Pick<OutsideLinks, 'redeem'>;
  readonly runs: Pick<RunService, 'start' | 'active' | 'stopWaiting'>;
  readonly conversations: {
    find(
      owner: Actor,
      id: string,
    ): Promise<(ConversationRow & { readonly channel: string; readonly place: string | null }) | null>;
    messages(organizationId: string, id: string): Promise<readonly StoredMessage[]>;
  };
  readonly limits: MessageLimits;
  /** Takes secrets in use out of JSON. */
  readonly scrub: (json: string) => string;
}

const tag = 'Widgets';
const access = 'chat';
const stream = {
  contentType: 'text/event-stream',
  description: 'The UI message stream of the AI SDK.',
  noContent: 'No answer is being written.',
} as const;

/** What the chat in the frame asks of the service, on behalf of whoever writes in it. */
export function createVisitorRoutes(deps: VisitorRouteDeps): readonly Route[] {
  return [createSession(deps), createLink(deps), createPostMessage(deps), ...createThreadRoutes(deps)];
}

function createSession(deps: VisitorRouteDeps): Route {
  return defineRoute({
    method: 'get',
    path: '/api/widget/v1/session',
    tag,
    summary: 'Who writes here, and to whom',
    access,
    answer: widgetSessionView,
    handle: ({ identity, actor }) => viewSession(deps, { ...deps.visitors.callOf(identity), actor }),
  });
}

function createLink(deps: VisitorRouteDeps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/widget/v1/link',
    tag,
    summary: 'Link the visitor with the member who has made the code',
    access,
    body: linkRequest,
    answer: widgetSessionView,
    async handle({ identity, body }) {
      const call = deps.visitors.callOf(identity);
      return viewSession(deps, { ...call, actor: await deps.links.redeem(call.person, body.code) });
    },
  });
}

function createPostMessage(deps: VisitorRouteDeps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/widget/v1/messages',
    tag,
    summary: 'Send a message and stream the answer',
    access,
    body: widgetMessageRequest,
    // Three files of 20,000 characters and the words, of at most 3 bytes each.
    maxBody: '256kb',
    answer: stream,
    async handle({ identity, actor, body: { conversationId, message }, request, response }) {
      const { widget, person, isMember } = deps.visitors.callOf(identity);
      const { text, attachments } = message;
      refuseFiles(widget, attachments);
      await findThread(deps, { identity, actor, id: conversationId });
      const persona = await requirePersona(deps, widget);
      const address = clientAddress(request);
      const takeBack = await deps.limits.count({ widget, actor, isMember, address, text });
      const start = async () =>
        deps.runs.start({
          actor: isMember ? actor : await deps.people.guestFor(person),
          channel: 'widget',
          place: widget.id,
          conversationId,
          personaId: persona.id,
          messageId: message.id,
          text,
          attachments,
        });
      const run = await start().catch(async (error: unknown) => {
        await takeBack();
        throw error;
      });
      sendRun(deps, { run, actor, response });
    },
  });
}

function refuseFiles({ attachments }: WidgetRecord, files: readonly unknown[]): void {
  if (attachments || files.length === 0) return;
  throw new AppError('INPUT_INVALID', 'message.attachments: this chat takes no files. Send your message without them.');
}

function createThreadRoutes(deps: VisitorRouteDeps): readonly Route[] {
  return [createGetThread(deps), createResume(deps), createStop(deps)];
}

const threadPath = '/api/widget/v1/conversations/:id';

function createGetThread(deps: VisitorRouteDeps): Route {
  return defineRoute({
    method: 'get',
    path: threadPath,
    tag,
    summary: 'One conversation with its messages',
    access,
    params: idPath,
    answer: conversationDetailView,
    async handle({ identity, actor, params }) {
      const row = await requireThread(deps, { identity, actor, id: params.id });
      const messages = await deps.conversations.messages(actor.organizationId, params.id);
      const shown = messages.filter((message) => !isBeingWritten(message, row));
      const seen = isGuest(actor) ? shown.map(messageForGuest) : shown;
      return {
        conversation: presentConversation(row),
        messages: seen.map((message) => withoutFileTexts(presentMessage(message))),
      };
    },
  });
}

/** Who has sent a file knows what is in it, and the chat asks for its thread again and again. */
function withoutFileTexts(message: ChatMessage): ChatMessage {
  const parts = message.parts.map((part) =>
    part.type === 'data-attachment' ? { type: part.type, data: { name: part.data.name } } : part,
  );
  return { ...message, parts };
}

function createResume(deps: VisitorRouteDeps): Route {
  return defineRoute({
    method: 'get',
    path: `${threadPath}/stream`,
    tag,
    summary: 'Stream the answer that is being written, from its beginning; 204 when there is none',
    access,
    params: idPath,
    answer: stream,
    async handle({ identity, actor, params, response }) {
      await requireThread(deps, { identity, actor, id: params.id });
      const run = deps.runs.active(actor, params.id);
      if (run === null) response.status(204).end();
      else sendRun(deps, { run, actor, response });
    },
  });
}

function createStop(deps: VisitorRouteDeps): Route {
  return defineRoute({
    method: 'post',
    path: `${threadPath}/stop`,
    tag,
    summary: 'Stop the answer that is being written, or that waits for a decision',
    access,
    params: idPath,
    answer: stopView,
    async handle({ identity, actor, params }) {
      await requireThread(deps, { identity, actor, id: params.id });
      if (stopActive(deps, actor, params.id)) return { stopped: true };
      if (await deps.runs.stopWaiting(actor, params.id)) return { stopped: true };
      // Somebody may have decided meanwhile, and it has gone on.
      return { stopped: stopActive(deps, actor, params.id) };
    },
  });
}

type ThreadDeps = Pick<VisitorRouteDeps, 'conversations' | 'visitors'>;

interface Asked {
  readonly identity: Identity;
  readonly actor: Actor;
  readonly id: string;
}

/** Throws AppError NOT_FOUND for a conversation that is not there, another’s, or not of this widget. */
export async function requireThread(deps: ThreadDeps, asked: Asked): Promise<ConversationRow> {
  const row = await findThread(deps, asked);
  if (row === null) throw noSuchConversation();
  return row;
}

/** Null for one that is not there, or another’s. A member’s in the console, or in another widget, is refused here. */
async function findThread(
  { conversations, visitors }: ThreadDeps,
  { identity, actor, id }: Asked,
): Promise<ConversationRow | null> {
  const row = await conversations.find(actor, id);
  if (row === null) return null;
  if (row.channel === 'widget' && row.place === visitors.callOf(identity).widget.id) return row;
  throw noSuchConversation();
}

function noSuchConversation(): AppError {
  return new AppError('NOT_FOUND', 'There is no such conversation.');
}

function stopActive({ runs }: VisitorRouteDeps, actor: Actor, conversationId: string): boolean {
  const run = runs.active(actor, conversationId);
  run?.stop('stopped');
  return run !== null;
}

interface Sending {
  readonly run: LiveRun;
  readonly actor: Actor;
  readonly response: Parameters<typeof streamRun>[1];
}

function sendRun({ scrub }: VisitorRouteDeps, { run, actor, response }: Sending): void {
  if (isGuest(actor)) streamEvents(run, response, (event) => encodeForGuest(event, scrub));
  else streamRun(run, response, scrub);
}

function isGuest({ role }: Actor): boolean {
  return role === guestRole;
}
