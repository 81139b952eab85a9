import { FlaskConical, LoaderCircle } from 'lucide-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { Link, Navigate } from 'react-router';
import type { JobView } from '#channels/http/contract/jobs.ts';
import { useAnnounce } from '../../../components/announcements.tsx';
import { Button, buttonClass } from '../../../components/button.tsx';
import { LeaveGuard } from '../../../components/leave-guard.tsx';
import { Notice } from '../../../components/states.tsx';
import type { Json } from '../api.ts';
import { type Trial, useTrialRun } from '../wizard/trial.ts';
import { TrialResult } from '../wizard/trial-result.tsx';
import { ConditionPart } from './condition-part.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { DeliveryPart } from './delivery-part.tsx';
import { findProblems } from './job-problems.ts';
import { MandatePart } from './mandate-part.tsx';
import { RunningPart } from './running-part.tsx';
import { SyncPart } from './sync-part.tsx';
import { TrialPayload } from './trial-payload.tsx';
import { TriggerPart } from './trigger-part.tsx';
import { type JobEdit, useJobEdit } from './use-job-edit.ts';
import { IdentityPart, PromptPart } from './work-part.tsx';

/** The form of all of a job; `job` is null for a new one. */
export function Editor({ job }: { job: JobView | null }) {
  const announce = useAnnounce();
  const [savedId, setSavedId] = useState<string | null>(null);
  const [left, setLeft] = useState(false);
  const trial = useTrialRun();
  const edit = useJobEdit(job, (saved) => {
    announce(job === null ? `Created “${saved.definition.name}”.` : `Saved “${saved.definition.name}”.`);
    setSavedId(saved.id);
  });
  const form = useRefusalFocus(edit.refusals);
  const [payload, setPayload] = useState<Json | undefined>(undefined);
  if (savedId !== null) return <Navigate to={`/jobs/${savedId}`} replace />;
  const { draft, change, problems } = edit;
  const part = { draft, change, problems };
  const title = job === null ? 'New job' : `Edit ${job.definition.name}`;
  return (
    <>
      <form
        ref={form}
        noValidate
        aria-label={title}
        className="flex h-full flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          if (!edit.saving) edit.save();
        }}
      >
        <div className="min-h-0 flex-1 overflow-y-auto">
          <div className="mx-auto grid max-w-3xl grid-cols-1 gap-6 px-4 py-6 md:px-6">
            <h1 className="font-semibold text-xl tracking-tight wrap-anywhere">{title}</h1>
            <IdentityPart {...part} />
            <TriggerPart {...part} />
            <ConditionPart {...part} />
            <PromptPart {...part} />
            <SyncPart {...part} />
            <DeliveryPart {...part} />
            <MandatePart {...part} />
            <RunningPart {...part} />
            <section aria-label="Trying it" className="grid grid-cols-1 gap-3 border-line border-t pt-6">
              <TrialPayload trigger={draft.trigger.kind} onPayload={setPayload} />
              <TryButton edit={edit} trial={trial} payload={payload} />
              <TrialResult trial={trial} />
            </section>
          </div>
        </div>
        <SaveBar edit={edit} isNew={job === null} home={job === null ? '/jobs' : `/jobs/${job.id}`} />
      </form>
      <LeaveGuard active={edit.dirty && !edit.saving && !left} onDiscard={() => setLeft(true)} />
      <ConflictDialog
        edit={edit}
        onTaken={() => announce('This is the newest state now. What you had written is gone.')}
      />
    </>
  );
}

function TryButton({ edit, trial, payload }: { edit: JobEdit; trial: Trial; payload: Json | undefined }) {
  const incomplete = Object.keys(findProblems(edit.draft)).length > 0;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <Button disabled={trial.running || incomplete} onClick={() => trial.start(edit.definition, payload)}>
        {trial.running ? (
          <LoaderCircle className="size-4 animate-spin" aria-hidden />
        ) : (
          <FlaskConical className="size-4" aria-hidden />
        )}
        {trial.view === null ? 'Try it' : 'Try it again'}
      </Button>
      <p className="text-ink-2 text-xs">
        {incomplete
          ? 'Fill in what is needed first: a name, a persona, what starts it and the prompt.'
          : 'Runs once as it stands here, without saving. Nothing is changed and nothing is sent.'}
      </p>
    </div>
  );
}

/** Leads to the first thing that is wrong after saving was refused. */
function useRefusalFocus(refusals: number): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (refusals > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-problem]')?.focus();
  }, [refusals]);
  return form;
}

function SaveBar({ edit, isNew, home }: { edit: JobEdit; isNew: boolean; home: string }) {
  const wrong = Object.keys(edit.problems).length;
  return (
    <div className="grid gap-2 border-line border-t bg-surface px-4 py-2.5 md:px-6">
      {edit.failure !== null && (
        <Notice tone="bad" role="alert" title="Not saved">
          {edit.failure}
        </Notice>
      )}
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p role="status" className="me-auto text-ink-2 text-xs">
          {wrong > 0 && (
            <span className="font-medium text-bad">
              Not saved: {wrong === 1 ? '1 setting' : `${wrong} settings`} to correct.
            </span>
          )}
          {wrong === 0 && (edit.dirty ? 'Not saved yet' : !isNew && 'Nothing changed')}
        </p>
        <Link to={home} className={buttonClass()}>
          Cancel
        </Link>
        <Button type="submit" look="primary" disabled={edit.saving || (!isNew && !edit.dirty)}>
          {edit.saving && <LoaderCircle className="size-4 animate-spin" aria-hidden />}
          {isNew ? 'Create the job' : 'Save changes'}
        </Button>
      </div>
    </div>
  );
}
