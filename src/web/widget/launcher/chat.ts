import type { ToFrame, ToLauncher } from '../protocol.ts';
import { createFrame, type Frame, sayGoodbye } from './frame.ts';
import type { Lifetime } from './lifetime.ts';
import type { Panel } from './panel.ts';

interface ChatDeps {
  readonly service: string;
  readonly widgetId: string;
  readonly lifetime: Lifetime;
  readonly panel: Panel;
  /** Done once it is known whom the frame is for. */
  readonly prepare: () => Promise<void>;
  /** What the frame is told first; null where there is nothing to tell, and so nothing to show. */
  readonly init: () => Extract<ToFrame, { type: 'init' }> | null;
  readonly hear: (message: ToLauncher) => void;
  readonly onFailed: () => void;
}

/** The frame of one person at a time. */
export function createChat({ service, widgetId, lifetime, panel, prepare, init, ...on }: ChatDeps) {
  let frame: Frame | null = null;
  /** Counts the persons, so that what was begun for one is not finished for another. */
  let turn = 0;

  async function show(): Promise<void> {
    const begun = turn;
    panel.wait();
    await prepare();
    const first = init();
    if (lifetime.signal.aborted || begun !== turn || frame !== null) return;
    if (first === null) return panel.fail();
    const made = createFrame({
      service,
      widgetId,
      title: first.settings.title,
      lifetime,
      onMessage: (message) => made === frame && hear(message),
      onFailed() {
        if (made !== frame) return;
        fail();
        on.onFailed();
      },
    });
    frame = made;
    made.init(() => init() ?? first);
    panel.hold(made.element);
  }

  function fail(): void {
    frame?.remove();
    frame = null;
    panel.fail();
  }

  function hear(message: ToLauncher): void {
    if (message.type === 'ready') {
      panel.ready();
      frame?.post({ type: 'visible', isOpen: panel.isOpen() });
      if (panel.isOpen()) frame?.element.focus({ preventScroll: true });
    } else on.hear(message);
  }

  function showIfOpen(): void {
    if (panel.isOpen()) void show();
  }

  return {
    /** What has begun by now is about nobody else as long as this stays the same. */
    turn: () => turn,
    post: (message: ToFrame) => frame?.post(message),
    opened(): void {
      if (frame === null) return void show();
      frame.element.focus({ preventScroll: true });
      frame.post({ type: 'visible', isOpen: true });
    },
    /** The page does not let it be shown. */
    fail,
    title(title: string): void {
      if (frame !== null) frame.element.title = title;
    },
    /** Nothing of the former person's chat stays on the page, not even hidden. */
    replace(): void {
      turn += 1;
      frame?.remove();
      frame = null;
      showIfOpen();
    },
    /** The former person's frame ends their session out of sight, and goes. `next` is there once somebody new is. */
    async leave(next: Promise<unknown>): Promise<void> {
      const leaving = frame;
      turn += 1;
      const begun = turn;
      frame = null;
      panel.wait();
      if (leaving !== null) sayGoodbye(leaving, lifetime);
      await next;
      if (begun === turn) showIfOpen();
    },
  };
}
