import { ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';

/** Settings most people can leave as they are: one line says how they stand, and opens them. */
export function Fold({
  title,
  state,
  wrong = false,
  children,
}: {
  title: string;
  /** How they stand now, in a sentence or two. */
  state: ReactNode;
  /** Opens by itself where something inside is to be corrected. */
  wrong?: boolean;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const isOpen = open || wrong;
  return (
    <details
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      className="min-w-0 rounded-lg border border-line bg-canvas"
    >
      <summary className="flex min-h-10 cursor-pointer items-start gap-2 rounded-lg px-3 py-2 hover:bg-sunken pointer-coarse:min-h-11">
        <ChevronRight className={`mt-0.5 size-4 shrink-0 text-ink-3 ${isOpen ? 'rotate-90' : ''}`} aria-hidden />
        <span className="grid min-w-0 gap-0.5">
          <span className="font-medium">{title}</span>
          <span className="wrap-anywhere text-ink-2 text-xs text-pretty">{state}</span>
        </span>
      </summary>
      {isOpen && <div className="grid grid-cols-1 gap-5 border-line border-t px-3 py-4">{children}</div>}
    </details>
  );
}
