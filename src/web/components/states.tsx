import { Lock, type LucideIcon, RotateCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { describeError, ProblemError } from '../api-client.ts';
import { Button } from './button.tsx';

/** What stands where there is nothing to show yet. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
  heading: Heading = 'h2',
}: {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** `h1` where it is all the page has to say. */
  heading?: 'h1' | 'h2';
}) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-14 text-center">
      <span className="mb-1 grid size-11 place-items-center rounded-xl bg-accent-soft text-accent">
        <Icon className="size-5" aria-hidden />
      </span>
      <Heading className="font-semibold text-base text-balance">{title}</Heading>
      {children !== undefined && <div className="text-ink-2 text-pretty">{children}</div>}
      {action !== undefined && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** What stands where loading failed. Says why and offers to try again. */
export function ErrorState({
  title,
  error,
  onRetry,
  heading: Heading = 'h2',
}: {
  title: string;
  error: unknown;
  onRetry?: () => void;
  heading?: 'h1' | 'h2';
}) {
  if (error instanceof ProblemError && error.status === 403) {
    return (
      <EmptyState icon={Lock} title="Your role does not allow this" heading={Heading}>
        {error.detail}
      </EmptyState>
    );
  }
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-14 text-center">
      <span className="mb-1 grid size-11 place-items-center rounded-xl bg-bad-soft text-bad">
        <TriangleAlert className="size-5" aria-hidden />
      </span>
      <Heading className="font-semibold text-base text-balance">{title}</Heading>
      <p className="text-ink-2 text-pretty">{describeError(error)}</p>
      {onRetry !== undefined && (
        <Button className="mt-3" onClick={onRetry}>
          <RotateCw className="size-4" aria-hidden />
          Try again
        </Button>
      )}
    </div>
  );
}

/** Grey bars while something loads; appears only after a moment, so that a quick answer does not flash. */
export function Skeleton({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="status" className="animate-appear">
      <span className="sr-only">{label}</span>
      <div aria-hidden="true">{children}</div>
    </div>
  );
}

/** What stands where a whole page is on its way. */
export function LoadingPage() {
  return (
    <Skeleton label="Loading the page">
      <div className="mx-auto grid max-w-3xl gap-4 px-5 py-10">
        <Bar className="h-6 w-48" />
        <Bar className="h-24 w-full" />
        <Bar className="h-24 w-full" />
      </div>
    </Skeleton>
  );
}

export function Bar({ className = '' }: { className?: string }) {
  return <div className={`animate-blink rounded-md bg-line ${className}`} />;
}

/** A remark inside a page, with an icon, in one of four tones. */
export function Notice({
  tone,
  icon: Icon = TriangleAlert,
  title,
  children,
  action,
  role,
}: {
  tone: 'warn' | 'bad' | 'good' | 'plain';
  icon?: LucideIcon;
  title?: string;
  children: ReactNode;
  action?: ReactNode;
  role?: 'alert' | 'status';
}) {
  const tones = {
    warn: 'bg-warn-soft text-warn',
    bad: 'bg-bad-soft text-bad',
    good: 'bg-good-soft text-good',
    plain: 'bg-sunken text-ink-2',
  };
  return (
    <div role={role} className={`flex gap-2.5 rounded-lg px-3 py-2.5 ${tones[tone]}`}>
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1 text-pretty">
        {title !== undefined && <p className="font-semibold">{title}</p>}
        <div className="wrap-anywhere text-ink">{children}</div>
        {action !== undefined && <div className="mt-2 flex flex-wrap gap-2">{action}</div>}
      </div>
    </div>
  );
}
