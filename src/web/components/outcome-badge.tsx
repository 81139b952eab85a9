import {
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CircleSlash,
  CircleX,
  Hand,
  type LucideIcon,
  SearchCheck,
  ShieldX,
} from 'lucide-react';
import { type Outcome, outcomeWords } from '../words.ts';

const looks: Readonly<Record<Outcome, { icon: LucideIcon; className: string }>> = {
  planned: { icon: SearchCheck, className: 'text-ink-3' },
  asked: { icon: Hand, className: 'text-warn' },
  started: { icon: CircleDashed, className: 'text-ink-3' },
  succeeded: { icon: CircleCheck, className: 'text-good' },
  failed: { icon: CircleX, className: 'text-bad' },
  denied: { icon: ShieldX, className: 'text-warn' },
  outcome_unknown: { icon: CircleHelp, className: 'text-warn' },
  found_done: { icon: CircleCheck, className: 'text-good' },
  found_not_done: { icon: CircleX, className: 'text-warn' },
  done: { icon: CircleCheck, className: 'text-ink-2' },
  refused: { icon: ShieldX, className: 'text-warn' },
  approved: { icon: CircleCheck, className: 'text-good' },
  over: { icon: CircleSlash, className: 'text-ink-2' },
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
