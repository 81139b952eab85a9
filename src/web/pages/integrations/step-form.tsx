import { ArrowLeft, LoaderCircle } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { Button } from '../../components/button.tsx';

/** What all steps share: the way back, and whether the step was come to from another. */
export interface StepFrame {
  readonly onBack: (() => void) | null;
  readonly focusHeading: boolean;
}

/** One step of connecting. Its heading takes the focus when it appears, so that it is read and Tab goes on from there. */
export function StepForm({
  title,
  intro,
  onBack,
  onSubmit,
  submit,
  busy = false,
  problem,
  focusHeading,
  children,
}: {
  title: string;
  intro?: ReactNode;
  onBack: (() => void) | null;
  onSubmit: () => void;
  submit: string;
  busy?: boolean;
  /** Why the step did not go through. */
  problem?: ReactNode;
  focusHeading: boolean;
  children: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (focusHeading) heading.current?.focus();
  }, [focusHeading]);
  return (
    <form
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) onSubmit();
      }}
      className="grid gap-5 rounded-xl border border-line bg-surface p-4 shadow-card md:p-6"
    >
      <div className="grid gap-1">
        <h2 ref={heading} tabIndex={-1} className="font-semibold text-base outline-none">
          {title}
        </h2>
        {intro !== undefined && <div className="grid gap-1.5 text-ink-2 text-pretty">{intro}</div>}
      </div>
      {children}
      {problem}
      <div className="flex flex-wrap justify-between gap-2 border-line border-t pt-4">
        {onBack === null ? (
          <span />
        ) : (
          <Button look="quiet" onClick={onBack}>
            <ArrowLeft className="size-4" aria-hidden />
            Back
          </Button>
        )}
        <Button type="submit" look="primary" aria-disabled={busy} className="max-sm:flex-1">
          {busy && <LoaderCircle className="size-4 animate-spin" aria-hidden />}
          {submit}
        </Button>
      </div>
    </form>
  );
}
