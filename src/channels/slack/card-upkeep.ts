import type { ApprovalFeed } from '#agent/approvals/approval-feed.ts';
import type { SlackCardRepository } from '#db/repositories/slack-cards.ts';
import type { Logger } from '#log';
import type { SlackCards } from './ports.ts';

export interface SlackCardUpkeepDeps {
  readonly cards: Pick<SlackCards, 'refresh'>;
  readonly rows: Pick<SlackCardRepository, 'organizationsAsked'>;
  readonly feed: Pick<ApprovalFeed, 'listen'>;
  readonly log: Logger;
  /** Calls `look` again and again until it is stopped. */
  readonly repeat?: (look: () => void) => { stop(): void };
}

/**
 * Keeps cards up to date with what is decided anywhere: at once where this process hears of it, and within seconds of what
 * another has done, also of what was decided while none ran.
 */
export function startSlackCardUpkeep(deps: SlackCardUpkeepDeps): { stop(): Promise<void> } {
  const { log, repeat = everyFewSeconds } = deps;
  const listening = createListening(deps, () => look());
  let isStopped = false;
  let isBusy = false;
  let isWanted = false;
  let working: Promise<void> = Promise.resolve();

  async function refresh(): Promise<void> {
    while (isWanted && !isStopped) {
      isWanted = false;
      await deps.cards.refresh();
      await listening.follow();
    }
  }

  function look(): void {
    isWanted = true;
    if (isBusy || isStopped) return;
    isBusy = true;
    working = refresh()
      .catch((error: unknown) => log.warn({ err: error }, 'cards in Slack could not be looked at; looking again'))
      .finally(() => {
        isBusy = false;
      });
  }

  const repeating = repeat(look);
  look();
  return {
    async stop() {
      isStopped = true;
      repeating.stop();
      listening.stop();
      await working;
    },
  };
}

/** Hears of changes in every organization that waits for a decision in Slack. */
function createListening({ rows, feed }: SlackCardUpkeepDeps, changed: () => void) {
  const heard = new Map<string, () => void>();
  const leave = (organizationId: string) => {
    heard.get(organizationId)?.();
    heard.delete(organizationId);
  };
  return {
    async follow(): Promise<void> {
      const asked = new Set(await rows.organizationsAsked());
      for (const organizationId of heard.keys()) if (!asked.has(organizationId)) leave(organizationId);
      for (const organizationId of asked) {
        if (heard.has(organizationId)) continue;
        heard.set(organizationId, await feed.listen(organizationId, { changed, closed: () => undefined }));
      }
    },
    stop(): void {
      for (const organizationId of heard.keys()) leave(organizationId);
    },
  };
}

function everyFewSeconds(look: () => void): { stop(): void } {
  const timer = setInterval(look, 2_000);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
