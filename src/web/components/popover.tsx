import { type ReactNode, useId } from 'react';
import { type ButtonLook, buttonClass } from './button.tsx';

const places = {
  'below-end': '[position-area:bottom_span-left] mt-1',
  'below-start': '[position-area:bottom_span-right] mt-1',
} as const;

/**
 * A button that opens a small panel over the page. The browser's own popover: it closes on Escape and on a
 * click outside, gives the focus back, and needs no injected styles. Older browsers centre it.
 */
export function Popover({
  label,
  trigger,
  children,
  look = 'quiet',
  place = 'below-end',
  className = '',
}: {
  label: string;
  trigger: ReactNode;
  children: ReactNode;
  look?: ButtonLook;
  place?: keyof typeof places;
  className?: string;
}) {
  const id = useId();
  return (
    <>
      <button type="button" popoverTarget={id} className={buttonClass(look, className)}>
        {trigger}
      </button>
      <div
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        className={`m-auto max-h-[min(32rem,80dvh)] w-[min(24rem,calc(100vw-1rem))] overflow-auto rounded-xl border border-line bg-surface p-4 shadow-high [position-try-fallbacks:flip-inline,flip-block] supports-[position-area:bottom]:m-0 ${places[place]}`}
      >
        {children}
      </div>
    </>
  );
}
