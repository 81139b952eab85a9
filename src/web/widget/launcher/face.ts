import type { Credentials, FrameSettings, ToFrame, ToLauncher } from '../protocol.ts';
import { createChat } from './chat.ts';
import type { Lifetime } from './lifetime.ts';
import type { WidgetOptions } from './options.ts';
import { createPanel } from './panel.ts';
import { createUnread } from './unread.ts';
import type { VisitorMemory } from './visitor-memory.ts';
import type { Emit } from './widget-events.ts';
import { launcherWords } from './words.ts';

interface FaceDeps {
  readonly service: string;
  readonly widgetId: string;
  readonly lifetime: Lifetime;
  readonly memory: VisitorMemory;
  readonly nonce: string | undefined;
  readonly emit: Emit;
  readonly settings: () => FrameSettings;
  /** Null while nobody is known. */
  readonly credentials: () => Credentials | null;
  /** Done once it is known who the visitor is. */
  readonly prepare: () => Promise<void>;
  /** What the frame holds is over. */
  readonly onNeed: (what: 'visitor' | 'identity') => void;
  readonly onRefused: (code: string) => void;
  readonly onFailed: () => void;
}

/** What people see: the button, the dialog, the chat in it, and how many answers nobody has seen. */
export function createFace({ memory, emit, settings, credentials, ...deps }: FaceDeps) {
  const panel = createPanel({
    lifetime: deps.lifetime,
    nonce: deps.nonce,
    onToggle: () => (panel.isOpen() ? close() : open()),
    onClose: close,
    onRetry: () => chat.replace(),
    onNear: () => void deps.prepare(),
  });
  const unread = createUnread(memory, (count) => {
    panel.unread(count);
    emit('unread', { count });
  });
  const chat = createChat({ ...deps, panel, init, hear });

  function init(): Extract<ToFrame, { type: 'init' }> | null {
    const known = credentials();
    return known === null ? null : { type: 'init', settings: settings(), credentials: known, isOpen: panel.isOpen() };
  }

  function open(): void {
    if (panel.isOpen()) return;
    panel.open();
    unread.look();
    chat.opened();
    emit('open');
  }

  function close(): void {
    if (!panel.isOpen()) return;
    panel.close();
    chat.post({ type: 'visible', isOpen: false });
    emit('close');
  }

  function hear(message: ToLauncher): void {
    if (message.type === 'close') close();
    else if (message.type === 'need') deps.onNeed(message.what);
    else if (message.type === 'refused') deps.onRefused(message.code);
    else if (message.type === 'sent') emit('message', { from: 'visitor', id: message.id });
    else if (message.type === 'answer') {
      unread.hear(message, panel.isOpen());
      if (message.isNew) emit('message', { from: 'persona', id: message.id });
    }
  }

  return {
    open,
    close,
    toggle: () => (panel.isOpen() ? close() : open()),
    draw(position: NonNullable<WidgetOptions['position']>): void {
      const set = settings();
      panel.look({ ...set, position }, launcherWords[set.locale]);
      chat.title(set.title);
      chat.post({ type: 'settings', settings: set });
    },
    /** The newest answer from before this page. */
    begin: (answer: { readonly id: string } | null) => unread.begin(answer),
    turn: () => chat.turn(),
    fail: () => chat.fail(),
    tell: (found: Credentials | null) => chat.post({ type: 'credentials', credentials: found }),
    changePerson(): void {
      unread.forget();
      chat.replace();
    },
    leave(next: Promise<unknown>): Promise<void> {
      unread.forget();
      return chat.leave(next);
    },
  };
}
