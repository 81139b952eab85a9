import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { PersonaDetailView } from '#channels/http/contract/personas.ts';
import { ProblemError } from '../../../api-client.ts';
import { personaApi, useRefreshPersona } from '../api.ts';
import { type DraftChecks, findProblems, type Problems, problemsLeft, problemsOf } from './draft-problems.ts';
import type { Draft } from './persona-draft.ts';
import type { Editing } from './use-editing.ts';

interface SaveOptions {
  /** Null for a persona that is not there yet. */
  readonly personaId: string | null;
  readonly editing: Editing;
  readonly checks: DraftChecks;
  readonly onSaved: (saved: PersonaDetailView) => void;
}

export interface Saving {
  readonly saving: boolean;
  readonly problems: Problems;
  /** What went wrong that belongs to no setting. */
  readonly failure: string | null;
  /** The state that came in between; null while there is none to decide about. */
  readonly newest: PersonaDetailView | null;
  /** Counts the attempts that were refused, for the focus to follow. */
  readonly refusals: number;
  readonly save: () => void;
  /** Replaces the newest state knowingly. */
  readonly overwrite: () => void;
  readonly settle: () => void;
}

interface Refusal {
  readonly problems: Problems;
  readonly failure: string | null;
}

/** What was refused, and how it stood then. */
interface Refused extends Refusal {
  readonly draft: Draft | null;
}

const none: Refused = { problems: {}, failure: null, draft: null };

/** Saves an edit: checks it, tells what is wrong with it, and notices when somebody else was faster. */
export function useSave({ personaId, editing, checks, onSaved }: SaveOptions): Saving {
  const [refusal, setRefusal] = useState<Refused>(none);
  const [refusals, setRefusals] = useState(0);
  const [newest, setNewest] = useState<PersonaDetailView | null>(null);
  const refresh = useRefreshPersona();
  const refuse = (next: Refusal) => {
    setRefusal({ ...next, draft: editing.draft });
    setRefusals((count) => count + 1);
  };
  const { mutate, isPending } = useMutation({
    mutationFn: (revision: number | null) =>
      personaId === null || revision === null
        ? personaApi.create(editing.definition)
        : personaApi.change(personaId, revision, editing.definition),
    async onSuccess(saved) {
      setNewest(null);
      await refresh(saved.persona.id);
      onSaved(saved);
    },
    async onError(error) {
      if (personaId === null || !(error instanceof ProblemError) || error.code !== 'PERSONA_CHANGED') {
        setNewest(null);
        const { problems, rest } = problemsOf(error);
        return refuse({ problems, failure: rest });
      }
      try {
        setNewest(await personaApi.detail(personaId));
      } catch {
        // Who was faster cannot be shown now; what the service said says it too.
        refuse({ problems: {}, failure: error.message });
      }
    },
  });
  return {
    saving: isPending,
    problems: problemsLeft(refusal, editing.draft, checks),
    failure: refusal.failure,
    newest,
    refusals,
    save() {
      const problems = findProblems(editing.draft, checks);
      if (Object.keys(problems).length > 0) return refuse({ problems, failure: null });
      setRefusal(none);
      mutate(editing.revision);
    },
    overwrite: () => mutate(newest?.persona.revision ?? null),
    settle: () => setNewest(null),
  };
}
