import { Bot } from 'lucide-react';
import type { ReactNode } from 'react';

/** The frame of the pages one sees before being signed in: one card in the middle. */
export function EntryFrame({
  title,
  headingId,
  intro,
  children,
  footer,
}: {
  title: string;
  headingId?: string;
  intro?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
}) {
  return (
    <div className="h-dvh overflow-y-auto">
      <main className="mx-auto grid min-h-full max-w-md content-center gap-5 px-4 py-8">
        <p className="flex items-center justify-center gap-2 font-semibold tracking-tight">
          <Bot className="size-5 text-accent" aria-hidden />
          <span>
            Personas <span className="font-normal text-ink-2">for Ninox</span>
          </span>
        </p>
        <section className="grid grid-cols-1 gap-5 rounded-xl border border-line bg-surface p-5 shadow-card md:p-7">
          <header className="grid gap-1.5">
            <h1 id={headingId} className="font-semibold text-xl tracking-tight text-balance wrap-anywhere">
              {title}
            </h1>
            {intro !== undefined && <div className="text-ink-2 text-pretty wrap-anywhere">{intro}</div>}
          </header>
          {children}
        </section>
        {footer !== undefined && <div className="grid justify-items-center gap-1 text-ink-2">{footer}</div>}
      </main>
    </div>
  );
}

/** The look of a link in running text. */
export const linkClass = 'text-accent underline underline-offset-2 hover:text-accent-strong rounded-sm';

/** The look of a link that stands by itself: large enough for a finger. */
export const loneLinkClass = `${linkClass} inline-flex items-center min-h-6 pointer-coarse:min-h-11`;
