import { Check } from 'lucide-react';

/** Where one is in a number of steps. On a phone only the current one is named. */
export function StepIndicator({ steps, current, label }: { steps: readonly string[]; current: number; label: string }) {
  return (
    <nav aria-label={label}>
      <ol className="flex items-center gap-x-1 sm:gap-x-2 md:gap-x-3">
        {steps.map((step, index) => {
          const here = index === current;
          const done = index < current;
          const mark = here
            ? 'bg-accent text-on-accent'
            : done
              ? 'bg-accent-soft text-accent'
              : 'border border-control text-ink-3';
          return (
            <li
              key={step}
              aria-current={here ? 'step' : undefined}
              className="flex items-center gap-1.5 sm:gap-2 not-last:after:h-px not-last:after:w-2 not-last:after:bg-line md:not-last:after:w-5"
            >
              <span className={`grid size-6 shrink-0 place-items-center rounded-full font-semibold text-xs ${mark}`}>
                {done ? <Check className="size-3.5" aria-hidden /> : index + 1}
              </span>
              <span className={`${here ? 'font-semibold' : 'text-ink-2 max-lg:sr-only'} whitespace-nowrap`}>
                {step}
                {done && <span className="sr-only"> (done)</span>}
              </span>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
