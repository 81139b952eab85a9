import { CircleCheckBig, History, RotateCw } from 'lucide-react';
import { Link, useLocation, useParams, useSearchParams } from 'react-router';
import type { ListStatus } from '../../approval-api.ts';
import { useApprovals } from '../../approval-queries.ts';
import { IconButton } from '../../components/button.tsx';
import { Bar, EmptyState, ErrorState, Skeleton } from '../../components/states.tsx';
import { useMay } from '../../session.tsx';
import { ApprovalDetail } from './approval-detail.tsx';
import { ApprovalList } from './approval-list.tsx';

const tabs = [
  { status: 'pending', tab: null, title: 'Waiting' },
  { status: 'over', tab: 'decided', title: 'Decided' },
] as const satisfies readonly { status: ListStatus; tab: string | null; title: string }[];

/** /approvals/:approvalId? : what waits for a decision and what has been decided, and one of them opened. */
export function ApprovalsPage() {
  const { approvalId } = useParams();
  const open = approvalId !== undefined;
  return (
    <div className="flex h-full">
      <title>Approvals – Personas for Ninox</title>
      <div className={`min-w-0 flex-1 flex-col ${open ? 'hidden lg:flex' : 'flex'}`}>
        <Inbox openId={approvalId ?? null} />
      </div>
      {open && (
        <div className="min-w-0 border-line max-lg:w-full lg:w-[clamp(24rem,52%,42rem)] lg:border-l">
          <ApprovalDetail key={approvalId} id={approvalId} />
        </div>
      )}
    </div>
  );
}

function Inbox({ openId }: { openId: string | null }) {
  const [search] = useSearchParams();
  const may = useMay();
  const { status } = tabs.find(({ tab }) => tab === search.get('tab')) ?? tabs[0];
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage, isFetching } = useApprovals(status);
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <header className="flex min-h-13 items-center justify-between gap-2 border-line border-b bg-surface ps-4 pe-2 md:ps-6">
        <h1 className="font-semibold">Approvals</h1>
        <IconButton label="Refresh" disabled={isFetching} onClick={() => void refetch()}>
          <RotateCw className={`size-4 ${isFetching ? 'animate-spin' : ''}`} aria-hidden />
        </IconButton>
      </header>
      <Tabs current={status} />
      <p className="border-line border-b px-4 py-2 text-ink-2 text-xs text-pretty md:px-6">
        {may('approvals:manage') || may('audit:read')
          ? 'Everything that personas have to ask a person for, in the whole organization.'
          : 'What personas have to ask for on your behalf, and what you may decide.'}
      </p>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {data === undefined && error === null && <LoadingApprovals />}
        {data === undefined && error !== null && (
          <ErrorState title="The approvals could not be loaded" error={error} onRetry={() => void refetch()} />
        )}
        {data !== undefined && items.length === 0 && (status === 'pending' ? <NothingWaits /> : <NothingDecided />)}
        {items.length > 0 && (
          <ApprovalList
            items={items}
            openId={openId}
            label={status === 'pending' ? 'Waiting approvals' : 'Decided approvals'}
            more={hasNextPage ? { loading: isFetchingNextPage, onMore: () => void fetchNextPage() } : null}
          />
        )}
      </div>
    </>
  );
}

function Tabs({ current }: { current: ListStatus }) {
  const { pathname } = useLocation();
  return (
    <nav aria-label="Approvals" className="flex gap-1 border-line border-b bg-surface px-2 md:px-4">
      {tabs.map(({ status, tab, title }) => (
        <Link
          key={status}
          to={{ pathname, search: tab === null ? '' : `?tab=${tab}` }}
          aria-current={status === current ? 'page' : undefined}
          className={`-mb-px flex min-h-10 items-center border-b-2 px-3 font-medium max-md:min-h-11 pointer-coarse:min-h-11 ${
            status === current ? 'border-accent text-accent' : 'border-transparent text-ink-2 hover:text-ink'
          }`}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}

function NothingWaits() {
  return (
    <EmptyState icon={CircleCheckBig} title="Nothing waits for a decision">
      When a persona wants to do something that it has to ask for, it stands here and in its conversation.
    </EmptyState>
  );
}

function NothingDecided() {
  return (
    <EmptyState icon={History} title="Nothing was decided yet">
      What was approved, denied, or not decided in time is kept here.
    </EmptyState>
  );
}

function LoadingApprovals() {
  return (
    <Skeleton label="Loading the approvals">
      <div className="grid gap-4 px-6 py-5">
        {['a', 'b', 'c', 'd'].map((row) => (
          <Bar key={row} className="h-12 w-full" />
        ))}
      </div>
    </Skeleton>
  );
}
