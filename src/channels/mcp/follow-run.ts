import { setTimeout as delay } from 'node:timers/promises';
import type { RunEvent } from '#agent/run-events.ts';
import type { RunService } from '#agent/run-service.ts';
import type { Actor } from '#auth/actor.ts';
import { type RunReading, readRun, type StoredRun, whenOver } from '#channels/chat/read-run.ts';
import type { RunView } from '#channels/http/contract/messages.ts';
import { viewRun } from '#channels/http/routes/messages/get-run.ts';

const decisionPollMs = 300;

export interface Following {
  readonly actor: Actor;
  readonly runId: string;
  readonly waitMs: number;
  /** Ends the waiting, not the run. */
  readonly signal: AbortSignal;
  readonly take: (event: RunEvent) => void;
  /** Whether a run that waits has done all that was wanted of it. */
  readonly isEnough: (view: RunView) => boolean;
}

/**
 * Waits until a run has ended, in whichever process it works and whoever it waits for meanwhile, and answers it as it is
 * then, or as it is once the time is up. Throws AppError NOT_FOUND for a run that is not the actor's.
 */
export async function followRun(deps: RunReading, following: Following): Promise<RunView> {
  const { actor, runId, waitMs, signal, isEnough } = following;
  const until = Date.now() + waitMs;
  for (;;) {
    const run = await deps.stored.find(actor.organizationId, runId);
    const ms = until - Date.now();
    const isFollowed = run?.actorId === actor.id && isOpen(run) && ms > 0 && !signal.aborted;
    if (isFollowed && run.status === 'running') {
      await followWork(deps, run, { ...following, ms });
      continue;
    }
    const view = await viewRun(deps, actor, runId);
    if (!isFollowed || isEnough(view)) return view;
    await delay(Math.min(ms, decisionPollMs), undefined, { signal }).catch(() => undefined);
  }
}

function isOpen({ status }: StoredRun): boolean {
  return status === 'running' || status === 'waiting';
}

async function followWork(
  deps: RunReading,
  run: StoredRun,
  { ms, signal, take }: Pick<Following, 'signal' | 'take'> & { readonly ms: number },
): Promise<void> {
  const left = new AbortController();
  const readable = readRun(deps, run, left.signal);
  const leave = readable.subscribe(take);
  await whenOver(readable, { ms, signal });
  leave();
  left.abort();
}

/** Ends a run on behalf of whoever asked for it, whether it works or waits. */
export async function stopRun(
  runs: Pick<RunService, 'active' | 'stopWaiting'>,
  actor: Actor,
  run: Pick<StoredRun, 'id' | 'conversationId'>,
): Promise<void> {
  const stopActive = () => {
    const live = runs.active(actor, run.conversationId);
    if (live?.runId !== run.id) return false;
    live.stop('stopped');
    return true;
  };
  if (stopActive()) return;
  // Somebody may have decided meanwhile, and it has gone on.
  if (!(await runs.stopWaiting(actor, run.conversationId))) stopActive();
}
