import type { SlackAnswerChange, SlackAnswerRecord } from '#db/repositories/slack-answers.ts';
import type { AnswerDeps, Asked, Listen } from './answer-deps.ts';
import type { Posted } from './answer-pieces.ts';
import { writeAnswer } from './answer-writer.ts';
import { faultOf, insist } from './slack-fault.ts';
import { openThread, type Thread } from './thread.ts';

export interface TellSitting {
  /** In this process's hands. */
  readonly answer: SlackAnswerRecord;
  readonly asked: Asked;
  readonly listen: Listen;
  readonly isLive: boolean;
  /** Looks what of it is there already; null where nothing is to be told any more. */
  readonly prepare: (thread: Thread, keep: Keep) => Promise<Posted | null>;
  readonly signal: AbortSignal;
}

/** Throws where the answer is another process's now. */
export type Keep = (change: SlackAnswerChange) => Promise<void>;

/** Tells one sitting of a run in its thread, and what follows from how it ended. */
export async function tellSitting(deps: AnswerDeps, sitting: TellSitting): Promise<void> {
  const { answer, signal } = sitting;
  const { organizationId, connectionId, channelId, threadTs, runId } = answer;
  const keep = keeperOf(deps, answer);
  const workspace = await deps.workspaces.byConnection(organizationId, connectionId);
  if (workspace === null) return keep(over);
  const place = { workspace, channelId, threadTs };
  const thread = openThread(deps.clients, place, signal);
  try {
    await tell(deps, sitting, { thread, keep });
  } catch (error) {
    const fault = faultOf(error);
    if (fault.kind !== 'over' && fault.kind !== 'refused') throw error;
    deps.log.warn({ runId, code: fault.code }, 'an answer cannot be told: Slack does not take it there');
    await keep(over);
  } finally {
    deps.onOver(place);
  }
}

const over = { status: 'posted', processId: null, messageTs: null } as const;

interface Telling {
  readonly thread: Thread;
  readonly keep: Keep;
}

async function tell(deps: AnswerDeps, sitting: TellSitting, { thread, keep }: Telling): Promise<void> {
  const { answer, asked, listen, isLive, signal } = sitting;
  const { runId, slackUserId } = answer;
  const posted = await sitting.prepare(thread, keep);
  if (posted === null) return keep(over);
  const last = await writeAnswer(
    { ...deps, thread, signal, keep },
    { runId, personaName: asked.personaName, slackUserId, posted, listen, isLive },
  );
  if (last.type !== 'run-waiting') return keep(over);
  // A step that was cut is told again from its beginning.
  await keep({ postedParts: await deps.stored.parts(answer) });
  const { requester } = asked;
  if (requester !== null) {
    const question = { approvalIds: last.approvals, requester };
    await insist(() => deps.cards.ask(thread.place, question), { isRepeatable: true, signal });
  }
  // Nobody has the answer in hand while its run waits.
  await keep({ processId: null });
}

function keeperOf({ rows, processId }: AnswerDeps, { organizationId, runId }: SlackAnswerRecord): Keep {
  return async (change) => {
    if (await rows.change({ organizationId, runId, processId }, change)) return;
    throw new Error('Another process tells this answer now.');
  };
}
