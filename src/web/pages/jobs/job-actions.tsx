import { useMutation } from '@tanstack/react-query';
import { Copy, Download, Ellipsis, LoaderCircle, Pause, Play, SquarePen, Trash2, Zap } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { JobView } from '#channels/http/contract/jobs.ts';
import { describeError } from '../../api-client.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Button, buttonClass } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Popover } from '../../components/popover.tsx';
import { Notice } from '../../components/states.tsx';
import { downloadText } from '../../pages/personas/download-text.ts';
import { jobApi } from './api.ts';
import { useForgetJob, useRefreshJob, useSwitchJob } from './queries.ts';

/** What can be done with a job, as far as the person may. */
export function JobActions({ job }: { job: JobView }) {
  const navigate = useNavigate();
  const announce = useAnnounce();
  const refresh = useRefreshJob();
  const [deleting, setDeleting] = useState(false);
  const act = useMutation({ mutationFn: (action: () => Promise<void>) => action() });
  const { name } = job.definition;
  const switching = useSwitchJob();
  const paused = job.status === 'paused';

  const run = async () => {
    await jobApi.run(job.id);
    await refresh(job.id);
    announce(`Started “${name}”.`);
  };
  const duplicate = async () => {
    const copy = await jobApi.duplicate(job.id);
    await refresh(copy.id);
    announce(`Made “${copy.definition.name}”, a paused copy you can change.`);
    void navigate(`/jobs/${copy.id}/edit`);
  };
  const download = async () => {
    const { fileName, text } = await jobApi.file(job.id);
    downloadText(fileName, text);
    announce(`Exported “${name}” to ${fileName}.`);
  };
  const switchIt = async () => {
    await switching.mutateAsync({ job, status: paused ? 'active' : 'paused' });
    announce(paused ? `“${name}” goes on.` : `“${name}” is paused.`);
  };
  return (
    <div className="grid justify-items-end gap-2 max-sm:justify-items-start">
      <div className="flex flex-wrap justify-end gap-2">
        {job.manageable && (
          <Button aria-label={`Run ${name} now`} disabled={act.isPending} onClick={() => act.mutate(run)}>
            {act.isPending ? (
              <LoaderCircle className="size-4 animate-spin" aria-hidden />
            ) : (
              <Zap className="size-4" aria-hidden />
            )}
            Run now
          </Button>
        )}
        {job.manageable && (
          <Button
            aria-label={paused ? `Resume ${name}` : `Pause ${name}`}
            disabled={act.isPending}
            onClick={() => act.mutate(switchIt)}
          >
            {paused ? <Play className="size-4" aria-hidden /> : <Pause className="size-4" aria-hidden />}
            {paused ? 'Resume' : 'Pause'}
          </Button>
        )}
        <Popover
          label={`More for ${name}`}
          className="min-w-9 px-2!"
          closesOnChoice
          trigger={
            <>
              <Ellipsis className="size-4" aria-hidden />
              <span className="sr-only">More for {name}</span>
            </>
          }
        >
          <div className="grid gap-1">
            {job.changeable && (
              <Link to={`/jobs/${job.id}/edit`} className={buttonClass('quiet', 'justify-start!')}>
                <SquarePen className="size-4" aria-hidden />
                Edit
              </Link>
            )}
            <Item icon={<Copy className="size-4" aria-hidden />} onClick={() => act.mutate(duplicate)}>
              Duplicate
            </Item>
            <Item icon={<Download className="size-4" aria-hidden />} onClick={() => act.mutate(download)}>
              Export to a file
            </Item>
            {job.manageable && job.file === null && (
              <Item icon={<Trash2 className="size-4" aria-hidden />} onClick={() => setDeleting(true)}>
                Delete…
              </Item>
            )}
          </div>
        </Popover>
      </div>
      {act.error !== null && (
        <Notice tone="bad" role="alert">
          {describeError(act.error)}
        </Notice>
      )}
      <DeleteDialog job={job} open={deleting} onClose={() => setDeleting(false)} />
    </div>
  );
}

function DeleteDialog({ job, open, onClose }: { job: JobView; open: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const announce = useAnnounce();
  const forget = useForgetJob();
  const { name, trigger } = job.definition;
  return (
    <ConfirmDialog
      open={open}
      title={`Delete “${name}”?`}
      submit="Delete the job"
      sending="Deleting…"
      onClose={onClose}
      onConfirm={async () => {
        await jobApi.remove(job.id);
        await navigate('/jobs');
        await forget(job.id);
        announce(`“${name}” is deleted.`);
      }}
    >
      <p className="text-pretty">
        It does not start any more, and its history of runs goes with it. What its runs did stays in the record of
        activity.{trigger.kind === 'webhook' && ' Whoever sends events to its address is refused from then on.'} To stop
        it for a while, pause it instead.
      </p>
    </ConfirmDialog>
  );
}

function Item({ icon, onClick, children }: { icon: ReactNode; onClick: () => void; children: ReactNode }) {
  return (
    <Button look="quiet" className="justify-start!" onClick={onClick}>
      {icon}
      {children}
    </Button>
  );
}
