import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleSlash,
  CircleX,
  Hand,
  LoaderCircle,
  type LucideIcon,
  Skull,
} from 'lucide-react';
import type { JobRunView } from '#channels/http/contract/jobs.ts';
import { runWords } from './job-words.ts';

const looks: Readonly<Record<JobRunView['status'], { readonly icon: LucideIcon; readonly className: string }>> = {
  queued: { icon: CircleDashed, className: 'text-ink-2' },
  working: { icon: LoaderCircle, className: 'text-accent' },
  waiting: { icon: Hand, className: 'text-warn' },
  succeeded: { icon: CircleCheck, className: 'text-good' },
  failed: { icon: CircleX, className: 'text-bad' },
  stopped: { icon: Ban, className: 'text-ink-2' },
  skipped: { icon: CircleSlash, className: 'text-ink-2' },
  dead: { icon: Skull, className: 'text-bad' },
};

/** How a run stands: an icon and the words, never colour alone. */
export function RunMark({ status }: { status: JobRunView['status'] }) {
  const { icon: Icon, className } = looks[status];
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium ${className}`}>
      <Icon className={`size-4 shrink-0 ${status === 'working' ? 'animate-spin' : ''}`} aria-hidden />
      {runWords[status]}
    </span>
  );
}
