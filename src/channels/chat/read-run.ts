import { setTimeout as delay } from 'node:timers/promises';
import { createMessageBuilder } from '#agent/build-message.ts';
import { createLiveRun, type LiveRun, type LiveRunControl } from '#agent/live-run.ts';
import { replayAnswer } from '#agent/replay-answer.ts';
import { isLast, type RunEvent, type RunStatus } from '#agent/run-events.ts';
import type { RunService } from '#agent/run-service.ts';
import type { StoredMessage } from '#agent/stored-message.ts';
import type { Logger } from '#log';

/** A run as it is stored. */
export interface StoredRun {
  readonly id: string;
  readonly organizationId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly personaId: string;
  readonly personaVersion: string;
  readonly model: string;
  readonly actorId: string;
  readonly status: RunStatus;
  readonly notice: string | null;
  readonly steps: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

/** What a run can be read through, in whichever process it is at work. */
export interface RunReading {
  readonly runs: Pick<RunService, 'active'>;
  readonly stored: { find(organizationId: string, id: string): Promise<StoredRun | null> };
  readonly conversations: {
    message(key: {
      readonly organizationId: string;
      readonly conversationId: string;
      readonly id: string;
    }): Promise<StoredMessage | null>;
  };
  readonly log: Logger;
}

export type ReadableRun = Pick<LiveRun, 'runId' | 'conversationId' | 'subscribe'>;

const pollMs = 300;

/**
 * Tells a run from its beginning until it ends or waits for a person. One that is at work in another process is told
 * once it has come that far. Reading it stops with the signal.
 */
export function readRun(reading: RunReading, run: StoredRun, signal: AbortSignal): ReadableRun {
  const live = liveOf(reading, run);
  if (live !== null) return live;
  const told = createLiveRun(run.id, run.conversationId);
  void follow(reading, run, { told, signal });
  return told;
}

/** The run's answer as far as this process knows it; null before there is any. */
export async function answerOf(reading: RunReading, run: StoredRun): Promise<StoredMessage | null> {
  const live = run.status === 'running' ? liveOf(reading, run) : null;
  if (live === null) return storedAnswer(reading, run);
  const builder = createMessageBuilder(run.messageId);
  live.subscribe(builder.take)();
  return builder.message();
}

/** Waits for the run's end, or until it waits for a person; at most so long, and only while the signal lets it. */
export function whenOver(run: ReadableRun, { ms, signal }: { ms: number; signal: AbortSignal }): Promise<void> {
  return new Promise((resolve) => {
    let leave = () => {};
    let isOver = false;
    const stop = () => {
      isOver = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      leave();
      resolve();
    };
    const timer = setTimeout(stop, ms);
    signal.addEventListener('abort', stop);
    leave = run.subscribe((event) => {
      if (isLast(event)) stop();
    });
    if (isOver) leave();
    else if (signal.aborted) stop();
  });
}

function liveOf({ runs }: RunReading, { id, organizationId, actorId, conversationId }: StoredRun): LiveRun | null {
  const live = runs.active({ organizationId, id: actorId }, conversationId);
  return live?.runId === id ? live : null;
}

function storedAnswer({ conversations }: RunReading, run: StoredRun): Promise<StoredMessage | null> {
  const { organizationId, conversationId, messageId: id } = run;
  return conversations.message({ organizationId, conversationId, id });
}

interface Following {
  readonly told: LiveRunControl;
  readonly signal: AbortSignal;
}

async function follow(reading: RunReading, run: StoredRun, following: Following): Promise<void> {
  const { signal } = following;
  while (!signal.aborted) {
    try {
      if (await isTold(reading, run, following)) return;
      await delay(pollMs, undefined, { signal });
    } catch (error) {
      if (signal.aborted) return;
      reading.log.warn({ err: error, runId: run.id }, 'a run could not be read; it is tried again');
      await delay(pollMs * 10, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Tells all of a run that is not at work any more, or joins it where it has come to this process meanwhile. */
async function isTold(reading: RunReading, run: StoredRun, following: Following): Promise<boolean> {
  const live = liveOf(reading, run);
  if (live !== null) {
    passOn(live, following);
    return true;
  }
  const now = await reading.stored.find(run.organizationId, run.id);
  if (now === null || now.status === 'running') return false;
  for (const event of eventsOf(now, await storedAnswer(reading, now))) following.told.emit(event);
  return true;
}

function passOn(live: LiveRun, { told, signal }: Following): void {
  const leave = live.subscribe(told.emit);
  signal.addEventListener('abort', leave, { once: true });
}

/** All that a run has told that is not at work. */
function eventsOf(run: StoredRun, answer: StoredMessage | null): RunEvent[] {
  const { id: runId, messageId, personaVersion, model } = run;
  const told = answer === null ? [] : [...replayAnswer(answer), ...questionsIn(answer)];
  return [{ type: 'run-started', runId, messageId, personaVersion, model }, ...told, lastEventOf(run, answer)];
}

function questionsIn({ parts }: StoredMessage): RunEvent[] {
  return parts.flatMap((part): RunEvent[] => {
    if (!('toolCallId' in part) || part.state !== 'approval-requested') return [];
    const { toolCallId: callId, type, approval } = part;
    return [{ type: 'call-waiting', callId, tool: type.slice('tool-'.length), approvalId: approval.id }];
  });
}

function lastEventOf(run: StoredRun, answer: StoredMessage | null): RunEvent {
  const { inputTokens, outputTokens, status, steps, notice } = run;
  const usage = { inputTokens, outputTokens };
  if (status === 'waiting' || status === 'running') {
    return { type: 'run-waiting', approvals: answer?.metadata?.waitingFor ?? [], usage };
  }
  const fault = notice === null ? null : { code: answer?.metadata?.code ?? ('INTERNAL' as const), message: notice };
  return { type: 'run-finished', status, fault, usage, steps };
}
