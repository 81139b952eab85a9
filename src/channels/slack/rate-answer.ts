import type { Rating } from './feedback-block.ts';
import type { HandlerDeps } from './handler-deps.ts';
import type { SlackWorkspace } from './ports.ts';

/** Records what somebody thinks of an answer. False where there is no such answer in this workspace. */
export async function rateAnswer(
  { storedRuns, people, audit }: HandlerDeps,
  workspace: SlackWorkspace,
  { runId, rating, slackUserId }: { readonly runId: string; readonly rating: Rating; readonly slackUserId: string },
): Promise<boolean> {
  const { organizationId, connectionId } = workspace;
  const run = await storedRuns.find(organizationId, runId);
  if (run === null || run.channel !== 'slack' || run.place !== connectionId) return false;
  const actor = (await people.memberOf(workspace, slackUserId)) ?? (await people.guestOf(workspace, slackUserId));
  await audit.append({
    organizationId,
    action: 'answer.rated',
    actorKind: actor.kind,
    actorId: actor.id,
    connectionId,
    personaId: run.personaId,
    personaVersion: run.personaVersion,
    channel: 'slack',
    conversationId: run.conversationId,
    runId,
    callId: null,
    tool: null,
    code: null,
    durationMs: null,
    credits: 0,
    body: { details: { rating } },
  });
  return true;
}
