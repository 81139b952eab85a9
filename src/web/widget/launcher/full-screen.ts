import type { Lifetime } from './lifetime.ts';
import { addSheet, type Sheet } from './sheets.ts';

/** Up to this wide the chat takes the whole screen. */
const phone = '(max-width: 480px)';

export interface FullScreen {
  isWanted(): boolean;
  /** Keeps the page behind from scrolling until it is called again with false; it then stands where it stood. */
  lock(locked: boolean): void;
}

/** The room there is on a phone: all of it but the keyboard, which only the visual viewport knows of. */
export function createFullScreen(deps: {
  readonly lifetime: Lifetime;
  readonly nonce: string | undefined;
  /** Told how the room has changed, as custom properties. */
  readonly onRoom: (properties: string) => void;
  /** Told when the window has become a phone's, or is none any more. */
  readonly onChange: () => void;
}): FullScreen {
  const { lifetime, onRoom } = deps;
  const { signal } = lifetime;
  const query = matchMedia(phone);
  query.addEventListener('change', deps.onChange, { signal });
  const viewport = window.visualViewport;
  const measure = () => {
    if (viewport === null || !query.matches) return onRoom('');
    const hasKeyboard = window.innerHeight - viewport.height > 120;
    const inset = hasKeyboard ? '--room-inset:0px;' : '';
    onRoom(`--room-top:${viewport.offsetTop}px;--room-height:${viewport.height}px;${inset}`);
  };
  viewport?.addEventListener('resize', measure, { signal });
  viewport?.addEventListener('scroll', measure, { signal });

  let held: { readonly sheet: Sheet; readonly left: number; readonly top: number } | null = null;
  const release = () => {
    if (held === null) return;
    const { sheet, left, top } = held;
    held = null;
    sheet.remove();
    if (window.scrollX !== left || window.scrollY !== top) window.scrollTo(left, top);
  };
  lifetime.onEnd(release);
  return {
    isWanted: () => query.matches,
    lock(locked) {
      if (!locked) return release();
      measure();
      if (held !== null) return;
      // Not on the body as well: that would make it lay out anew, and move.
      const css = 'html { overflow: hidden !important; overscroll-behavior: none !important; }';
      held = { sheet: addSheet(document, css, deps.nonce), left: window.scrollX, top: window.scrollY };
    },
  };
}
