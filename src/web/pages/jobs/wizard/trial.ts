import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { JobTrialView } from '#channels/http/contract/jobs.ts';
import { type JobDefinition, type Json, jobApi } from '../api.ts';
import { isOpen, useTrial } from '../queries.ts';

export interface Trial {
  readonly start: (definition: JobDefinition, payload?: Json) => void;
  readonly view: JobTrialView | null;
  readonly running: boolean;
  /** What kept it from being started or watched. */
  readonly error: unknown;
  /** What was tried; what is on the page by now may differ. */
  readonly tried: JobDefinition | null;
}

/** A run that changes nothing: started, and looked after until it has ended. */
export function useTrialRun(): Trial {
  const [tried, setTried] = useState<JobDefinition | null>(null);
  const starting = useMutation({
    mutationFn: ({ definition, payload }: { definition: JobDefinition; payload: Json | undefined }) =>
      jobApi.tryOut(definition, payload),
  });
  const id = starting.data?.run.id ?? null;
  const watched = useTrial(id);
  const view = id === null ? null : (watched.data ?? starting.data ?? null);
  return {
    start(definition, payload) {
      setTried(definition);
      starting.mutate({ definition, payload });
    },
    view,
    running: starting.isPending || (view !== null && isOpen(view.run.status) && watched.error === null),
    error: starting.error ?? watched.error,
    tried,
  };
}
