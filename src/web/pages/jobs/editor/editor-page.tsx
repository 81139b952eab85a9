import { FileLock } from 'lucide-react';
import { Link, useParams } from 'react-router';
import type { JobView } from '#channels/http/contract/jobs.ts';
import { ProblemError } from '../../../api-client.ts';
import { buttonClass } from '../../../components/button.tsx';
import { EmptyState, ErrorState, LoadingPage } from '../../../components/states.tsx';
import { NoSuchJob } from '../no-such-job.tsx';
import { useJobToEdit } from '../queries.ts';
import { Editor } from './editor.tsx';

/** /jobs/new/blank and /jobs/:jobId/edit */
export function JobEditorPage() {
  const { jobId = null } = useParams();
  return (
    <>
      <title>{`${jobId === null ? 'New job' : 'Edit job'} – Personas for Ninox`}</title>
      {jobId === null ? <Editor job={null} /> : <Loader key={jobId} jobId={jobId} />}
    </>
  );
}

function Loader({ jobId }: { jobId: string }) {
  const { data, error, refetch } = useJobToEdit(jobId, true);
  if (data === undefined) {
    if (error === null) return <LoadingPage />;
    if (error instanceof ProblemError && error.status === 404) return <NoSuchJob />;
    return <ErrorState heading="h1" title="The job could not be loaded" error={error} onRetry={() => void refetch()} />;
  }
  return data.changeable ? <Editor job={data} /> : <ReadOnly job={data} />;
}

function ReadOnly({ job: { id, definition, file, owner } }: { job: JobView }) {
  return (
    <EmptyState
      icon={FileLock}
      heading="h1"
      title={`${definition.name} cannot be changed here`}
      action={
        <Link to={`/jobs/${id}`} className={buttonClass()}>
          See the job
        </Link>
      }
    >
      {file === null ? (
        `It acts as ${owner.name}, so only ${owner.name} changes what it does. Duplicate it for a job of your own.`
      ) : (
        <>
          It lives in <code className="wrap-anywhere">{file}</code>. Edit it there, or duplicate it and change the copy.
        </>
      )}
    </EmptyState>
  );
}
