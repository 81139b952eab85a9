import { CircleCheck, CircleDashed, CircleSlash, type LucideIcon, RefreshCwOff, TriangleAlert } from 'lucide-react';
import { type HealthState, healthWords } from './connection-words.ts';

const looks: Readonly<Record<HealthState, { icon: LucideIcon; className: string }>> = {
  working: { icon: CircleCheck, className: 'text-good' },
  unchecked: { icon: CircleDashed, className: 'text-ink-2' },
  problem: { icon: TriangleAlert, className: 'text-bad' },
  needs_reconnect: { icon: RefreshCwOff, className: 'text-warn' },
  revoked: { icon: CircleSlash, className: 'text-ink-2' },
};

/** How a connection is: an icon and the words, never colour alone. */
export function HealthBadge({ state }: { state: HealthState }) {
  const { icon: Icon, className } = looks[state];
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap font-medium ${className}`}>
      <Icon className="size-4 shrink-0" aria-hidden />
      {healthWords[state]}
    </span>
  );
}
