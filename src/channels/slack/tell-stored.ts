import type { SlackAnswerRecord } from '#db/repositories/slack-answers.ts';
import type { AnswerDeps, Listen } from './answer-deps.ts';
import { createAnswerPieces, type Posted } from './answer-pieces.ts';
import { lettersShown } from './letters.ts';
import { endRemains } from './remains.ts';
import type { ToldRun } from './stored-runs.ts';
import { textIn } from './stream-calls.ts';
import { type Keep, tellSitting } from './tell-sitting.ts';
import type { Thread } from './thread.ts';

/**
 * Tells what is stored of a run that is not at work: what is missing of it in its thread, and how it ended. One that a
 * lost process had begun and nothing of which has happened is begun anew.
 */
export async function tellStored(deps: AnswerDeps, answer: SlackAnswerRecord, signal: AbortSignal): Promise<void> {
  const { rows, processId, stored } = deps;
  const told = await stored.told(answer);
  if (told === 'busy') return;
  const taken = await rows.take(answer, processId);
  if (taken === null) return;
  if (told === 'gone') {
    await rows.change({ ...taken, processId }, { status: 'posted', processId: null });
    return;
  }
  await tellSitting(deps, {
    answer: taken,
    asked: { requester: told.requester, personaName: '' },
    listen: listenTo(told),
    isLive: false,
    signal,
    async prepare(thread, keep) {
      // Of one that nobody had in hand nothing is half written.
      const posted =
        answer.processId === null ? bare(taken) : await lookAt(thread, { answer: taken, told, signal, keep });
      const isUntold = posted.parts === 0 && posted.letters === 0 && posted.isBare;
      return told.isUntouched && isUntold && (await deps.startAgain(taken)) ? null : posted;
    },
  });
}

function listenTo({ events }: ToldRun): Listen {
  return (listener) => {
    for (const event of events) listener(event, true);
  };
}

/** `isBare`: nothing stands there that is not counted. */
type Seen = Posted & { readonly isBare: boolean };

function bare({ postedParts }: SlackAnswerRecord): Seen {
  return { parts: postedParts, letters: 0, isBare: true };
}

interface Look {
  readonly answer: SlackAnswerRecord;
  readonly told: ToldRun;
  readonly signal: AbortSignal;
  readonly keep: Keep;
}

/** What a lost process has written stays where it is a part of the answer, or goes further; else it makes place. */
async function lookAt(thread: Thread, { answer, told, signal, keep }: Look): Promise<Seen> {
  const parts = answer.postedParts;
  const remains = await endRemains(thread, answer, signal);
  const shown = remains.map(({ text }) => text).join('\n');
  const letters = lettersShown(textOf(told, parts), shown);
  if (letters === null) for (const { ts } of remains) await thread.remove(ts);
  await keep({ messageTs: null, controlTs: null });
  return { parts, letters: letters ?? 0, isBare: letters === null || shown === '' };
}

/** All text of the answer from that part on, as it would be posted. */
function textOf(told: ToldRun, parts: number): string {
  const pieces = createAnswerPieces({ parts, letters: 0 }, () => '');
  for (const event of told.events) pieces.take(event, true);
  pieces.cutOff('error');
  let text = '';
  while (!pieces.isEmpty()) text += textIn(pieces.next());
  return text;
}
