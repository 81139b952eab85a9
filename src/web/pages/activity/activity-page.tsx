import { ListChecks, RotateCw, SearchX } from 'lucide-react';
import { useMemo } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { Button, buttonClass, IconButton } from '../../components/button.tsx';
import { Bar, EmptyState, ErrorState, Skeleton } from '../../components/states.tsx';
import { useAuditEvents } from '../../queries.ts';
import { useMay } from '../../session.tsx';
import { bothRows, oneRowPerCall } from './calls.ts';
import { ChainBadge } from './chain-badge.tsx';
import { EventDetail } from './event-detail.tsx';
import { EventFilters } from './event-filters.tsx';
import { EventList } from './event-list.tsx';
import { ExportButton } from './export-button.tsx';
import { countFilters, toAuditQuery } from './filters.ts';
import { useEventNames } from './use-event-names.ts';

export function ActivityPage() {
  const { eventId } = useParams();
  const names = useEventNames();
  const open = eventId !== undefined;
  return (
    <div className="flex h-full">
      <title>Activity – Personas for Ninox</title>
      <div className={`min-w-0 flex-1 flex-col ${open ? 'hidden lg:flex' : 'flex'}`}>
        <Events />
      </div>
      {open && (
        <div className="min-w-0 border-line max-lg:w-full lg:w-[clamp(22rem,42%,34rem)] lg:border-l">
          <EventDetail key={eventId} id={eventId} names={names} />
        </div>
      )}
    </div>
  );
}

function Events() {
  const [search] = useSearchParams();
  const names = useEventNames();
  const may = useMay();
  const query = useMemo(() => toAuditQuery(search), [search]);
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage, isFetching } = useAuditEvents(query);
  const loaded = data?.pages.flatMap((page) => page.items) ?? [];
  const both = search.get(bothRows.name) === bothRows.value;
  const events = both ? loaded : oneRowPerCall(loaded);
  const filtered = countFilters(search) > 0;
  return (
    <>
      <header className="flex min-h-13 items-center justify-between gap-2 border-line border-b bg-surface ps-4 pe-2 md:ps-6">
        <h1 className="font-semibold">Activity</h1>
        <div className="flex flex-wrap items-center justify-end gap-1 py-1">
          <ChainBadge />
          {may('audit:export') && <ExportButton query={query} filtered={filtered} />}
          <IconButton label="Refresh" disabled={isFetching} onClick={() => void refetch()}>
            <RotateCw className={`size-4 ${isFetching ? 'animate-spin' : ''}`} aria-hidden />
          </IconButton>
        </div>
      </header>
      <EventFilters />
      {!may('audit:read') && (
        <p className="border-line border-b px-4 py-2 text-ink-2 text-xs text-pretty md:px-6">
          Your own activity: what you did, and what personas did for you. Owners, admins and auditors see everybody’s.
        </p>
      )}
      <div className="min-h-0 flex-1 overflow-y-auto">
        {data === undefined && error === null && <LoadingEvents />}
        {data === undefined && error !== null && (
          <ErrorState title="The record could not be loaded" error={error} onRetry={() => void refetch()} />
        )}
        {data !== undefined && events.length === 0 && (filtered ? <NothingFound /> : <NothingYet />)}
        {events.length > 0 && query.action === undefined && <RowsChoice both={both} />}
        {events.length > 0 && (
          <EventList
            events={events}
            names={names}
            more={hasNextPage ? { loading: isFetchingNextPage, onMore: () => void fetchNextPage() } : null}
          />
        )}
      </div>
    </>
  );
}

function RowsChoice({ both }: { both: boolean }) {
  const [, setSearch] = useSearchParams();
  const change = () =>
    setSearch(
      (current) => {
        const next = new URLSearchParams(current);
        if (both) next.delete(bothRows.name);
        else next.set(bothRows.name, bothRows.value);
        return next;
      },
      { replace: true },
    );
  return (
    <p className="flex flex-wrap items-center gap-x-1.5 px-4 pt-1 text-ink-3 text-xs md:px-6">
      {both
        ? 'Each call with every step that was recorded of it.'
        : 'Each call with the last step that was recorded of it.'}
      <Button look="quiet" className="-ms-1.5 px-1.5! text-xs underline underline-offset-2" onClick={change}>
        {both ? 'Show the last step' : 'Show every step'}
      </Button>
    </p>
  );
}

function NothingYet() {
  const may = useMay();
  return (
    <EmptyState
      icon={ListChecks}
      title="Nothing was done yet"
      action={
        may('chat') && (
          <Link to="/" className={buttonClass('primary')}>
            Start a conversation
          </Link>
        )
      }
    >
      Every call a persona makes or was denied is recorded here with its prompt and its answer, and so is what people
      change: connections, personas, members.
    </EmptyState>
  );
}

function NothingFound() {
  return (
    <EmptyState
      icon={SearchX}
      title="No event fits these filters"
      action={
        <Link to="/activity" className={buttonClass()}>
          Clear filters
        </Link>
      }
    >
      Widen the dates or take a filter away.
    </EmptyState>
  );
}

function LoadingEvents() {
  return (
    <Skeleton label="Loading the record">
      <div className="grid gap-4 px-6 py-5">
        {['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((row) => (
          <Bar key={row} className="h-5 w-full" />
        ))}
      </div>
    </Skeleton>
  );
}
