import { randomUUID } from 'node:crypto';
import type { StoredMessage } from '#agent/stored-message.ts';
import type { Actor } from '#auth/actor.ts';
import { AppError } from '#errors';
import type { Job, StartJob } from './job.ts';
import type { JobDefinition } from './job-definition.ts';
import type { JobRunRows, JobTrial, JobTrials } from './job-ports.ts';
import { conversationOf } from './run-request.ts';
import { trialCause } from './trial-rights.ts';

export interface TrialDeps {
  readonly startJob: StartJob;
  readonly runs: Pick<JobRunRows, 'find'>;
  readonly messages: (organizationId: string, conversationId: string) => Promise<readonly StoredMessage[]>;
  readonly clock: () => Date;
}

/** Runs of definitions that are stored nowhere: worked like those of jobs, for whoever tries them. */
export function createJobTrials(deps: TrialDeps): JobTrials {
  return {
    async start(actor, { definition, payload }) {
      const causeKey = trialCause(randomUUID(), actor.keyScopes);
      const job = nobodysJob(actor, definition, deps.clock());
      const run = await deps.startJob(job, { cause: 'trial', causeKey, payload, startedBy: actor.id });
      if (run === null) throw new AppError('CONFLICT', 'The trial could not be started. Try again.');
      return run;
    },
    async find(actor, id) {
      const run = await deps.runs.find({ organizationId: actor.organizationId, id });
      if (run === null || !run.trial || run.startedBy !== actor.id) return null;
      const messages = await deps.messages(actor.organizationId, conversationOf(run));
      const answers = messages.filter(({ role }) => role === 'assistant');
      return {
        run,
        answer: run.endedAt === null ? null : textOf(answers.at(-1)),
        wouldChange: answers.flatMap(plansOf),
      };
    },
  };
}

function nobodysJob(actor: Actor, definition: JobDefinition, at: Date): Job {
  return {
    organizationId: actor.organizationId,
    id: `trial-${randomUUID()}`,
    ownerId: actor.id,
    keyScopes: actor.keyScopes,
    definition,
    status: 'active',
    pausedReason: null,
    revision: 1,
    file: null,
    nextAt: null,
    hookVersion: null,
    hookOverlapUntil: null,
    drift: [],
    createdBy: actor.id,
    createdAt: at,
    updatedAt: at,
  };
}

function textOf(message: StoredMessage | undefined): string | null {
  const texts = message?.parts.flatMap((part) => (part.type === 'text' && part.text.trim() !== '' ? [part.text] : []));
  return texts === undefined || texts.length === 0 ? null : texts.join('\n\n');
}

/** What the guard has answered in place of changing something. */
function plansOf({ parts }: StoredMessage): JobTrial['wouldChange'] {
  return parts.flatMap((part) => {
    if (!('toolCallId' in part) || part.state !== 'output-available') return [];
    const output = part.output as { readonly trial?: unknown; readonly wouldDo?: unknown } | null;
    if (output?.trial !== true || typeof output.wouldDo !== 'string') return [];
    return [{ tool: part.type.slice('tool-'.length), summary: output.wouldDo }];
  });
}
