import { ChevronRight, CircleCheck, CircleSlash, CircleX, Gauge, Hand, type LucideIcon, Undo2 } from 'lucide-react';
import { Link, useLocation } from 'react-router';
import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import { EndsIn } from '../../components/approval/approval-card.tsx';
import { type State, stateOf, summaryOf } from '../../components/approval/approval-words.ts';
import { useName } from '../../components/approval/use-name.ts';
import { Button } from '../../components/button.tsx';
import { formatMoment, formatShort } from '../../format.ts';

interface ApprovalListProps {
  readonly items: readonly ApprovalView[];
  readonly openId: string | null;
  readonly label: string;
  readonly more: { readonly loading: boolean; readonly onMore: () => void } | null;
}

/** One line for each question: what is asked, by which persona, for whom, and how it stands. */
export function ApprovalList({ items, openId, label, more }: ApprovalListProps) {
  return (
    <>
      <ol aria-label={label} className="divide-y divide-line border-line border-b">
        {items.map((approval) => (
          <li key={approval.id}>
            <Row approval={approval} open={approval.id === openId} />
          </li>
        ))}
      </ol>
      <div className="px-6 py-4 text-center text-ink-3 text-xs">
        {more === null ? (
          'That is all.'
        ) : (
          <Button disabled={more.loading} onClick={more.onMore}>
            {more.loading ? 'Loading…' : 'Show older ones'}
          </Button>
        )}
      </div>
    </>
  );
}

const tones: Readonly<Record<State['tone'], { readonly icon: LucideIcon; readonly className: string }>> = {
  wait: { icon: Hand, className: 'text-warn' },
  good: { icon: CircleCheck, className: 'text-good' },
  bad: { icon: CircleX, className: 'text-bad' },
  over: { icon: CircleSlash, className: 'text-ink-2' },
};

const kindIcons: Readonly<Record<ApprovalView['kind'], LucideIcon>> = { call: Hand, budget: Gauge, undo: Undo2 };

function Row({ approval, open }: { approval: ApprovalView; open: boolean }) {
  const { search } = useLocation();
  const requester = useName(approval.requester, 'you');
  const { title, tone } = stateOf(approval);
  const { icon, className } = tones[tone];
  const Icon = tone === 'wait' ? kindIcons[approval.kind] : icon;
  const pending = approval.status === 'pending';
  return (
    <Link
      to={`/approvals/${encodeURIComponent(approval.id)}${search}`}
      aria-current={open ? 'true' : undefined}
      className={`grid min-h-14 grid-cols-[auto_1fr_auto] items-center gap-x-3 px-4 py-2.5 -outline-offset-2 md:px-6 ${open ? 'bg-accent-soft' : 'hover:bg-sunken'}`}
    >
      <Icon className={`size-4 ${className}`} aria-hidden />
      <span className="grid min-w-0 gap-0.5">
        <span className="line-clamp-2 wrap-anywhere">
          <span className="font-medium">{summaryOf(approval)}</span>
          <span className="text-ink-2">{recordsOf(approval)}</span>
        </span>
        <span className="flex min-w-0 flex-wrap gap-x-3 text-ink-2 text-xs">
          <span className="wrap-anywhere">
            {approval.persona.name}, for {requester}
          </span>
          {pending ? (
            <EndsIn expiresAt={approval.expiresAt} />
          ) : (
            <span className={`font-medium ${className}`}>{title}</span>
          )}
          {pending && !approval.mayDecide && <span>Not yours to decide</span>}
          {!pending && <DecidedAt approval={approval} />}
        </span>
      </span>
      <ChevronRight className="size-4 text-ink-3" aria-hidden />
    </Link>
  );
}

/** Tells two calls of the same kind apart. */
function recordsOf({ plan }: ApprovalView): string {
  const titles = (plan?.records ?? []).slice(0, 3).map(({ title }) => title);
  const more = (plan?.count ?? 0) - titles.length;
  if (titles.length === 0) return '';
  return ` · ${[...titles, ...(more > 0 ? [`${more} more`] : [])].join(', ')}`;
}

function DecidedAt({ approval: { decidedAt, createdAt } }: { approval: ApprovalView }) {
  const at = decidedAt ?? createdAt;
  return (
    <time dateTime={at} title={formatMoment(at)}>
      {decidedAt === null ? `asked ${formatShort(at)}` : formatShort(at)}
    </time>
  );
}
