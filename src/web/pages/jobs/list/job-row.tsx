import { CirclePause, TriangleAlert } from 'lucide-react';
import { Link } from 'react-router';
import type { JobView } from '#channels/http/contract/jobs.ts';
import { formatMinute, formatShort } from '../../../format.ts';
import { useNames } from '../../../queries.ts';
import { useSession } from '../../../session.tsx';
import { JobActions } from '../job-actions.tsx';
import { describeTrigger } from '../job-words.ts';
import { RunMark } from '../run-mark.tsx';

/** One job: when it starts, when next, how it went last, and what keeps it from working. */
export function JobRow({ job }: { job: JobView }) {
  const names = useNames();
  const { user } = useSession();
  const { id, definition, owner, status, pausedReason, next, lastRun, problems, file } = job;
  const [nextTime] = next;
  return (
    <article className="flex flex-wrap items-start gap-x-4 gap-y-3 px-4 py-3.5">
      <div className="grid min-w-0 flex-1 basis-72 gap-1">
        <h2 className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <Link to={`/jobs/${id}`} className="font-semibold wrap-anywhere hover:underline">
            {definition.name}
          </Link>
          {status === 'paused' && (
            <span className="inline-flex items-center gap-1.5 font-medium text-sm text-warn">
              <CirclePause className="size-4 shrink-0" aria-hidden />
              Paused
            </span>
          )}
        </h2>
        <p className="text-ink-2 wrap-anywhere">{describeTrigger(job)}</p>
        <p className="flex flex-wrap gap-x-1.5 text-ink-2 text-xs wrap-anywhere">
          <span>{names.persona(definition.persona)}</span>
          {owner.id !== user.id && <span>· acts as {owner.name}</span>}
          {file !== null && (
            <span>
              · from the file <code>{file}</code>
            </span>
          )}
        </p>
        {pausedReason !== null && status === 'paused' && <Warning>{pausedReason}</Warning>}
        {problems
          .filter((problem) => problem !== pausedReason)
          .map((problem) => (
            <Warning key={problem}>{problem}</Warning>
          ))}
      </div>
      <dl className="grid min-w-0 flex-none basis-44 gap-1.5 text-xs max-sm:basis-full max-sm:grid-cols-2">
        <div>
          <dt className="text-ink-3">Next</dt>
          <dd className="font-medium">
            {nextTime === undefined ? (
              <span className="font-normal text-ink-2">
                {status === 'paused' ? 'Not while paused' : 'Nothing planned'}
              </span>
            ) : (
              <time dateTime={nextTime}>{formatMinute(nextTime)}</time>
            )}
          </dd>
        </div>
        <div>
          <dt className="text-ink-3">Last</dt>
          <dd className="flex flex-wrap items-center gap-x-2">
            {lastRun === null ? (
              <span className="text-ink-2">Never ran</span>
            ) : (
              <>
                <RunMark status={lastRun.status} />
                <time dateTime={lastRun.createdAt} className="text-ink-2">
                  {formatShort(lastRun.createdAt)}
                </time>
              </>
            )}
          </dd>
        </div>
      </dl>
      <JobActions job={job} />
    </article>
  );
}

function Warning({ children }: { children: string }) {
  return (
    <p className="flex items-start gap-1.5 text-warn text-xs text-pretty">
      <TriangleAlert className="mt-0.5 size-3.5 shrink-0" aria-hidden />
      <span className="min-w-0 wrap-anywhere">{children}</span>
    </p>
  );
}
