import { useMutation } from '@tanstack/react-query';
import { CircleCheck, CircleDashed, CircleX, MessageSquareText, RotateCw } from 'lucide-react';
import { Link } from 'react-router';
import type { DeliveryView, JobRunView, JobView } from '#channels/http/contract/jobs.ts';
import { describeError } from '../../../api-client.ts';
import { useAnnounce } from '../../../components/announcements.tsx';
import { Button, buttonClass } from '../../../components/button.tsx';
import { JsonBlock } from '../../../components/json-block.tsx';
import { Notice } from '../../../components/states.tsx';
import { formatDuration, formatMoment } from '../../../format.ts';
import { Fold } from '../../../pages/personas/editor/fold.tsx';
import { jobApi } from '../api.ts';
import { causeWords, deliveryKindWords } from '../job-words.ts';
import { isOpen, useRefreshJob } from '../queries.ts';
import { RunMark } from '../run-mark.tsx';

/** One time the job was started, or was due. */
export function RunRow({ job, run }: { job: JobView; run: JobRunView }) {
  const announce = useAnnounce();
  const refresh = useRefreshJob();
  const replay = useMutation({
    mutationFn: () => jobApi.replayRun(job.id, run.id),
    async onSuccess() {
      await refresh(job.id);
      announce('Started once more.');
    },
  });
  const { cause, status, plannedAt, startedAt, endedAt, createdAt, problem, payload, deliveries, attempts } = run;
  const took = startedAt === null || endedAt === null ? null : Date.parse(endedAt) - Date.parse(startedAt);
  return (
    <article aria-label={`Run of ${formatMoment(createdAt)}`} className="grid min-w-0 grid-cols-1 gap-2">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="grid min-w-0 flex-1 basis-64 gap-0.5">
          <p className="flex flex-wrap items-center gap-x-2.5">
            <RunMark status={status} />
            <time dateTime={plannedAt ?? createdAt} className="tabular-nums">
              {formatMoment(plannedAt ?? createdAt)}
            </time>
          </p>
          <p className="text-ink-2 text-xs">
            {run.trial ? 'Test run' : causeWords[cause]}
            {run.startedBy !== null && `, ${run.startedBy.name}`}
            {took !== null && ` · took ${formatDuration(took)}`}
            {attempts > 1 && ` · ${attempts} attempts`}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          {run.conversationId !== null && (
            <Link to={`/c/${run.conversationId}`} className={buttonClass()}>
              <MessageSquareText className="size-4" aria-hidden />
              Transcript
            </Link>
          )}
          {job.manageable && !isOpen(status) && (
            <Button disabled={replay.isPending} onClick={() => replay.mutate()}>
              <RotateCw className="size-4" aria-hidden />
              Once more
            </Button>
          )}
        </div>
      </div>
      {problem !== null && <p className="text-pretty text-warn wrap-anywhere">{problem}</p>}
      {replay.error !== null && (
        <Notice tone="bad" role="alert">
          {describeError(replay.error)}
        </Notice>
      )}
      {deliveries.length > 0 && (
        <ul aria-label="Deliveries" className="grid gap-1">
          {deliveries.map((delivery) => (
            <li key={delivery.id}>
              <DeliveryRow job={job} delivery={delivery} />
            </li>
          ))}
        </ul>
      )}
      {payload !== null && payload !== undefined && (
        <Fold title="What came in" state="As it was received.">
          <JsonBlock label="What came in" value={payload} />
        </Fold>
      )}
    </article>
  );
}

const marks = {
  pending: { icon: CircleDashed, words: 'on its way', className: 'text-ink-2' },
  sent: { icon: CircleCheck, words: 'delivered', className: 'text-good' },
  dead: { icon: CircleX, words: 'not delivered', className: 'text-bad' },
} as const;

function DeliveryRow({ job, delivery }: { job: JobView; delivery: DeliveryView }) {
  const announce = useAnnounce();
  const refresh = useRefreshJob();
  const again = useMutation({
    mutationFn: () => jobApi.replayDelivery(job.id, delivery.id),
    async onSuccess() {
      await refresh(job.id);
      announce('It is sent once more.');
    },
  });
  const { icon: Icon, words, className } = marks[delivery.status];
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs">
      <p className="min-w-0 flex-1 basis-64 wrap-anywhere">
        <span className={`inline-flex items-center gap-1 font-medium ${className}`}>
          <Icon className="size-3.5 shrink-0" aria-hidden />
          {deliveryKindWords[delivery.kind]} {words}
        </span>
        {delivery.kind !== 'inbox' && <span className="text-ink-2"> · {delivery.to}</span>}
        {delivery.attempts > 1 && <span className="text-ink-2"> · {delivery.attempts} attempts</span>}
        {delivery.problem !== null && <span className="block text-pretty text-warn">{delivery.problem}</span>}
        {again.error !== null && (
          <span role="alert" className="block text-bad">
            {describeError(again.error)}
          </span>
        )}
      </p>
      {delivery.status === 'dead' && job.manageable && (
        <Button disabled={again.isPending} onClick={() => again.mutate()}>
          <RotateCw className="size-4" aria-hidden />
          Send again
        </Button>
      )}
    </div>
  );
}
