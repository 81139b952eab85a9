import { CalendarClock, FileUp, FileX, Plus } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { JobListView } from '#channels/http/contract/jobs.ts';
import { Button, buttonClass } from '../../../components/button.tsx';
import { Bar, EmptyState, ErrorState, Notice, Skeleton } from '../../../components/states.tsx';
import { useJobs } from '../queries.ts';
import { DeadPanel } from './dead-panel.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { JobRow } from './job-row.tsx';
import { TemplateCards } from './template-cards.tsx';

/** /jobs */
export function JobsPage() {
  const [importing, setImporting] = useState(false);
  return (
    <div className="h-full overflow-y-auto">
      <title>Jobs – Personas for Ninox</title>
      <div className="mx-auto grid max-w-5xl grid-cols-1 gap-5 px-4 py-6 md:px-6">
        <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <div className="grid min-w-0 flex-1 basis-80 gap-1">
            <h1 className="font-semibold text-xl tracking-tight">Jobs</h1>
            <p className="max-w-2xl text-ink-2 text-pretty">
              A job has a persona work by itself: at fixed times, on an event, or when records change. It acts with the
              rights of whoever it belongs to.
            </p>
          </div>
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => setImporting(true)}>
              <FileUp className="size-4" aria-hidden />
              Import a file
            </Button>
            <Link to="/jobs/new" className={buttonClass('primary')}>
              <Plus className="size-4" aria-hidden />
              New job
            </Link>
          </div>
        </header>
        <JobList />
        <DeadPanel />
      </div>
      <ImportDialog open={importing} onClose={() => setImporting(false)} />
    </div>
  );
}

function JobList() {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useJobs();
  if (data === undefined) {
    if (error === null) return <LoadingJobs />;
    return <ErrorState title="The jobs could not be loaded" error={error} onRetry={() => void refetch()} />;
  }
  const jobs = data.pages.flatMap((page) => page.items);
  const fileProblems = data.pages[0]?.fileProblems ?? [];
  return (
    <>
      <FileProblems problems={fileProblems} />
      {jobs.length === 0 ? (
        <NoJobs />
      ) : (
        <ul aria-label="Jobs" className="divide-y divide-line rounded-xl border border-line bg-surface shadow-card">
          {jobs.map((job) => (
            <li key={job.id}>
              <JobRow job={job} />
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

function NoJobs() {
  return (
    <section aria-label="No job yet" className="grid gap-2">
      <EmptyState icon={CalendarClock} title="There is no job yet">
        Begin with one of these. Each takes a few answers, shows in a test run what it would do, and can be changed
        afterwards.
      </EmptyState>
      <TemplateCards />
    </section>
  );
}

function FileProblems({ problems }: { problems: NonNullable<JobListView['fileProblems']> }) {
  if (problems.length === 0) return null;
  return (
    <section aria-labelledby="job-files-heading" className="grid gap-2">
      <h2 id="job-files-heading" className="font-semibold">
        Files that are not in use as they stand
      </h2>
      <ul className="grid gap-2">
        {problems.map(({ file, line, message }) => (
          <li key={`${file}:${line}:${message}`}>
            <Notice tone="bad" icon={FileX} title={`${file}, line ${line}`}>
              <p className="whitespace-pre-wrap">{message}</p>
            </Notice>
          </li>
        ))}
      </ul>
    </section>
  );
}

function LoadingJobs() {
  return (
    <Skeleton label="Loading the jobs">
      <div className="grid gap-3">
        <Bar className="h-24 rounded-xl" />
        <Bar className="h-24 rounded-xl" />
      </div>
    </Skeleton>
  );
}
