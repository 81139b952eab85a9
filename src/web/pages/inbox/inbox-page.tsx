import { CheckCheck, Inbox } from 'lucide-react';
import { Link, useSearchParams } from 'react-router';
import { describeError } from '../../api-client.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Button, buttonClass } from '../../components/button.tsx';
import { Bar, EmptyState, ErrorState, Notice, Skeleton } from '../../components/states.tsx';
import { Entry } from './entry.tsx';
import { useInbox, useMarkRead } from './queries.ts';

/** /inbox : what jobs delivered here, and what the service has to say about them. */
export function InboxPage() {
  const [search] = useSearchParams();
  const unreadOnly = search.get('show') === 'unread';
  return (
    <div className="h-full overflow-y-auto">
      <title>Inbox – Personas for Ninox</title>
      <div className="mx-auto grid max-w-3xl grid-cols-1 gap-5 px-4 py-6 md:px-6">
        <header className="grid gap-1">
          <h1 className="font-semibold text-xl tracking-tight">Inbox</h1>
          <p className="text-ink-2 text-pretty">What your jobs have answered, and what you should know about them.</p>
        </header>
        <Entries unreadOnly={unreadOnly} />
      </div>
    </div>
  );
}

function Entries({ unreadOnly }: { unreadOnly: boolean }) {
  const announce = useAnnounce();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInbox(unreadOnly);
  const mark = useMarkRead();
  if (data === undefined) {
    if (error === null) return <LoadingInbox />;
    return <ErrorState title="The inbox could not be loaded" error={error} onRetry={() => void refetch()} />;
  }
  const entries = data.pages.flatMap((page) => page.items);
  const unread = data.pages[0]?.unread ?? 0;
  const readAll = () => mark.mutate(null, { onSuccess: () => announce('Everything is marked as read.') });
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <nav aria-label="Which entries" className="flex gap-1">
          <Shown to="/inbox" current={!unreadOnly}>
            All
          </Shown>
          <Shown to="/inbox?show=unread" current={unreadOnly}>
            {unread === 0 ? 'Unread' : `Unread (${unread})`}
          </Shown>
        </nav>
        {unread > 0 && (
          <Button disabled={mark.isPending} onClick={readAll}>
            <CheckCheck className="size-4" aria-hidden />
            Mark all as read
          </Button>
        )}
      </div>
      {mark.error !== null && (
        <Notice tone="bad" role="alert">
          {describeError(mark.error)}
        </Notice>
      )}
      {entries.length === 0 && <NothingThere unreadOnly={unreadOnly} />}
      {entries.length > 0 && (
        <ul aria-label="Entries" className="grid grid-cols-1 gap-3">
          {entries.map((entry) => (
            <li key={entry.id} className="min-w-0">
              <Entry entry={entry} onRead={() => mark.mutate(entry.id)} />
            </li>
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button className="justify-self-start" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? 'Loading…' : 'Show more'}
        </Button>
      )}
    </>
  );
}

function Shown({ to, current, children }: { to: string; current: boolean; children: string }) {
  return (
    <Link
      to={to}
      aria-current={current ? 'page' : undefined}
      className={buttonClass('quiet', current ? 'bg-accent-soft! text-accent!' : '')}
    >
      {children}
    </Link>
  );
}

function NothingThere({ unreadOnly }: { unreadOnly: boolean }) {
  if (unreadOnly) {
    return (
      <EmptyState icon={CheckCheck} title="Everything is read">
        New answers of your jobs appear here.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Inbox}
      title="Nothing has come in yet"
      action={
        <Link to="/jobs" className={buttonClass('primary')}>
          Go to Jobs
        </Link>
      }
    >
      A job that delivers into the inbox puts its answer here.
    </EmptyState>
  );
}

function LoadingInbox() {
  return (
    <Skeleton label="Loading the inbox">
      <div className="grid gap-3">
        <Bar className="h-24 rounded-xl" />
        <Bar className="h-24 rounded-xl" />
      </div>
    </Skeleton>
  );
}
