import { readMessage, type ToFrame, type ToLauncher } from '../protocol.ts';
import type { Lifetime } from './lifetime.ts';

export interface FrameDeps {
  /** The service's origin: nobody else is told anything, and nobody else is listened to. */
  readonly service: string;
  readonly widgetId: string;
  readonly title: string;
  readonly lifetime: Lifetime;
  readonly onMessage: (message: ToLauncher) => void;
  /** It has not answered: refused by a content policy, or out of reach. */
  readonly onFailed: () => void;
}

export interface Frame {
  readonly element: HTMLIFrameElement;
  /** What it is told whenever it is loaded. */
  init(message: () => ToFrame): void;
  post(message: ToFrame): void;
  remove(): void;
}

const longestWait = 20_000;
const longestGoodbye = 4_000;
const sandbox = 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox';

/** The chat in its frame: made once it is needed, gone with whoever it was made for. */
export function createFrame(deps: FrameDeps): Frame {
  const { service, lifetime } = deps;
  const element = document.createElement('iframe');
  element.title = deps.title;
  element.allow = 'clipboard-write';
  element.setAttribute('sandbox', sandbox);
  element.referrerPolicy = 'no-referrer';
  element.src = `${service}/widget/${encodeURIComponent(deps.widgetId)}/frame`;
  const ended = new AbortController();
  const { signal } = ended;
  lifetime.onEnd(() => ended.abort());
  const cancelWait = lifetime.later(longestWait, () => deps.onFailed());
  const remove = () => {
    cancelWait();
    ended.abort();
    element.remove();
  };
  window.addEventListener(
    'message',
    ({ origin, source, data }) => {
      if (origin !== service || source === null || source !== element.contentWindow) return;
      const message = readMessage<ToLauncher>(data);
      if (message?.type === 'ready') cancelWait();
      if (message?.type === 'logged-out') remove();
      else if (message !== null) deps.onMessage(message);
    },
    { signal },
  );
  const post = (message: ToFrame) => element.contentWindow?.postMessage(message, service);
  return {
    element,
    init: (message) => element.addEventListener('load', () => post(message()), { signal }),
    post,
    remove,
  };
}

/** Hides a frame at once and lets it end what the API knows of its person; it goes when that is done, or soon. */
export function sayGoodbye(frame: Frame, lifetime: Lifetime): void {
  frame.element.hidden = true;
  lifetime.later(longestGoodbye, () => frame.remove());
  frame.post({ type: 'log-out' });
}
