import { type ReactNode, useId, useRef } from 'react';
import { type ButtonLook, buttonClass } from './button.tsx';

const places = {
  'below-end': '[position-area:bottom_span-left] mt-1',
  'below-start': '[position-area:bottom_span-right] mt-1',
  'above-start': '[position-area:top_span-right] mb-1',
} as const;

/**
 * A button that opens a small panel over the page. The browser's own popover: it closes on Escape and on a
 * click outside, gives the focus back, and needs no injected styles. Older browsers centre it.
 */
export function Popover({
  label,
  trigger,
  triggerLabel,
  children,
  look = 'quiet',
  place = 'below-end',
  className = '',
  closesOnChoice = false,
}: {
  label: string;
  trigger: ReactNode;
  /** The button's accessible name where what it shows is not enough. */
  triggerLabel?: string;
  children: ReactNode;
  look?: ButtonLook;
  place?: keyof typeof places;
  className?: string;
  /** For a menu: a link or button in it closes it, unless it is marked data-stays. */
  closesOnChoice?: boolean;
}) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  return (
    <>
      <button type="button" popoverTarget={id} aria-label={triggerLabel} className={buttonClass(look, className)}>
        {trigger}
      </button>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the links and buttons in it take the keys */}
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        onClick={(event) => {
          const chosen =
            event.target instanceof Element && event.target.closest('a, button:not([data-stays])') !== null;
          if (closesOnChoice && chosen) panel.current?.hidePopover();
        }}
        className={`m-auto max-h-[min(32rem,80dvh)] w-[min(24rem,calc(100vw-1rem))] overflow-auto rounded-xl border border-line bg-surface p-4 text-ink shadow-high [position-try-fallbacks:flip-inline,flip-block,flip-inline_flip-block] supports-[position-area:bottom]:m-0 ${places[place]}`}
      >
        {children}
      </div>
    </>
  );
}
