import { type Credentials, type FrameSettings, readMessage, type ToFrame, type ToLauncher } from '../protocol.ts';

export interface BridgeState {
  readonly settings: FrameSettings;
  readonly isOpen: boolean;
  /** Counts the credentials there were: newer ones may be taken where the last were not. */
  readonly turn: number;
}

/** What ties the chat to the launcher on the page around it. Nothing is known before the launcher has said it. */
export interface Bridge {
  /** Null before the launcher has spoken, and after the person has left. */
  readonly state: () => BridgeState | null;
  readonly subscribe: (listener: () => void) => () => void;
  readonly credentials: () => Credentials;
  /** Asks for credentials that are not over; answers whether there are any. */
  readonly renew: (what: 'visitor' | 'identity') => Promise<boolean>;
  readonly post: (message: ToLauncher) => void;
  /** What to do before the person has left for good. */
  readonly onLogOut: (leave: () => Promise<void>) => void;
}

const longestRenewal = 15_000;

/** Listens to the page that this one is framed by, and to nobody else. */
export function createBridge(window: Window): Bridge {
  const listeners = new Set<() => void>();
  const launcher = window.parent;
  /** Set by the first word of the launcher: the service lets only the widget's own addresses frame this page. */
  let origin: string | null = null;
  let state: BridgeState | null = null;
  let credentials: Credentials = { visitorToken: '', identity: null };
  let renewal: ((isFound: boolean) => void) | null = null;
  let leave: () => Promise<void> = async () => {};

  function change(next: BridgeState | null): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function post(message: ToLauncher): void {
    if (origin !== null) launcher.postMessage(message, origin);
  }

  function take(found: Credentials | null): void {
    if (found !== null) credentials = found;
    if (state !== null && found !== null) change({ ...state, turn: state.turn + 1 });
    renewal?.(found !== null);
  }

  function begin(message: ToFrame, from: string): void {
    if (message.type !== 'init') return;
    origin = from;
    credentials = message.credentials;
    change({ settings: message.settings, isOpen: message.isOpen, turn: 0 });
  }

  async function logOut(): Promise<void> {
    // First of all nothing is shown any more.
    change(null);
    // Where the service is away, what is left ends by itself.
    await leave().catch(() => {});
    post({ type: 'logged-out' });
  }

  function hear(message: ToFrame): void {
    if (state === null) return;
    if (message.type === 'settings') change({ ...state, settings: message.settings });
    else if (message.type === 'visible') change({ ...state, isOpen: message.isOpen });
    else if (message.type === 'credentials') take(message.credentials);
    else if (message.type === 'log-out') void logOut();
  }

  window.addEventListener('message', (event) => {
    if (launcher === window || event.source !== launcher) return;
    const message = readMessage<ToFrame>(event.data);
    if (message === null) return;
    if (origin === null) begin(message, event.origin);
    else if (event.origin === origin) hear(message);
  });

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    credentials: () => credentials,
    renew(what) {
      post({ type: 'need', what });
      return new Promise((resolve) => {
        const waiting = renewal;
        const timer = setTimeout(() => renewal?.(false), longestRenewal);
        renewal = (isFound) => {
          clearTimeout(timer);
          renewal = null;
          waiting?.(isFound);
          resolve(isFound);
        };
      });
    },
    post,
    onLogOut(callback) {
      leave = callback;
    },
  };
}
