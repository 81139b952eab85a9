import type { Checkpoint } from '#agent/checkpoint.ts';
import { replayAnswer } from '#agent/replay-answer.ts';
import type { RunEvent } from '#agent/run-events.ts';
import type { StoredMessage } from '#agent/stored-message.ts';
import type { Actor } from '#auth/actor.ts';
import type { RunRecord, RunRepository } from '#db/repositories/runs.ts';
import type { SlackAnswerRecord } from '#db/repositories/slack-answers.ts';

export interface StoredRunsDeps {
  readonly runs: Pick<RunRepository, 'find'>;
  readonly conversations: {
    message(key: {
      readonly organizationId: string;
      readonly conversationId: string;
      readonly id: string;
    }): Promise<StoredMessage | null>;
  };
}

/** What is stored of the runs that are told in Slack. */
export interface StoredRuns {
  /**
   * All that a run has told that is not at work. `busy`: it is at work, or waits and was told so; `gone`: it is not there
   * any more.
   */
  told(answer: SlackAnswerRecord): Promise<ToldRun | 'busy' | 'gone'>;
  /** How many parts a run's answer has. */
  parts(answer: SlackAnswerRecord): Promise<number>;
}

export interface ToldRun {
  readonly events: readonly RunEvent[];
  /** It was ended because its process was lost, before anything of it had happened. */
  readonly isUntouched: boolean;
  /** Null where it is not known any more, which is where nobody is asked. */
  readonly requester: Actor | null;
}

export function createStoredRuns({ runs, conversations }: StoredRunsDeps): StoredRuns {
  const answerOf = ({ organizationId, conversationId, messageId: id }: RunRecord) =>
    conversations.message({ organizationId, conversationId, id });
  return {
    async told(answer) {
      const run = await runs.find(answer.organizationId, answer.runId);
      if (run === null) return 'gone';
      const isTold = run.status === 'waiting' && answer.processId === null;
      if (run.status === 'running' || isTold) return 'busy';
      const message = await answerOf(run);
      const events = message === null ? [] : replayAnswer(message);
      const checkpoint = run.checkpoint as Partial<Checkpoint> | null;
      return {
        events: [...events, lastEventOf(run, message)],
        isUntouched: run.status === 'interrupted' && run.steps === 0 && (message?.parts ?? []).length === 0,
        requester: checkpoint?.actor ?? null,
      };
    },
    async parts(answer) {
      const run = await runs.find(answer.organizationId, answer.runId);
      return run === null ? 0 : ((await answerOf(run))?.parts.length ?? 0);
    },
  };
}

function lastEventOf(run: RunRecord, message: StoredMessage | null): RunEvent {
  const { status, notice, steps, inputTokens, outputTokens } = run;
  const usage = { inputTokens, outputTokens };
  if (status === 'waiting' || status === 'running') {
    return { type: 'run-waiting', approvals: message?.metadata?.waitingFor ?? [], usage };
  }
  const fault = notice === null ? null : { code: message?.metadata?.code ?? ('INTERNAL' as const), message: notice };
  return { type: 'run-finished', status, fault, usage, steps };
}
