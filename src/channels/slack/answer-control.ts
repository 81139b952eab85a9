import type { Logger } from '#log';
import { safeLine } from './safe-text.ts';
import type { Thread } from './thread.ts';

export const stopAction = 'persona_stop';
/** What it ends with, and so is known by. */
export const controlWords = 'is working on this.';

/** A small message with the stop button, as long as an answer is being written. */
export interface AnswerControl {
  /** Takes it away again. Never rejects. */
  end(): Promise<void>;
}

export interface AnswerControlDeps {
  readonly thread: Thread;
  readonly runId: string;
  readonly personaName: string;
  readonly log: Logger;
  readonly shown: (ts: string | null) => Promise<void>;
}

/** Whoever is answered at once needs no button. */
const showAfterMs = 800;

export function showControl({ thread, runId, personaName, log, shown }: AnswerControlDeps): AnswerControl {
  let ts: string | null = null;
  let posting: Promise<void> = Promise.resolve();
  const post = async () => {
    ts = await thread.post(controlPost(runId, personaName));
    await shown(ts);
  };
  const timer = setTimeout(() => {
    posting = post().catch((error: unknown) => log.warn({ err: error, runId }, 'the stop button could not be shown'));
  }, showAfterMs);
  return {
    async end() {
      clearTimeout(timer);
      await posting;
      if (ts === null) return;
      try {
        await thread.remove(ts);
        await shown(null);
      } catch (error) {
        log.warn({ err: error, runId }, 'the stop button could not be taken away');
      }
    },
  };
}

function controlPost(runId: string, personaName: string) {
  const text = `${safeLine(personaName, 60)} ${controlWords}`;
  return {
    text,
    blocks: [
      {
        type: 'section' as const,
        text: { type: 'mrkdwn' as const, text },
        accessory: {
          type: 'button' as const,
          action_id: stopAction,
          value: runId,
          text: { type: 'plain_text' as const, text: 'Stop' },
        },
      },
    ],
  };
}
