import type { LiveRun } from '#agent/live-run.ts';
import type { RunService } from '#agent/run-service.ts';
import type { WidgetRepository } from '#db/repositories/widgets.ts';
import type { Logger } from '#log';

export interface SwitchedOffDeps {
  readonly runs: Pick<RunService, 'watch'>;
  readonly widgets: Pick<WidgetRepository, 'findPublic'>;
  readonly log: Logger;
  /** Calls `look` again and again until it is stopped. */
  readonly repeat?: (look: () => void) => { stop(): void };
}

/**
 * Stops answers in widgets within about a second of the widget being switched off or deleted, by whichever process. While
 * nothing is answered in widgets, nothing is asked. Answers how to leave.
 */
export function stopSwitchedOff({ runs, widgets, log, repeat = everySecond }: SwitchedOffDeps): () => void {
  const atWork = new Map<LiveRun, string>();
  let looking: { stop(): void } | null = null;

  const rest = () => {
    looking?.stop();
    looking = null;
  };
  const look = async () => {
    for (const place of new Set(atWork.values())) {
      if ((await widgets.findPublic(place))?.isOn === true) continue;
      for (const [run, where] of atWork) if (where === place) run.stop('stopped');
    }
  };
  const lookOrTell = () => {
    look().catch((error: unknown) => log.warn({ err: error }, 'widgets could not be looked at; looking again'));
  };
  const leave = runs.watch((run, { channel, place }) => {
    if (channel !== 'widget' || place === null) return;
    atWork.set(run, place);
    looking ??= repeat(lookOrTell);
    void run.done.then(() => {
      atWork.delete(run);
      if (atWork.size === 0) rest();
    });
  });
  return () => {
    leave();
    rest();
  };
}

function everySecond(look: () => void): { stop(): void } {
  const timer = setInterval(look, 1_000);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
