import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { JobView } from '#channels/http/contract/jobs.ts';
import { ProblemError } from '../../../api-client.ts';
import { type JobDefinition, jobApi } from '../api.ts';
import type { Problems } from '../fields/delivery-draft.ts';
import { useRefreshJob } from '../queries.ts';
import { blankDraft, type JobDraft, toDefinition, toDraft } from './job-draft.ts';
import { findProblems, problemsLeft, problemsOf } from './job-problems.ts';

export interface JobEdit {
  readonly draft: JobDraft;
  readonly change: (patch: Partial<JobDraft>) => void;
  readonly definition: JobDefinition;
  readonly dirty: boolean;
  readonly saving: boolean;
  readonly problems: Problems;
  /** What went wrong that belongs to no setting. */
  readonly failure: string | null;
  /** The state that came in between; null while there is none to decide about. */
  readonly newest: JobView | null;
  /** Counts the attempts that were refused, for the focus to follow. */
  readonly refusals: number;
  readonly save: () => void;
  /** Replaces the newest state knowingly. */
  readonly overwrite: () => void;
  /** Drops what was written here for the newest state. */
  readonly takeTheirs: () => void;
  readonly settle: () => void;
}

interface Refused {
  readonly problems: Problems;
  readonly failure: string | null;
  readonly draft: JobDraft | null;
}

const none: Refused = { problems: {}, failure: null, draft: null };

/** Holds what is written of a job, saves it, and notices when somebody else was faster. `job` is null for a new one. */
export function useJobEdit(job: JobView | null, onSaved: (saved: JobView) => void): JobEdit {
  const [base, setBase] = useState(job);
  const [draft, setDraft] = useState(() => (job === null ? blankDraft() : toDraft(job.definition)));
  const [begun, setBegun] = useState(draft);
  const [refusal, setRefusal] = useState(none);
  const [refusals, setRefusals] = useState(0);
  const [newest, setNewest] = useState<JobView | null>(null);
  const refresh = useRefreshJob();
  const definition = useMemo(() => toDefinition(draft), [draft]);
  const refuse = (next: Omit<Refused, 'draft'>) => {
    setRefusal({ ...next, draft });
    setRefusals((count) => count + 1);
  };
  const { mutate, isPending } = useMutation({
    mutationFn: (revision: number | null) =>
      base === null || revision === null
        ? jobApi.create({ definition, paused: false })
        : jobApi.change(base.id, { revision, definition }),
    async onSuccess(saved) {
      setNewest(null);
      await refresh(saved.id);
      onSaved(saved);
    },
    async onError(error) {
      if (base === null || !(error instanceof ProblemError) || error.code !== 'JOB_CHANGED') {
        setNewest(null);
        const { problems, rest } = problemsOf(error);
        return refuse({ problems, failure: rest });
      }
      try {
        setNewest(await jobApi.get(base.id));
      } catch {
        // Who was faster cannot be shown now; what the service said says it too.
        refuse({ problems: {}, failure: error.message });
      }
    },
  });
  return {
    draft,
    change: (patch) => setDraft((before) => ({ ...before, ...patch })),
    definition,
    dirty: draft !== begun && JSON.stringify(definition) !== JSON.stringify(toDefinition(begun)),
    saving: isPending,
    problems: problemsLeft(refusal, draft),
    failure: refusal.failure,
    newest,
    refusals,
    save() {
      const problems = findProblems(draft);
      if (Object.keys(problems).length > 0) return refuse({ problems, failure: null });
      setRefusal(none);
      mutate(base?.revision ?? null);
    },
    overwrite: () => mutate(newest?.revision ?? null),
    takeTheirs() {
      if (newest === null) return;
      const theirs = toDraft(newest.definition);
      setBase(newest);
      setDraft(theirs);
      setBegun(theirs);
      setRefusal(none);
      setNewest(null);
    },
    settle: () => setNewest(null),
  };
}
