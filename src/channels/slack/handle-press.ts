import { stopAction } from './answer-control.ts';
import type { PressBody } from './delivery.ts';
import { feedbackAction, readRating } from './feedback-block.ts';
import type { HandlerDeps } from './handler-deps.ts';
import type { Outcome } from './inbox.ts';
import type { SlackWorkspace } from './ports.ts';
import { rateAnswer } from './rate-answer.ts';
import { stopAnswer } from './stop-answer.ts';

const done: Outcome = { type: 'done' };

/** A button was pressed: one of an answer, or one of a card. */
export async function handlePress(deps: HandlerDeps, workspace: SlackWorkspace, body: PressBody): Promise<Outcome> {
  for (const press of body.presses) {
    const outcome = await handleOne(deps, workspace, { ...body, ...press });
    if (outcome.type === 'later') return outcome;
  }
  return done;
}

type OnePress = PressBody & PressBody['presses'][number];

async function handleOne(deps: HandlerDeps, workspace: SlackWorkspace, press: OnePress): Promise<Outcome> {
  if (press.actionId === stopAction) return handleStop(deps, workspace, press);
  if (press.actionId === feedbackAction) return handleRating(deps, workspace, press);
  const { slackUserId, channelId, messageTs, threadTs, actionId, value, responseUrl } = press;
  const actor = await deps.people.memberOf(workspace, slackUserId);
  await deps.cards.pressed(
    { workspace, slackUserId, channelId, messageTs, threadTs, actionId, value, responseUrl },
    actor,
  );
  return done;
}

async function handleStop(deps: HandlerDeps, workspace: SlackWorkspace, press: OnePress): Promise<Outcome> {
  const { value: runId, slackUserId } = press;
  const stopping = await stopAnswer(deps, workspace, { runId, slackUserId });
  if (stopping.type === 'elsewhere') return { type: 'later', to: stopping.processId };
  if (stopping.type === 'forbidden') {
    const words = 'Only the person who asked for this answer, owners and admins can stop it.';
    await deps.tellPerson({ ...press, workspace }, words);
  }
  return done;
}

async function handleRating(deps: HandlerDeps, workspace: SlackWorkspace, press: OnePress): Promise<Outcome> {
  const rated = readRating(press.value);
  if (rated === null) return done;
  const isKnown = await rateAnswer(deps, workspace, { ...rated, slackUserId: press.slackUserId });
  if (isKnown)
    await deps.tellPerson({ ...press, workspace }, 'Thank you. Whoever looks after this persona can see it.');
  return done;
}
