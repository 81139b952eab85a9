import { type ReactNode, useId } from 'react';

/** A part of a page in a card of its own, named by its heading. */
export function Panel({
  title,
  intro,
  aside,
  children,
}: {
  title: string;
  intro?: ReactNode;
  /** Beside the heading. */
  aside?: ReactNode;
  children?: ReactNode;
}) {
  const headingId = useId();
  return (
    <section
      aria-labelledby={headingId}
      className="grid grid-cols-1 gap-4 rounded-xl border border-line bg-surface p-4 shadow-card md:p-5"
    >
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="grid min-w-0 max-w-xl flex-1 basis-64 gap-1">
          <h2 id={headingId} className="font-semibold text-base">
            {title}
          </h2>
          {intro !== undefined && <p className="text-ink-2 text-pretty">{intro}</p>}
        </div>
        {aside}
      </header>
      {children}
    </section>
  );
}
