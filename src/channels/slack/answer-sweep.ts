import type { Processes } from '#agent/processes.ts';
import type { SlackAnswerRepository } from '#db/repositories/slack-answers.ts';
import type { Answers } from './answers.ts';

export interface AnswerSweepDeps {
  readonly rows: Pick<SlackAnswerRepository, 'holders' | 'listAbandoned' | 'find'>;
  readonly answers: Pick<Answers, 'dropped' | 'tellStored'>;
  readonly processes: Pick<Processes, 'id' | 'lostAmong'>;
  readonly clock: () => Date;
}

/** So long an answer is left to whoever has just touched it. */
const untouchedMs = 2_000;
const mostAtOnce = 20;

/** Tells what lost processes have left behind, and what this one could not tell. Any number of processes may do it. */
export async function sweepAnswers({ rows, answers, processes, clock }: AnswerSweepDeps): Promise<void> {
  for (const key of answers.dropped()) {
    const answer = await rows.find(key);
    if (answer?.status === 'open' && answer.processId === processes.id) await answers.tellStored(answer);
  }
  const others = (await rows.holders()).filter((id) => id !== processes.id);
  const lost = [...(await processes.lostAmong(others))];
  const untouchedSince = new Date(clock().getTime() - untouchedMs);
  const abandoned = await rows.listAbandoned({ lost, untouchedSince, limit: mostAtOnce });
  await Promise.all(abandoned.map((answer) => answers.tellStored(answer)));
}
