import { History } from 'lucide-react';
import type { JobView } from '#channels/http/contract/jobs.ts';
import { Button } from '../../../components/button.tsx';
import { Panel } from '../../../components/panel.tsx';
import { Bar, EmptyState, ErrorState, Skeleton } from '../../../components/states.tsx';
import { useJobRuns } from '../queries.ts';
import { RunRow } from './run-row.tsx';

/** What started the job, and what became of it, newest first. */
export function RunsPanel({ job }: { job: JobView }) {
  return (
    <Panel title="Runs">
      <Runs job={job} />
    </Panel>
  );
}

function Runs({ job }: { job: JobView }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useJobRuns(job.id);
  if (data === undefined) {
    if (error !== null)
      return <ErrorState title="The runs could not be loaded" error={error} onRetry={() => void refetch()} />;
    return (
      <Skeleton label="Loading the runs">
        <Bar className="h-24 w-full" />
      </Skeleton>
    );
  }
  const runs = data.pages.flatMap((page) => page.items);
  if (runs.length === 0) {
    return (
      <EmptyState icon={History} title="It has not run yet">
        Press Run now to see it work, or wait for what starts it.
      </EmptyState>
    );
  }
  return (
    <>
      <ul aria-label="Runs" className="divide-y divide-line border-line border-y">
        {runs.map((run) => (
          <li key={run.id} className="py-3">
            <RunRow job={job} run={run} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button className="justify-self-start" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? 'Loading…' : 'Show older runs'}
        </Button>
      )}
    </>
  );
}
