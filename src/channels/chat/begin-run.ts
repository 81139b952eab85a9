import type { RunService, StartRun } from '#agent/run-service.ts';
import { AppError } from '#errors';
import { type ReadableRun, type RunReading, readRun, type StoredRun } from './read-run.ts';

export interface RunBeginning extends RunReading {
  readonly runs: Pick<RunService, 'active' | 'start'>;
  readonly stored: RunReading['stored'] & {
    answering(message: {
      readonly organizationId: string;
      readonly conversationId: string;
      readonly id: string;
    }): Promise<StoredRun | null>;
  };
}

/**
 * Starts a run, or joins the one that its message has started before, whoever sent that and in whichever process: a
 * message has one run. `isRepeated`: whether it was surely sent before. Reading a joined run stops with the signal.
 */
export async function beginRun(
  deps: RunBeginning,
  request: StartRun & { readonly isRepeated: boolean },
  signal: AbortSignal,
): Promise<ReadableRun & { readonly isJoined: boolean }> {
  const { isRepeated, ...start } = request;
  const known = isRepeated ? await findRun(deps, start) : null;
  if (known !== null) return joined(readRun(deps, known, signal), true);
  try {
    return joined(await deps.runs.start(start), false);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'DUPLICATE_MESSAGE') throw error;
    const run = await findRun(deps, start);
    if (run === null) throw error;
    return joined(readRun(deps, run, signal), true);
  }
}

function findRun({ stored }: RunBeginning, { actor, conversationId, messageId }: StartRun): Promise<StoredRun | null> {
  return stored.answering({ organizationId: actor.organizationId, conversationId, id: messageId });
}

function joined({ runId, conversationId, subscribe }: ReadableRun, isJoined: boolean) {
  return { runId, conversationId, subscribe, isJoined };
}
