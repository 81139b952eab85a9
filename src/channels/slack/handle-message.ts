import type { Actor } from '#auth/actor.ts';
import type { ConversationRecord } from '#db/repositories/conversation-statements.ts';
import type { SlackEventRecord } from '#db/repositories/slack-events.ts';
import { AppError } from '#errors';
import type { Persona } from '#personas/persona-schema.ts';
import type { MessageBody } from './delivery.ts';
import { actorOf } from './find-actor.ts';
import { namedPersona, personaOfChannel } from './find-persona.ts';
import { countGuest } from './guest-limits.ts';
import type { HandlerDeps } from './handler-deps.ts';
import type { Outcome } from './inbox.ts';
import { toPlainText } from './plain-text.ts';
import type { SlackWorkspace } from './ports.ts';
import { safeMrkdwn } from './safe-text.ts';
import { openThread } from './thread.ts';
import { conversationIdOf, messageIdOf, ownerIdOf } from './thread-ids.ts';

/** A message on its way to a run. */
interface Message {
  readonly workspace: SlackWorkspace;
  readonly body: MessageBody;
  readonly event: SlackEventRecord;
  readonly ownerId: string;
  readonly conversationId: string;
  readonly messageId: string;
}

const done: Outcome = { type: 'done' };
const toldOfWaiting = 'told that it waits for a decision';

/** Starts the run that answers a message; one run for each, however often Slack tells of it. */
export async function handleMessage(
  deps: HandlerDeps,
  workspace: SlackWorkspace,
  { body, event }: { readonly body: MessageBody; readonly event: SlackEventRecord },
): Promise<Outcome> {
  if (body.slackUserId === workspace.botUserId) return done;
  const { connectionId, organizationId } = workspace;
  const key = { connectionId, channelId: body.channelId, threadTs: body.threadTs };
  const message: Message = {
    workspace,
    body,
    event,
    ownerId: ownerIdOf(key),
    conversationId: conversationIdOf(key),
    messageId: messageIdOf(key, body.ts),
  };
  const { ownerId, conversationId, messageId } = message;
  const conversation = await deps.conversations.find({ organizationId, id: ownerId }, conversationId);
  // What people say to one another where nobody has called a persona is nothing to it.
  if (conversation === null) return body.isCall ? begin(deps, message, null) : done;
  const known = await deps.conversations.message({ organizationId, conversationId, id: messageId });
  if (known !== null) return adopt(deps, message);
  if (conversation.activeRunId === null && (await isStillTelling(deps, message))) return { type: 'later' };
  return conversation.activeRunId === null
    ? begin(deps, message, conversation)
    : waitForRun(deps, message, conversation);
}

/** Then the one before has the first word. Where Slack does not take that, nobody waits for it for long. */
const longestWaitMs = 120_000;

async function isStillTelling({ answerRows, clock }: HandlerDeps, message: Message): Promise<boolean> {
  if (clock().getTime() - message.event.receivedAt.getTime() > longestWaitMs) return false;
  return answerRows.isTelling(answerOf(message));
}

/** The thread's run goes first. Whoever waits for a decision without knowing it is told so, once. */
async function waitForRun(
  deps: HandlerDeps,
  message: Message,
  { waitingSince }: Pick<ConversationRecord, 'waitingSince'>,
): Promise<Outcome> {
  if (waitingSince === null) return { type: 'later' };
  if (message.event.problem !== toldOfWaiting) {
    await note(deps, message, 'The answer above waits for a decision. Your message is read after that.');
  }
  return { type: 'later', note: toldOfWaiting };
}

