import { CirclePause, FileText, SquarePen, TriangleAlert } from 'lucide-react';
import { Link, useParams } from 'react-router';
import type { JobView } from '#channels/http/contract/jobs.ts';
import { ProblemError } from '../../../api-client.ts';
import { buttonClass } from '../../../components/button.tsx';
import { Panel } from '../../../components/panel.tsx';
import { ErrorState, LoadingPage, Notice } from '../../../components/states.tsx';
import { useSession } from '../../../session.tsx';
import { NextTimes } from '../fields/schedule-preview.tsx';
import { ownTimeZone } from '../fields/time-zone.ts';
import { JobActions } from '../job-actions.tsx';
import { describeTrigger } from '../job-words.ts';
import { BackToJobs } from '../list/new-job-page.tsx';
import { NoSuchJob } from '../no-such-job.tsx';
import { useJob } from '../queries.ts';
import { AllowancePanel } from './allowance-panel.tsx';
import { HookPanel } from './hook-panel.tsx';
import { OutboundPanel } from './outbound-panel.tsx';
import { RunsPanel } from './runs-panel.tsx';
import { SetUpPanel } from './set-up-panel.tsx';

/** /jobs/:jobId */
export function JobPage() {
  const { jobId = '' } = useParams();
  const { data, error, refetch } = useJob(jobId);
  if (data !== undefined) return <Loaded key={data.id} job={data} />;
  if (error === null) return <LoadingPage />;
  if (error instanceof ProblemError && error.status === 404) return <NoSuchJob />;
  return <ErrorState heading="h1" title="The job could not be loaded" error={error} onRetry={() => void refetch()} />;
}

function Loaded({ job }: { job: JobView }) {
  const { user } = useSession();
  const { definition, owner, file, status, next } = job;
  const { trigger } = definition;
  return (
    <div className="h-full overflow-y-auto">
      <title>{`${definition.name} – Personas for Ninox`}</title>
      <div className="mx-auto grid max-w-4xl grid-cols-1 gap-5 px-4 py-6 md:px-6">
        <BackToJobs />
        <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <div className="grid min-w-0 flex-1 basis-80 gap-1">
            <h1 className="font-semibold text-xl tracking-tight wrap-anywhere">{definition.name}</h1>
            {definition.description !== '' && <p className="text-ink-2 text-pretty">{definition.description}</p>}
            <p className="text-ink-2 text-xs">
              Acts as {owner.id === user.id ? 'you' : owner.name}, with {owner.id === user.id ? 'your' : 'their'} rights
              of the moment.
            </p>
          </div>
          <div className="flex flex-wrap items-start gap-2">
            {job.changeable && (
              <Link to={`/jobs/${job.id}/edit`} className={buttonClass('primary')}>
                <SquarePen className="size-4" aria-hidden />
                Edit
              </Link>
            )}
            <JobActions job={job} />
          </div>
        </header>
        <State job={job} />
        {file !== null && (
          <Notice tone="plain" icon={FileText} title="From a file">
            It lives in <code className="wrap-anywhere">{file}</code> and is changed there. Here it can be run and
            paused.
          </Notice>
        )}
        <Panel title="When it starts" intro={describeTrigger(job)}>
          {trigger.kind === 'schedule' && status === 'active' && (
            <div className="grid gap-1.5">
              <h3 className="font-medium">The next five times</h3>
              <NextTimes next={next} timeZone={trigger.timeZone} />
              {trigger.timeZone !== ownTimeZone && (
                <p className="text-ink-3 text-xs">
                  In {trigger.timeZone.replaceAll('_', ' ')}, not your own time zone.
                </p>
              )}
            </div>
          )}
          {trigger.kind === 'schedule' && status === 'paused' && (
            <p className="text-ink-2">Nothing is planned while it is paused.</p>
          )}
        </Panel>
        {trigger.kind === 'webhook' && <HookPanel job={job} auth={trigger.auth} />}
        <RunsPanel job={job} />
        <AllowancePanel job={job} />
        {definition.deliveries.some(({ kind }) => kind === 'webhook') && <OutboundPanel job={job} />}
        <SetUpPanel job={job} />
      </div>
    </div>
  );
}

/** What keeps it from working, first of all whether it is paused. */
function State({ job: { status, pausedReason, problems } }: { job: JobView }) {
  const others = problems.filter((problem) => problem !== pausedReason);
  return (
    <>
      {status === 'paused' && (
        <Notice tone="warn" icon={CirclePause} title="Paused">
          {pausedReason ?? 'It does not start by itself. Resume it when it should go on.'}
        </Notice>
      )}
      {others.length > 0 && (
        <Notice tone="warn" icon={TriangleAlert} title="To be looked at">
          <ul className="grid gap-1">
            {others.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}
