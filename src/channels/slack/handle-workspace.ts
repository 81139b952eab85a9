import type { EndedBody, HaltBody, HomeBody } from './delivery.ts';
import { personaOfChannel } from './find-persona.ts';
import type { HandlerDeps } from './handler-deps.ts';
import type { Outcome } from './inbox.ts';
import type { SlackWorkspace } from './ports.ts';
import { shorten } from './safe-text.ts';
import { faultOf, insist } from './slack-fault.ts';
import { stopAnswer } from './stop-answer.ts';
import { conversationIdOf, ownerIdOf } from './thread-ids.ts';

const done: Outcome = { type: 'done' };
/** Slack shows so many. */
const mostPrompts = 4;

/** Somebody has opened the app's messages: they are shown what the persona can be asked. */
export async function handleHome(deps: HandlerDeps, workspace: SlackWorkspace, body: HomeBody): Promise<Outcome> {
  const { persona } = await personaOfChannel(deps, workspace, body.channelId);
  const starters = persona?.starters.slice(0, mostPrompts) ?? [];
  if (persona === null || starters.length === 0) return done;
  const prompts = starters.map((message) => ({ title: shorten(message, 75), message }));
  // A thread must not be named: with one, Slack takes the call of an agent and does nothing.
  const suggestion = { channel_id: body.channelId, title: `Ask ${persona.name}`, prompts };
  const { threads } = deps.clients.of(workspace).assistant;
  try {
    await insist(() => threads.setSuggestedPrompts(suggestion), { isRepeatable: true, signal: deps.signal });
  } catch (error) {
    const fault = faultOf(error);
    if (fault.kind !== 'refused' && fault.kind !== 'over') throw error;
    deps.log.info({ code: fault.code }, 'Slack does not take suggested prompts');
  }
  return done;
}

/**
 * The app was taken out of the workspace, or its tokens were. Slack may tell so long after it was put there again: then the
 * token is taken, and nothing is over.
 */
export async function handleEnded(deps: HandlerDeps, workspace: SlackWorkspace, { why }: EndedBody): Promise<Outcome> {
  if (await isTokenTaken(deps, workspace)) {
    deps.log.warn(
      { why, connectionId: workspace.connectionId },
      'Slack tells that an app is gone whose token it takes',
    );
    return done;
  }
  await deps.workspaces.ended(workspace, why);
  return done;
}

async function isTokenTaken({ clients, signal }: HandlerDeps, workspace: SlackWorkspace): Promise<boolean> {
  try {
    await insist(() => clients.of(workspace).auth.test(), { isRepeatable: true, signal });
    return true;
  } catch (error) {
    if (faultOf(error).kind === 'over') return false;
    throw error;
  }
}

/** Slack's own stop button. It has stopped showing the answer already, whoever pressed it. */
export async function handleHalt(deps: HandlerDeps, workspace: SlackWorkspace, body: HaltBody): Promise<Outcome> {
  const { organizationId, connectionId } = workspace;
  const key = { connectionId, channelId: body.channelId, threadTs: body.threadTs };
  const owner = { organizationId, id: ownerIdOf(key) };
  const runId = (await deps.conversations.find(owner, conversationIdOf(key)))?.activeRunId ?? null;
  if (runId === null) return done;
  const stopping = await stopAnswer(deps, workspace, { runId, slackUserId: body.slackUserId });
  return stopping.type === 'elsewhere' ? { type: 'later', to: stopping.processId } : done;
}
