import { useMutation } from '@tanstack/react-query';
import { CircleCheck, CircleSlash, CircleX, RotateCw } from 'lucide-react';
import type { HookEventView, JobView } from '#channels/http/contract/jobs.ts';
import { describeError } from '../../../api-client.ts';
import { useAnnounce } from '../../../components/announcements.tsx';
import { Button } from '../../../components/button.tsx';
import { JsonBlock } from '../../../components/json-block.tsx';
import { Bar, ErrorState, Notice, Skeleton } from '../../../components/states.tsx';
import { formatMoment } from '../../../format.ts';
import { Fold } from '../../../pages/personas/editor/fold.tsx';
import { jobApi } from '../api.ts';
import { useHookEvents, useRefreshJob } from '../queries.ts';

/** What came in at the job's address, newest first. */
export function HookEvents({ job }: { job: JobView }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useHookEvents(job.id);
  if (data === undefined) {
    if (error !== null)
      return <ErrorState title="The events could not be loaded" error={error} onRetry={() => void refetch()} />;
    return (
      <Skeleton label="Loading the events">
        <Bar className="h-12 w-full" />
      </Skeleton>
    );
  }
  const events = data.pages.flatMap((page) => page.items);
  return (
    <div className="grid min-w-0 grid-cols-1 gap-2">
      <h3 className="font-medium">Last events</h3>
      {events.length === 0 && <p className="text-ink-2">None has come in yet.</p>}
      {events.length > 0 && (
        <ul aria-label="Last events" className="divide-y divide-line border-line border-y">
          {events.map((event) => (
            <li key={event.id} className="py-2.5">
              <EventRow job={job} event={event} />
            </li>
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button className="justify-self-start" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? 'Loading…' : 'Show older events'}
        </Button>
      )}
    </div>
  );
}

const marks = {
  accepted: { icon: CircleCheck, words: 'Accepted', className: 'text-good' },
  filtered: { icon: CircleSlash, words: 'Left out by the conditions', className: 'text-ink-2' },
  refused: { icon: CircleX, words: 'Refused', className: 'text-bad' },
} as const;

function EventRow({ job, event }: { job: JobView; event: HookEventView }) {
  const announce = useAnnounce();
  const refresh = useRefreshJob();
  const replay = useMutation({
    mutationFn: () => jobApi.replayEvent(job.id, event.id),
    async onSuccess() {
      await refresh(job.id);
      announce('Started with this event once more.');
    },
  });
  const { icon: Icon, words, className } = marks[event.outcome];
  return (
    <article aria-label={`Event of ${formatMoment(event.receivedAt)}`} className="grid min-w-0 grid-cols-1 gap-1.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <p className="flex min-w-0 flex-1 basis-64 flex-wrap items-center gap-x-2">
          <span className={`inline-flex items-center gap-1.5 font-medium ${className}`}>
            <Icon className="size-4 shrink-0" aria-hidden />
            {words}
          </span>
          <time dateTime={event.receivedAt} className="text-ink-2 text-xs">
            {formatMoment(event.receivedAt)}
          </time>
        </p>
        {event.body !== null && job.manageable && (
          <Button disabled={replay.isPending} onClick={() => replay.mutate()}>
            <RotateCw className="size-4" aria-hidden />
            Once more
          </Button>
        )}
      </div>
      {event.reason !== null && <p className="text-ink-2 text-pretty wrap-anywhere">{event.reason}</p>}
      {replay.error !== null && (
        <Notice tone="bad" role="alert">
          {describeError(replay.error)}
        </Notice>
      )}
      {event.body !== null && (
        <Fold title="What was sent" state={`Message ${event.messageId}`}>
          <JsonBlock label="What was sent" value={readable(event.body)} />
        </Fold>
      )}
    </article>
  );
}

function readable(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}
