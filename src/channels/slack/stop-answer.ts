import type { Actor } from '#auth/actor.ts';
import { may } from '#auth/permissions.ts';
import type { RunRecord } from '#db/repositories/runs.ts';
import type { SlackAnswerRecord } from '#db/repositories/slack-answers.ts';
import type { HandlerDeps } from './handler-deps.ts';
import type { SlackWorkspace } from './ports.ts';
import { ownerIdOf } from './thread-ids.ts';

export type Stopping =
  | { readonly type: 'stopped' | 'over' | 'forbidden' }
  /** It is at work in that process, which alone can stop it. */
  | { readonly type: 'elsewhere'; readonly processId: string };

/** Stops a run: for whoever has asked for it, and for members who manage approvals. */
export async function stopAnswer(
  deps: HandlerDeps,
  workspace: SlackWorkspace,
  { runId, slackUserId }: { readonly runId: string; readonly slackUserId: string },
): Promise<Stopping> {
  const { organizationId, connectionId } = workspace;
  const [run, answer] = await Promise.all([
    deps.storedRuns.find(organizationId, runId),
    deps.answerRows.find({ organizationId, runId }),
  ]);
  if (run === null || answer?.connectionId !== connectionId) return { type: 'over' };
  if (run.status !== 'running' && run.status !== 'waiting') return { type: 'over' };
  const actor = await stopperOf(deps, workspace, { run, slackUserId });
  return actor === null ? { type: 'forbidden' } : stop(deps, { run, answer, actor });
}

async function stopperOf(
  { people }: HandlerDeps,
  workspace: SlackWorkspace,
  { run, slackUserId }: { readonly run: RunRecord; readonly slackUserId: string },
): Promise<Actor | null> {
  const actor = (await people.memberOf(workspace, slackUserId)) ?? (await people.guestOf(workspace, slackUserId));
  return actor.id === run.actorId || may(actor, 'approvals:manage') ? actor : null;
}

interface Stop {
  readonly run: RunRecord;
  readonly answer: SlackAnswerRecord;
  readonly actor: Actor;
}

async function stop(deps: HandlerDeps, { run, answer, actor }: Stop): Promise<Stopping> {
  const { organizationId, conversationId } = answer;
  const ownerId = ownerIdOf(answer);
  const live = deps.runs.active({ organizationId, id: ownerId }, conversationId);
  if (live?.runId === run.id) {
    live.stop('stopped');
    return { type: 'stopped' };
  }
  if (run.status === 'waiting') {
    if (!(await deps.runs.stopWaiting(actor, conversationId, ownerId))) return { type: 'over' };
    await deps.answers.tellStored(answer);
    return { type: 'stopped' };
  }
  const { processId } = run;
  if (processId === null || processId === deps.processes.id) return { type: 'over' };
  return { type: 'elsewhere', processId };
}
