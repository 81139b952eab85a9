import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { FilledTemplateView, JobTemplateView, JobView } from '#channels/http/contract/jobs.ts';
import { describeError, ProblemError } from '../../../api-client.ts';
import { splitDetail } from '../../../components/form-problems.ts';
import { personaApi, useRefreshPersona } from '../../../pages/personas/api.ts';
import { type JobDefinition, jobApi } from '../api.ts';
import type { Problems } from '../fields/delivery-draft.ts';
import { useRefreshJob } from '../queries.ts';
import { beginAnswers, readAnswers, type Written, type WrittenAnswers } from './answers.ts';
import { type Trial, useTrialRun } from './trial.ts';

interface Refusal {
  readonly problems: Problems;
  readonly failure: string | null;
}

const none: Refusal = { problems: {}, failure: null };

export interface Wizard {
  readonly answers: WrittenAnswers;
  readonly answer: (id: string, answer: Written) => void;
  readonly filled: FilledTemplateView | null;
  readonly definition: JobDefinition | null;
  readonly change: (patch: Partial<JobDefinition>) => void;
  readonly problems: Problems;
  readonly failure: string | null;
  readonly refusals: number;
  readonly busy: boolean;
  readonly trial: Trial;
  readonly personaMade: boolean;
  readonly fill: () => void;
  readonly tryOut: () => void;
  readonly save: (paused: boolean) => void;
  readonly back: () => void;
}

/** Leads from a template's answers over a test run to a saved job. */
export function useWizard(template: JobTemplateView, onSaved: (job: JobView) => void): Wizard {
  const [answers, setAnswers] = useState(() => beginAnswers(template));
  const [filled, setFilled] = useState<FilledTemplateView | null>(null);
  const [definition, setDefinition] = useState<JobDefinition | null>(null);
  const [personaId, setPersonaId] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<Refusal>(none);
  const [refusals, setRefusals] = useState(0);
  const trial = useTrialRun();
  const refreshJob = useRefreshJob();
  const refreshPersona = useRefreshPersona();
  const refuse = (next: Refusal) => {
    setRefusal(next);
    setRefusals((count) => count + 1);
  };
  const onError = (error: unknown, isField: (name: string) => boolean) => refuse(refusalOf(error, isField));

  const filling = useMutation({
    mutationFn: () => jobApi.fill(template.id, readAnswers(template, answers).answers),
    onSuccess(next) {
      setFilled(next);
      setDefinition(
        personaId === null || next.newPersona === null ? next.definition : { ...next.definition, persona: personaId },
      );
      setRefusal(none);
    },
    onError: (error) => onError(error, (name) => template.questions.some(({ id }) => id === name.split('.')[0])),
  });
  /** The definition with a persona that exists: one that has to be made first is made here, once. */
  const withPersona = async (wanted: JobDefinition): Promise<JobDefinition> => {
    if (filled?.newPersona == null || personaId !== null) return wanted;
    const { persona } = await personaApi.create(filled.newPersona);
    setPersonaId(persona.id);
    const ready = { ...wanted, persona: persona.id };
    setDefinition(ready);
    await refreshPersona(persona.id);
    return ready;
  };
  const trying = useMutation({
    async mutationFn(wanted: JobDefinition) {
      const ready = await withPersona(wanted);
      const { sample } = readAnswers(template, answers).answers;
      trial.start(ready, sample);
    },
    onError: (error) => onError(error, isSetting),
  });
  const saving = useMutation({
    mutationFn: async ({ wanted, paused }: { wanted: JobDefinition; paused: boolean }) =>
      jobApi.create({ definition: await withPersona(wanted), paused }),
    async onSuccess(job) {
      await refreshJob(job.id);
      onSaved(job);
    },
    onError: (error) => onError(error, isSetting),
  });
  return {
    answers,
    answer(id, next) {
      setAnswers((before) => afterAnswer(template, { ...before, [id]: next }, id));
      setRefusal((before) => without(before, id));
    },
    filled,
    definition,
    change(patch) {
      setDefinition((before) => (before === null ? null : { ...before, ...patch }));
      for (const name of Object.keys(patch)) setRefusal((before) => without(before, name));
    },
    problems: refusal.problems,
    failure: refusal.failure,
    refusals,
    busy: filling.isPending || trying.isPending || saving.isPending,
    trial,
    personaMade: personaId !== null,
    fill() {
      const { problems } = readAnswers(template, answers);
      if (Object.keys(problems).length > 0) return refuse({ problems, failure: null });
      filling.mutate();
    },
    tryOut() {
      setRefusal(none);
      if (definition !== null) trying.mutate(definition);
    },
    save(paused) {
      setRefusal(none);
      if (definition !== null) saving.mutate({ wanted: definition, paused });
    },
    back() {
      setRefusal(none);
      setFilled(null);
    },
  };
}

/** What hangs on an answer falls with it: a database on its team, tables on their database. */
function afterAnswer({ questions }: JobTemplateView, answers: WrittenAnswers, changed: string): WrittenAnswers {
  const fallen =
    changed === 'team' ? ['database', 'table', 'tables'] : changed === 'database' ? ['table', 'tables'] : [];
  const emptied = questions
    .filter(({ id }) => fallen.includes(id))
    .map(({ id, kind }) => [id, kind === 'tables' ? [] : ''] as const);
  return { ...answers, ...Object.fromEntries(emptied) };
}

function isSetting(path: string): boolean {
  return /^(definition\.)?(name|prompt|persona|trigger\.(when|timeZone))$/.test(path);
}

function refusalOf(error: unknown, isField: (name: string) => boolean): Refusal {
  if (!(error instanceof ProblemError) || error.code !== 'INPUT_INVALID') {
    return { problems: {}, failure: describeError(error) };
  }
  const { fields, problem } = splitDetail(error.detail.replaceAll(/(^|; )(?:answers|definition)\./g, '$1'), isField);
  return { problems: fields, failure: problem };
}

function without({ problems, failure }: Refusal, id: string): Refusal {
  const left = Object.entries(problems).filter(([path]) => path !== id && !path.startsWith(`${id}.`));
  return { problems: Object.fromEntries(left), failure };
}
