import type { SlackAnswerChange, SlackAnswerRecord } from '#db/repositories/slack-answers.ts';
import type { AnswerDeps, Asked, Listen } from './answer-deps.ts';
import { writeAnswer } from './answer-writer.ts';
import { faultOf, insist } from './slack-fault.ts';
import { openThread, type Thread } from './thread.ts';

export interface TellSitting {
  readonly answer: SlackAnswerRecord;
  readonly asked: Asked;
  readonly listen: Listen;
  readonly isLive: boolean;
  readonly signal: AbortSignal;
}

/** Tells one sitting of a run in its thread, and what follows from how it ended. */
export async function tellSitting(deps: AnswerDeps, sitting: TellSitting): Promise<void> {
  const { answer, asked, listen, isLive, signal } = sitting;
  const { organizationId, connectionId, channelId, threadTs, runId } = answer;
  const keep = keeperOf(deps, answer);
  const workspace = await deps.workspaces.byConnection(organizationId, connectionId);
  if (workspace === null) return keep({ status: 'posted', processId: null });
  const thread = openThread(deps.clients, { workspace, channelId, threadTs }, signal);
  try {
    await takeAwayRemains(thread, answer, keep);
    const { slackUserId, postedParts } = answer;
    const last = await writeAnswer(
      { thread, titleOf: deps.titleOf, signal, log: deps.log, keep },
      { runId, personaName: asked.personaName, slackUserId, postedParts, listen, isLive },
    );
    if (last.type === 'run-waiting') await waits(deps, { sitting, thread, approvalIds: last.approvals, keep });
    else await keep({ status: 'posted', processId: null, messageTs: null });
  } catch (error) {
    const fault = faultOf(error);
    if (fault.kind !== 'over' && fault.kind !== 'refused') throw error;
    deps.log.warn({ runId, code: fault.code }, 'an answer cannot be told: Slack does not take it there');
    await keep({ status: 'posted', processId: null, messageTs: null });
  } finally {
    deps.onOver(thread.place);
  }
}

type Keep = (change: SlackAnswerChange) => Promise<void>;

function keeperOf({ rows, processId }: AnswerDeps, { organizationId, runId }: SlackAnswerRecord): Keep {
  return async (change) => {
    if (await rows.change({ organizationId, runId, processId }, change)) return;
    throw new Error('Another process tells this answer now.');
  };
}

/** What a lost process had begun to write holds nothing that counts as posted: it is written anew. */
async function takeAwayRemains(thread: Thread, { messageTs, controlTs }: SlackAnswerRecord, keep: Keep): Promise<void> {
  if (messageTs !== null) {
    const { client, place } = thread;
    // While it is streamed it cannot be deleted.
    await client.chat.stopStream({ channel: place.channelId, ts: messageTs }).catch(() => undefined);
    await thread.remove(messageTs);
  }
  if (controlTs !== null) await thread.remove(controlTs);
  if (messageTs !== null || controlTs !== null) await keep({ messageTs: null, controlTs: null });
}

interface Waiting {
  readonly sitting: TellSitting;
  readonly thread: Thread;
  readonly approvalIds: readonly string[];
  readonly keep: Keep;
}

/** Nobody has the answer in hand while its run waits. */
async function waits(deps: AnswerDeps, { sitting, thread, approvalIds, keep }: Waiting): Promise<void> {
  const { answer, asked, signal } = sitting;
  const { requester } = asked;
  // A step that was cut is told again from its beginning.
  await keep({ postedParts: await deps.stored.parts(answer) });
  if (requester !== null) {
    await insist(() => deps.cards.ask(thread.place, { approvalIds, requester }), { isRepeatable: true, signal });
  }
  await keep({ processId: null });
}
