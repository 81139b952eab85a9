import { NavLink, useLocation } from 'react-router';
import type { AuditEventView } from '#channels/http/contract/audit-events.ts';
import { Button } from '../../components/button.tsx';
import { OutcomeBadge } from '../../components/outcome-badge.tsx';
import { formatDuration, formatMoment, splitMoment } from '../../format.ts';
import { type EventNames, outcomeOf, titleOf, whoOf } from './event-words.ts';

/** One line per event in a wide window, a card on a phone. */
const columns =
  'flex flex-wrap @2xl:grid @2xl:grid-cols-[8.5rem_minmax(7rem,1fr)_minmax(9rem,1.2fr)_9.5rem_4.5rem] items-center gap-x-4 gap-y-0.5';

interface EventListProps {
  readonly events: readonly AuditEventView[];
  readonly names: EventNames;
  readonly more: { readonly loading: boolean; readonly onMore: () => void } | null;
}

export function EventList({ events, names, more }: EventListProps) {
  const { search } = useLocation();
  return (
    <div className="@container">
      <div
        aria-hidden
        className={`${columns} sticky top-0 z-1 @max-2xl:hidden border-line border-b bg-canvas px-6 py-2 font-semibold text-ink-3 text-xs`}
      >
        <span>Time</span>
        <span>Who</span>
        <span>What</span>
        <span>Outcome</span>
        <span className="text-end">Duration</span>
      </div>
      <ol aria-label="Audit events" className="@max-2xl:grid @max-2xl:gap-2 @max-2xl:p-3">
        {events.map((event) => (
          <li key={event.id}>
            <EventRow event={event} names={names} search={search} />
          </li>
        ))}
      </ol>
      <div className="px-6 py-4 text-center text-ink-3 text-xs">
        {more === null ? (
          'That is all.'
        ) : (
          <Button disabled={more.loading} onClick={more.onMore}>
            {more.loading ? 'Loading…' : 'Load more'}
          </Button>
        )}
      </div>
    </div>
  );
}

function EventRow({ event, names, search }: { event: AuditEventView; names: EventNames; search: string }) {
  const { day, time } = splitMoment(event.at);
  const who = whoOf(event, names);
  const what = titleOf(event, names);
  return (
    <NavLink
      to={`/activity/${event.id}${search}`}
      className={({ isActive }) =>
        `${columns} min-h-11 px-4 py-2 -outline-offset-2 @2xl:border-line @2xl:border-b @2xl:px-6 @max-2xl:rounded-xl @max-2xl:border @max-2xl:border-line @max-2xl:shadow-card ${isActive ? 'bg-accent-soft' : 'hover:bg-sunken @max-2xl:bg-surface'}`
      }
    >
      <time
        dateTime={event.at}
        title={formatMoment(event.at)}
        className="whitespace-nowrap text-ink-2 tabular-nums @max-2xl:order-4"
      >
        <span className="text-ink-3">{day}</span> {time}
      </time>
      <span aria-hidden className="order-3 basis-full @2xl:hidden" />
      <span title={who} className="min-w-0 flex-1 truncate text-ink-2 @max-2xl:order-5">
        {who}
      </span>
      <span title={what} className="min-w-0 flex-1 truncate font-medium @max-2xl:order-1">
        {what}
      </span>
      <span className="flex @max-2xl:order-2">
        <OutcomeBadge outcome={outcomeOf(event)} />
      </span>
      <span className="text-end text-ink-3 tabular-nums @max-2xl:order-6">
        {event.durationMs === null ? '' : formatDuration(event.durationMs)}
      </span>
    </NavLink>
  );
}
