import { type ReactNode, useId } from 'react';
import { type Problems, problemAt } from './draft-problems.ts';
import type { Draft } from './persona-draft.ts';

/** What every part of the form is given. */
export interface PartProps {
  readonly draft: Draft;
  readonly change: (patch: Partial<Draft>) => void;
  readonly problems: Problems;
}

/** One part of the form, with what is wrong with it as a whole. */
export function Section({
  title,
  hint,
  problem,
  children,
}: {
  title: string;
  hint?: ReactNode;
  problem?: string | undefined;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="grid grid-cols-1 gap-3 border-line border-t pt-6">
      <div className="grid gap-0.5">
        <h2 id={id} className="font-semibold text-base">
          {title}
        </h2>
        {hint !== undefined && <p className="text-ink-2 text-pretty">{hint}</p>}
      </div>
      {problem !== undefined && (
        // Led to when saving was refused, where no single box can be pointed at.
        <p data-problem tabIndex={-1} role="alert" className="wrap-anywhere text-bad">
          {problem}
        </p>
      )}
      {children}
    </section>
  );
}

/** The problem of a setting, for a field. */
export function errorOf(problems: Problems, path: string): string | null {
  return problemAt(problems, path) ?? null;
}
