import { CircleCheck, CircleDashed, CircleHelp, CircleX, type LucideIcon, ShieldX } from 'lucide-react';
import { type Outcome, outcomeWords } from '../words.ts';

const looks: Readonly<Record<Outcome, { icon: LucideIcon; className: string }>> = {
  started: { icon: CircleDashed, className: 'text-ink-3' },
  succeeded: { icon: CircleCheck, className: 'text-good' },
  failed: { icon: CircleX, className: 'text-bad' },
  denied: { icon: ShieldX, className: 'text-warn' },
  outcome_unknown: { icon: CircleHelp, className: 'text-warn' },
  done: { icon: CircleCheck, className: 'text-ink-2' },
  refused: { icon: ShieldX, className: 'text-warn' },
};

/** How a call went: an icon and the word, never colour alone. */
export function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  const { icon: Icon, className } = looks[outcome];
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap font-medium ${className}`}>
      <Icon className="size-4 shrink-0" aria-hidden />
      {outcomeWords[outcome]}
    </span>
  );
}
