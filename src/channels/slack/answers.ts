import type { LiveRun } from '#agent/live-run.ts';
import type { RunEvent } from '#agent/run-events.ts';
import type { RunIdentity } from '#agent/run-identity.ts';
import type { RunService } from '#agent/run-service.ts';
import type { NewSlackAnswer, SlackAnswerKey, SlackAnswerRecord } from '#db/repositories/slack-answers.ts';
import type { AnswerDeps, Asked, Listen } from './answer-deps.ts';
import { endRemains } from './remains.ts';
import { type Keep, tellSitting } from './tell-sitting.ts';
import { tellStored } from './tell-stored.ts';
import type { Thread } from './thread.ts';

/** Tells runs in their threads, from their first event to their last, also those of lost processes. */
export interface Answers {
  /** A run was started for a message. Resolves once its answer is known to the database. */
  begin(run: LiveRun, about: Omit<NewSlackAnswer, 'processId' | 'runId'> & Asked): Promise<void>;
  /** A run that somebody else has started, and may not have come to tell. */
  adopt(answer: NewSlackAnswer): Promise<void>;
  /** From here on runs that go on after they have waited are told as well. */
  watch(runs: Pick<RunService, 'watch'>): void;
  /** Tells what is stored of a run that is not at work, and how it ended. Never rejects. */
  tellStored(answer: SlackAnswerRecord): Promise<void>;
  /** What could not be told when it was time. */
  dropped(): readonly SlackAnswerKey[];
  /** Lets what is being told end, but only for so long. */
  close(graceMs: number): Promise<void>;
}

export function createAnswers(deps: AnswerDeps): Answers {
  const { rows, processId } = deps;
  const hands = createHands(deps);
  let leave = () => {};

  const tell = (key: SlackAnswerKey, { asked, listen }: { readonly asked: Asked; readonly listen: Listen }) =>
    void hands.hold(key, async (signal) => {
      const found = await take(deps, key);
      if (found === null) return;
      const { answer, wasLeft } = found;
      const prepare = async (thread: Thread, keep: Keep) => {
        if (wasLeft) await takeAwayRemains(thread, { answer, signal, keep });
        return { parts: answer.postedParts, letters: 0 };
      };
      await tellSitting(deps, { answer, asked, listen, isLive: true, prepare, signal });
    });

  return {
    async begin(run, { requester, personaName, ...about }) {
      const { runId } = run;
      await rows.insert({ ...about, runId, processId });
      const listen: Listen = (listener) => void run.subscribe((event) => listener(event, false));
      tell({ organizationId: about.organizationId, runId }, { asked: { requester, personaName }, listen });
    },
    adopt: (answer) => rows.insert(answer),
    watch(runs) {
      leave = runs.watch((run, { actor, persona, channel }: RunIdentity, isResumed) => {
        if (channel !== 'slack' || !isResumed) return;
        const key = { organizationId: actor.organizationId, runId: run.runId };
        const asked = { requester: actor, personaName: persona.name };
        tell(key, { asked, listen: listenNow(run) });
      });
    },
    async tellStored(answer) {
      if (hands.isHeld(answer)) return;
      await hands.hold(answer, (signal) => tellStored(deps, answer, signal));
    },
    dropped: () => [...hands.dropped.values()],
    async close(graceMs) {
      leave();
      await hands.close(graceMs);
    },
  };
}

/** What a lost process had begun to write holds nothing that counts as posted, and is told anew. */
async function takeAwayRemains(
  thread: Thread,
  { answer, signal, keep }: { readonly answer: SlackAnswerRecord; readonly signal: AbortSignal; readonly keep: Keep },
): Promise<void> {
  for (const { ts } of await endRemains(thread, answer, signal)) await thread.remove(ts);
  await keep({ messageTs: null, controlTs: null });
}

/** What this process is telling: of one run one thing after the other. */
function createHands({ log }: Pick<AnswerDeps, 'log'>) {
  const working = new Map<string, Promise<void>>();
  const dropped = new Map<string, SlackAnswerKey>();
  const closing = new AbortController();
  const keyOf = ({ organizationId, runId }: SlackAnswerKey) => JSON.stringify([organizationId, runId]);

  async function work(key: SlackAnswerKey, before: Promise<void>, telling: (signal: AbortSignal) => Promise<void>) {
    await before;
    try {
      dropped.delete(keyOf(key));
      await telling(closing.signal);
    } catch (error) {
      const { organizationId, runId } = key;
      dropped.set(keyOf(key), { organizationId, runId });
      if (!closing.signal.aborted)
        log.error({ err: error, runId }, 'an answer could not be told in Slack; it is tried again');
    }
  }

  return {
    dropped,
    isHeld: (key: SlackAnswerKey) => working.has(keyOf(key)),
    hold(key: SlackAnswerKey, telling: (signal: AbortSignal) => Promise<void>): Promise<void> {
      const id = keyOf(key);
      const done: Promise<void> = work(key, working.get(id) ?? Promise.resolve(), telling).finally(() => {
        if (working.get(id) === done) working.delete(id);
      });
      working.set(id, done);
      return done;
    },
    async close(graceMs: number): Promise<void> {
      const timer = setTimeout(() => closing.abort(new Error('The service is shutting down.')), graceMs);
      while (working.size > 0) await Promise.all(working.values());
      clearTimeout(timer);
    },
  };
}

/** What a run that goes on tells in one breath with being taken up, it has told before. */
function listenNow(run: LiveRun): Listen {
  const told: { readonly event: RunEvent; readonly isKnown: boolean }[] = [];
  let listener: Parameters<Listen>[0] | null = null;
  let isKnown = true;
  queueMicrotask(() => {
    isKnown = false;
  });
  run.subscribe((event) => {
    if (listener === null) told.push({ event, isKnown });
    else listener(event, isKnown);
  });
  return (next) => {
    for (const { event, isKnown: wasKnown } of told) next(event, wasKnown);
    listener = next;
  };
}

const tries = 3;

interface Taken {
  readonly answer: SlackAnswerRecord;
  /** Another process had it in hand. */
  readonly wasLeft: boolean;
}

/** The run is here now, whoever else may be looking after what was left of its answer. */
async function take({ rows, processId }: AnswerDeps, key: SlackAnswerKey): Promise<Taken | null> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const seen = await rows.find(key);
    if (seen === null) return null;
    const answer = await rows.take(seen, processId);
    if (answer !== null) return { answer, wasLeft: seen.processId !== null && seen.processId !== processId };
  }
  return null;
}
