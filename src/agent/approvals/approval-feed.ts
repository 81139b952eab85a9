import { AsyncResource } from 'node:async_hooks';
import type { Logger } from '#log';

export interface FeedListener {
  /** Something of the organization's approvals may have changed. */
  changed(): void;
  /** Nothing more will come: the service is about to stop. */
  closed(): void;
}

/** Tells those who look at approvals when to look again, by whichever process something has changed. */
export interface ApprovalFeed {
  /** Whatever changes after this resolves is told within about a second. Answers how to leave. */
  listen(organizationId: string, listener: FeedListener): Promise<() => void>;
  /** Tells at once. To be called after the change was stored. */
  changed(organizationId: string): void;
  close(): void;
}

export interface ApprovalFeedDeps {
  /** Changes with everything that changes what of the organization waits. */
  readonly marker: (organizationId: string) => Promise<string>;
  readonly log: Logger;
  /** Calls `look` again and again until it is stopped. */
  readonly repeat?: (look: () => void) => { stop(): void };
}

interface Watched {
  readonly listeners: Set<FeedListener>;
  /** What was last seen in the database. */
  marker: string;
}

/** While nobody listens, nothing is asked. */
export function createApprovalFeed(deps: ApprovalFeedDeps): ApprovalFeed {
  const { marker, repeat = everySecond } = deps;
  const watched = new Map<string, Watched>();
  const look = createLook(deps, watched);
  let looking: { stop(): void } | null = null;
  let isClosed = false;

  const rest = () => {
    looking?.stop();
    looking = null;
  };

  function leave(organizationId: string, listener: FeedListener): void {
    const entry = watched.get(organizationId);
    entry?.listeners.delete(listener);
    if (entry?.listeners.size === 0) watched.delete(organizationId);
    if (watched.size === 0) rest();
  }

  return {
    async listen(organizationId, given) {
      // Before it is known to anybody: what changes from here on differs from this.
      const seen = await marker(organizationId);
      const listener = bind(given);
      if (isClosed) {
        listener.closed();
        return () => undefined;
      }
      const entry = watched.get(organizationId) ?? { listeners: new Set(), marker: seen };
      watched.set(organizationId, entry);
      entry.listeners.add(listener);
      looking ??= repeat(() => void look());
      return () => leave(organizationId, listener);
    },
    changed: (organizationId) => tell(watched.get(organizationId)),
    close() {
      isClosed = true;
      rest();
      for (const { listeners } of watched.values()) for (const listener of listeners) listener.closed();
      watched.clear();
    },
  };
}

function tell(entry: Watched | undefined): void {
  for (const listener of entry?.listeners ?? []) listener.changed();
}

/** Asks for every watched organization whether something has changed; one round at a time. */
function createLook({ marker, log }: ApprovalFeedDeps, watched: ReadonlyMap<string, Watched>): () => Promise<void> {
  let isBusy = false;
  return async () => {
    if (isBusy) return;
    isBusy = true;
    try {
      for (const [organizationId, entry] of watched) {
        const seen = await marker(organizationId);
        if (seen === entry.marker) continue;
        entry.marker = seen;
        tell(entry);
      }
    } catch (error) {
      log.warn({ err: error }, 'could not look whether approvals have changed; looking again');
    } finally {
      isBusy = false;
    }
  };
}

/** Whoever tells may stand in a transaction; what a listener reads then is no part of it. */
function bind(listener: FeedListener): FeedListener {
  return {
    changed: AsyncResource.bind(() => listener.changed()),
    closed: AsyncResource.bind(() => listener.closed()),
  };
}

/** So that one that was just missed is still in time. */
function everySecond(look: () => void): { stop(): void } {
  const timer = setInterval(look, 1_000);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
