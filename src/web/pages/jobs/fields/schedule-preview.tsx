import { CalendarClock } from 'lucide-react';
import { useEffect, useState } from 'react';
import { describeError } from '../../../api-client.ts';
import { useSchedulePreview } from '../queries.ts';

/** The value as it was when nothing had been typed for a moment. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), 300);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** A time in another zone, with its weekday and what the clock there is off by. */
export function formatInZone(iso: string, timeZone: string): string {
  try {
    return new Intl.DateTimeFormat(undefined, {
      timeZone,
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZoneName: 'short',
    }).format(new Date(iso));
  } catch {
    return iso;
  }
}

/** What a schedule means as it is typed, with the next five times. */
export function SchedulePreview({ when, timeZone }: { when: string; timeZone: string }) {
  const settled = useSettled(when.trim());
  const { data, error } = useSchedulePreview(settled, timeZone);
  if (settled === '') return null;
  return (
    <div aria-live="polite" className="grid gap-1.5 rounded-lg bg-sunken px-3.5 py-3">
      {data === undefined && error === null && <p className="text-ink-2">Looking at it…</p>}
      {data === undefined && error !== null && <p className="text-bad">{describeError(error)}</p>}
      {data !== undefined && data.problem !== null && (
        <p className="text-bad text-pretty wrap-anywhere">{data.problem}</p>
      )}
      {data !== undefined && data.problem === null && (
        <>
          <p className="flex items-start gap-2 font-medium text-pretty">
            <CalendarClock className="mt-0.5 size-4 shrink-0 text-accent" aria-hidden />
            {data.words}
          </p>
          <NextTimes next={data.next} timeZone={timeZone} />
        </>
      )}
    </div>
  );
}

export function NextTimes({ next, timeZone }: { next: readonly string[]; timeZone: string }) {
  if (next.length === 0) return <p className="text-ink-2">There is no such time ahead.</p>;
  return (
    <ol aria-label="Next times" className="grid gap-0.5 text-ink-2 tabular-nums">
      {next.map((instant) => (
        <li key={instant}>
          <time dateTime={instant}>{formatInZone(instant, timeZone)}</time>
        </li>
      ))}
    </ol>
  );
}
