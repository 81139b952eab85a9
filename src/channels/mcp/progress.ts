import type { RunEvent } from '#agent/run-events.ts';
import type { Catalog } from '#integrations/catalog.ts';

/** Tells a client how far its request is; never rejects. */
export type Notify = (progress: number, message: string) => void;

export interface Progress {
  /** May be told the same again, as by a run that goes on after it has waited. */
  take(event: RunEvent): void;
  stop(): void;
}

/** So that clients which give up on silence do not. */
const stillMs = 10_000;

/** What a run does, in plain words, step by step. */
export function createProgress(catalog: Pick<Catalog, 'findTool'>, notify: Notify | null): Progress {
  if (notify === null) return { take: () => undefined, stop: () => undefined };
  const told = new Set<string>();
  let count = 0;
  let waits = false;
  const tell = (message: string) => {
    count += 1;
    notify(count, message);
  };
  const still = setInterval(() => tell(waits ? 'Still waiting for a person to decide.' : 'Still at work.'), stillMs);
  return {
    take(event) {
      waits = event.type === 'run-waiting' || (waits && event.type !== 'run-started');
      const key = keyOf(event);
      if (key === null || told.has(key)) return;
      told.add(key);
      tell(wordsFor(event, catalog));
    },
    stop: () => clearInterval(still),
  };
}

/** Null for what is not worth a word. */
function keyOf(event: RunEvent): string | null {
  if ('callId' in event) return `${event.type} ${event.callId}`;
  return event.type === 'run-started' ? event.type : null;
}

function wordsFor(event: RunEvent, catalog: Pick<Catalog, 'findTool'>): string {
  if (!('callId' in event)) return 'At work.';
  const title = catalog.findTool(event.tool)?.title ?? event.tool;
  if (event.type === 'call-requested') return `${title} …`;
  if (event.type === 'call-waiting') return `${title}: waits for a person to decide.`;
  if (event.type !== 'call-finished' || event.result.ok) return `${title}: done.`;
  return `${title}: ${event.result.message}`;
}