async function begin(deps: HandlerDeps, message: Message, conversation: ConversationRecord | null): Promise<Outcome> {
  const { workspace, body } = message;
  const { persona, problem } =
    conversation === null
      ? await personaOfChannel(deps, workspace, body.channelId)
      : await namedPersona(deps, workspace.organizationId, conversation.personaId);
  if (persona === null) return note(deps, message, problem);
  const actor = await actorOf(deps, workspace, { persona, slackUserId: body.slackUserId });
  if (typeof actor === 'string') return refuse(deps, message, actor);
  const text = await textOf(deps, message);
  if (text === '') return note(deps, message, `What can “${persona.name}” do for you? Write it after the name.`);
  if (text.length > mostCharacters) {
    return note(
      deps,
      message,
      `Your message is longer than ${mostCharacters} characters and was not read. Send it in parts.`,
    );
  }
  const counted = await countGuest(deps, workspace, actor);
  if (typeof counted === 'string') return refuse(deps, message, counted);
  const outcome = await start(deps, message, { actor, persona, text });
  // It comes again, and is counted then.
  if (outcome.type === 'later') await counted();
  return outcome;
}

const mostCharacters = 16_000;

/** Several people share a channel's thread, and the persona is to tell them apart. */
async function textOf({ people }: HandlerDeps, { workspace, body }: Message): Promise<string> {
  const nameOf = (id: string) => people.nameOf(workspace, id);
  const said = await toPlainText(body.text, { botUserId: workspace.botUserId, nameOf });
  const files = body.files.map((file) => `(${file} was attached, which cannot be read here.)`);
  const text = [said, ...files].filter((line) => line !== '').join('\n');
  return body.where === 'direct' || text === '' ? text : `${await nameOf(body.slackUserId)}: ${text}`;
}

interface Start {
  readonly actor: Actor;
  readonly persona: Persona;
  readonly text: string;
}

async function start(deps: HandlerDeps, message: Message, { actor, persona, text }: Start): Promise<Outcome> {
  const { workspace, ownerId, conversationId, messageId } = message;
  try {
    const run = await deps.runs.start({
      actor,
      channel: 'slack',
      place: workspace.connectionId,
      ownerId,
      conversationId,
      personaId: persona.id,
      messageId,
      text,
    });
    await deps.answers.begin(run, { ...answerOf(message), requester: actor, personaName: persona.name });
    return done;
  } catch (error) {
    return refused(deps, message, error);
  }
}

/** Throws what is to be tried again. */
async function refused(deps: HandlerDeps, message: Message, error: unknown): Promise<Outcome> {
  if (!(error instanceof AppError)) throw error;
  if (error.code === 'CONVERSATION_BUSY') return { type: 'later' };
  if (error.code === 'DUPLICATE_MESSAGE') return adopt(deps, message);
  if (error.status >= 500) throw error;
  return note(deps, message, error.message);
}

/** Its run was started by somebody who may not have come to tell it. */
async function adopt(deps: HandlerDeps, message: Message): Promise<Outcome> {
  const { workspace, conversationId, messageId } = message;
  const { organizationId } = workspace;
  const run = await deps.storedRuns.answering({ organizationId, conversationId, id: messageId });
  if (run !== null) await deps.answers.adopt({ ...answerOf(message), runId: run.id, processId: null });
  return done;
}

function answerOf({ workspace, body, conversationId }: Message) {
  const { organizationId, connectionId } = workspace;
  const { channelId, threadTs, slackUserId } = body;
  return { organizationId, conversationId, connectionId, channelId, threadTs, slackUserId };
}

/** Plain words in the thread. */
async function note(deps: HandlerDeps, { workspace, body }: Message, words: string): Promise<Outcome> {
  const { channelId, threadTs } = body;
  await openThread(deps.clients, { workspace, channelId, threadTs }, deps.signal).post({ text: safeMrkdwn(words) });
  return done;
}

/** Nobody else has to read it. */
async function refuse(deps: HandlerDeps, message: Message, words: string): Promise<Outcome> {
  const { workspace, body } = message;
  if (body.where === 'direct') return note(deps, message, words);
  const { channelId, threadTs, slackUserId } = body;
  await deps.tellPerson({ workspace, channelId, slackUserId, threadTs, responseUrl: null }, words);
  return done;
}
