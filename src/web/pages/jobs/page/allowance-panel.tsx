import { useMutation } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import type { JobView } from '#channels/http/contract/jobs.ts';
import { useAnnounce } from '../../../components/announcements.tsx';
import { Button } from '../../../components/button.tsx';
import { Modal, ModalActions } from '../../../components/modal.tsx';
import { Panel } from '../../../components/panel.tsx';
import { Notice } from '../../../components/states.tsx';
import { formatMinute, formatShort } from '../../../format.ts';
import { useNames } from '../../../queries.ts';
import { useMay } from '../../../session.tsx';
import { jobApi } from '../api.ts';
import { type AllowanceDraft, toAllowance, toAllowanceDraft } from '../editor/allowance-draft.ts';
import { AllowancesField } from '../editor/allowances-field.tsx';
import { allowanceProblems, onlyProblems, problemsOf } from '../editor/job-problems.ts';
import { type Problems, problemsIn } from '../fields/delivery-draft.ts';
import { useRefreshJob } from '../queries.ts';

/** Standing approvals with what was used of them, and who gave them. */
export function AllowancePanel({ job }: { job: JobView }) {
  const names = useNames();
  const may = useMay();
  const [changing, setChanging] = useState(false);
  const canChange = job.changeable || (job.manageable && may('jobs:manage'));
  const approves = job.definition.mandate.rule === 'pre_approved';
  if (job.allowances.length === 0 && !approves) return null;
  return (
    <Panel
      title="Standing approvals"
      intro="What this job may do without asking, within these bounds."
      aside={
        canChange && (
          <Button onClick={() => setChanging(true)}>
            <ShieldCheck className="size-4" aria-hidden />
            Change
          </Button>
        )
      }
    >
      {job.allowances.length === 0 ? (
        <p className="text-ink-2 text-pretty">None yet: whatever needs an approval waits for a person.</p>
      ) : (
        <ul aria-label="Standing approvals" className="divide-y divide-line border-line border-y">
          {job.allowances.map((given) => (
            <li key={given.id} className="grid gap-1 py-3">
              <p className="flex flex-wrap items-baseline gap-x-2 font-medium">
                {names.tool(given.tool)}
                {isOver(given.expiresAt) && <span className="text-warn text-xs">Over</span>}
              </p>
              <Used used={given.used} count={given.count} label={names.tool(given.tool)} />
              <p className="text-ink-2 text-xs wrap-anywhere">
                {whereWords(given.limits)} · until {formatMinute(given.expiresAt)} · given by {given.givenBy.name},{' '}
                {formatShort(given.givenAt)}
                {given.afterOutsideText && ' · also after text from outside'}
              </p>
            </li>
          ))}
        </ul>
      )}
      <Modal open={changing} title="Standing approvals" onClose={() => setChanging(false)}>
        <ChangeForm job={job} onDone={() => setChanging(false)} />
      </Modal>
    </Panel>
  );
}

function Used({ used, count, label }: { used: number; count: number; label: string }) {
  return (
    <div className="flex items-center gap-3 text-xs">
      <progress
        value={Math.min(used, count)}
        max={count}
        aria-label={`Used of ${label}`}
        className="h-2 min-w-0 max-w-60 flex-1 accent-accent"
      />
      <span className={`tabular-nums ${used >= count ? 'text-warn' : 'text-ink-2'}`}>
        {used} of {count} used
      </span>
    </div>
  );
}

function isOver(expiresAt: string): boolean {
  return Date.parse(expiresAt) <= Date.now();
}

function whereWords(limits: Readonly<Record<string, readonly string[]>>): string {
  const parts = Object.entries(limits).map(([level, ids]) => `${level}: ${ids.join(', ')}`);
  return parts.length === 0 ? 'Wherever the persona may' : `Only ${parts.join('; ')}`;
}

function ChangeForm({ job, onDone }: { job: JobView; onDone: () => void }) {
  const announce = useAnnounce();
  const refresh = useRefreshJob();
  const [drafts, setDrafts] = useState<readonly AllowanceDraft[]>(() =>
    job.allowances.map((given) => toAllowanceDraft({ ...given, limits: given.limits })),
  );
  const [problems, setProblems] = useState<Problems>({});
  const [failure, setFailure] = useState<string | null>(null);
  const { mutate, isPending } = useMutation({
    mutationFn: () => jobApi.changeAllowances(job.id, { revision: job.revision, allowances: drafts.map(toAllowance) }),
    async onSuccess() {
      await refresh(job.id);
      announce('The standing approvals are saved.');
      onDone();
    },
    onError(error) {
      const found = problemsOf(error);
      setProblems(problemsIn(found.problems, 'mandate'));
      setFailure(found.rest ?? 'Some of it has to be corrected.');
    },
  });
  const save = () => {
    const found = onlyProblems(allowanceProblems(drafts, 'allowances'));
    setProblems(found);
    setFailure(null);
    if (Object.keys(found).length === 0) mutate();
  };
  return (
    <>
      <AllowancesField
        value={drafts}
        onChange={setDrafts}
        personaId={job.definition.persona}
        problems={problemsIn(problems, 'allowances')}
      />
      {failure !== null && (
        <Notice tone="bad" role="alert" title="Not saved">
          {failure}
        </Notice>
      )}
      <ModalActions>
        <Button disabled={isPending} onClick={onDone}>
          Cancel
        </Button>
        <Button look="primary" disabled={isPending} onClick={save}>
          {isPending ? 'Saving…' : 'Give these approvals'}
        </Button>
      </ModalActions>
    </>
  );
}
