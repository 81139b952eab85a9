import type { StoredMessage } from '#agent/stored-message.ts';
import type { SlackAnswerRecord } from '#db/repositories/slack-answers.ts';
import { AppError } from '#errors';
import { actorOf } from './find-actor.ts';
import { namedPersona } from './find-persona.ts';
import type { HandlerDeps } from './handler-deps.ts';
import { ownerIdOf } from './thread-ids.ts';

const suffix = '-again';

/**
 * Begins a run anew that a lost process had begun, and nothing of which had happened: whoever wrote the message has been
 * told that it was received. Once: what ends a process twice is not tried a third time. False where it may not be.
 */
export async function startAgain(deps: HandlerDeps, answer: SlackAnswerRecord): Promise<boolean> {
  const { organizationId, connectionId, conversationId, slackUserId, channelId, threadTs } = answer;
  const run = await deps.storedRuns.find(organizationId, answer.runId);
  const workspace = await deps.workspaces.byConnection(organizationId, connectionId);
  const asked = run === null ? null : await messageBefore(deps, answer, run.messageId);
  if (run === null || workspace === null || asked === null || asked.id.endsWith(suffix)) return false;
  const { persona } = await namedPersona(deps, organizationId, run.personaId);
  const actor = persona === null ? null : await actorOf(deps, workspace, { persona, slackUserId });
  if (persona === null || actor === null || typeof actor === 'string') return false;
  try {
    const again = await deps.runs.start({
      actor,
      channel: 'slack',
      place: connectionId,
      ownerId: ownerIdOf(answer),
      conversationId,
      personaId: persona.id,
      messageId: `${asked.id}${suffix}`,
      text: textOf(asked),
    });
    const about = { organizationId, conversationId, connectionId, channelId, threadTs, slackUserId };
    await deps.answers.begin(again, { ...about, requester: actor, personaName: persona.name });
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // It was begun anew before, by a process that did not come to say so.
    if (error.code === 'DUPLICATE_MESSAGE') return true;
    if (error.code === 'CONVERSATION_BUSY' || error.status >= 500) throw error;
    return false;
  }
}

/** What the person wrote that the answer answers. */
async function messageBefore(
  { conversations }: HandlerDeps,
  { organizationId, conversationId }: SlackAnswerRecord,
  answerId: string,
): Promise<StoredMessage | null> {
  const messages = await conversations.messages(organizationId, conversationId);
  const at = messages.findIndex(({ id }) => id === answerId);
  return messages.slice(0, Math.max(at, 0)).findLast(({ role }) => role === 'user') ?? null;
}

function textOf({ parts }: StoredMessage): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
