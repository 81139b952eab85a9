import { ArrowLeft, ListChecks, MessagesSquare, SearchX, X } from 'lucide-react';
import { type RefObject, useEffect, useRef } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';
import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import { ProblemError } from '../../api-client.ts';
import { useApproval } from '../../approval-queries.ts';
import { ApprovalCard } from '../../components/approval/approval-card.tsx';
import { buttonClass } from '../../components/button.tsx';
import { Bar, EmptyState, ErrorState, Skeleton } from '../../components/states.tsx';
import { useMay } from '../../session.tsx';

/** One approval, opened: the card itself, and the ways to what it is about. */
export function ApprovalDetail({ id }: { id: string }) {
  const { search } = useLocation();
  const navigate = useNavigate();
  const { data, error, refetch } = useApproval(id);
  const heading = useRef<HTMLHeadingElement>(null);
  useFocusOnce(heading, data !== undefined);
  const back = `/approvals${search}`;
  const onReplaced = (next: ApprovalView) =>
    void navigate(`/approvals/${encodeURIComponent(next.id)}${search}`, { replace: true });
  return (
    <section aria-label="Approval" className="flex h-full flex-col bg-canvas">
      <h1 className="sr-only lg:hidden">Approvals</h1>
      <header className="flex min-h-13 items-center justify-between gap-2 border-line border-b bg-surface px-2 lg:ps-5">
        <Link to={back} className={buttonClass('quiet', 'lg:hidden')}>
          <ArrowLeft className="size-4" aria-hidden />
          Back to Approvals
        </Link>
        <h2 ref={heading} tabIndex={-1} className="min-w-0 flex-1 truncate font-semibold outline-none max-lg:sr-only">
          {data === undefined ? 'Approval' : titleOf(data)}
        </h2>
        <Link to={back} aria-label="Close" title="Close" className={buttonClass('quiet', 'min-w-9 max-lg:hidden')}>
          <X className="size-4" aria-hidden />
        </Link>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-3 py-4 lg:px-5">
        {data === undefined && error === null && <LoadingDetail />}
        {data === undefined && error !== null && <NotThere error={error} onRetry={() => void refetch()} />}
        {data !== undefined && (
          <div className="grid grid-cols-1 gap-3">
            <ApprovalCard approval={data} onReplaced={onReplaced} />
            <Ways approval={data} />
          </div>
        )}
      </div>
    </section>
  );
}

function titleOf({ persona, kind }: ApprovalView): string {
  if (kind === 'budget') return `${persona.name} has reached a limit`;
  return kind === 'undo' ? 'An undo is asked for' : `${persona.name} asks`;
}

/** Leads the reader into what has just been opened, away from its buttons. */
function useFocusOnce(target: RefObject<HTMLElement | null>, loaded: boolean): void {
  useEffect(() => {
    if (loaded) target.current?.focus({ preventScroll: true });
  }, [loaded, target]);
}

function Ways({ approval: { conversationId } }: { approval: ApprovalView }) {
  const may = useMay();
  if (conversationId === null) return null;
  return (
    <p className="flex flex-wrap gap-2">
      {may('chat') && (
        <Link to={`/c/${conversationId}`} className={buttonClass()}>
          <MessagesSquare className="size-4" aria-hidden />
          Open the conversation
        </Link>
      )}
      <Link to={`/activity?conversation=${conversationId}`} className={buttonClass('quiet')}>
        <ListChecks className="size-4" aria-hidden />
        See it in Activity
      </Link>
    </p>
  );
}

function NotThere({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (error instanceof ProblemError && error.status === 404) {
    return (
      <EmptyState
        icon={SearchX}
        title="There is no such approval"
        action={
          <Link to="/approvals" className={buttonClass()}>
            See the approvals
          </Link>
        }
      >
        It does not exist, belongs to another organization, or is not yours to see.
      </EmptyState>
    );
  }
  return <ErrorState title="The approval could not be loaded" error={error} onRetry={onRetry} />;
}

function LoadingDetail() {
  return (
    <Skeleton label="Loading the approval">
      <Bar className="h-72 w-full rounded-xl" />
    </Skeleton>
  );
}
