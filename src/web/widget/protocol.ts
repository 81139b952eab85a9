import type { WidgetAppearance } from '#channels/http/contract/widgets.ts';

/*
 * What the launcher on a customer's page and the chat in its frame tell each other by postMessage. Both name the exact
 * origin they write to, and both look at the origin and the source of what they are told.
 */

export const locales = ['en', 'de'] as const;
export type Locale = (typeof locales)[number];

/** How the chat looks and what it says first, by the widget's settings and what the page says in their place. */
export interface FrameSettings {
  readonly locale: Locale;
  readonly title: string;
  readonly greeting: string;
  /** `#1d4ed8` */
  readonly accent: string;
  readonly theme: WidgetAppearance['theme'];
}

export interface Credentials {
  readonly visitorToken: string;
  /** The JWT with which the site says who the visitor is; null where it says nothing. */
  readonly identity: string | null;
}

export type ToFrame =
  | {
      readonly type: 'init';
      readonly settings: FrameSettings;
      readonly credentials: Credentials;
      readonly isOpen: boolean;
    }
  | { readonly type: 'settings'; readonly settings: FrameSettings }
  /** Newer ones of the same person; null where there are none to be had. */
  | { readonly type: 'credentials'; readonly credentials: Credentials | null }
  | { readonly type: 'visible'; readonly isOpen: boolean }
  /** The person leaves: end what the API knows of them, and show nothing more. */
  | { readonly type: 'log-out' };

export type ToLauncher =
  /** What `init` brought is there; nothing was said before that. */
  | { readonly type: 'ready' }
  | { readonly type: 'close' }
  /** The newest answer there is; `isNew` where it was written just now. */
  | { readonly type: 'answer'; readonly id: string; readonly isNew: boolean }
  | { readonly type: 'sent'; readonly id: string }
  /** The service does not take these any more. Answered by `credentials`, or with another frame for another person. */
  | { readonly type: 'need'; readonly what: 'visitor' | 'identity' }
  | { readonly type: 'refused'; readonly code: string }
  | { readonly type: 'logged-out' };

/**
 * The console's page shows a sample chat (`/widget/preview` in a frame) and posts this to it, from the same origin,
 * whenever the settings change. The frame posts `PreviewReady` to its page once it listens.
 */
export interface PreviewMessage {
  readonly type: 'preview';
  readonly appearance: WidgetAppearance;
  readonly personaName?: string;
  readonly locale?: Locale;
}
export interface PreviewReady {
  readonly type: 'preview-ready';
}
export const previewPath = '/widget/preview';

/** What may be a message of the other side; its content is still the other side's word. */
export function readMessage<Message extends { readonly type: string }>(data: unknown): Message | null {
  if (typeof data !== 'object' || data === null || !('type' in data) || typeof data.type !== 'string') return null;
  return data as Message;
}
