import { useEffect, useRef } from 'react';
import type { JobTemplateView, TemplateQuestionView } from '#channels/http/contract/jobs.ts';
import { Button } from '../../../components/button.tsx';
import { Notice } from '../../../components/states.tsx';
import { Fold } from '../../../pages/personas/editor/fold.tsx';
import type { Problems } from '../fields/delivery-draft.ts';
import { SchedulePreview } from '../fields/schedule-preview.tsx';
import { isAsked, textOf, type Written, type WrittenAnswers } from './answers.ts';
import { cronOf } from './cron-of.ts';
import { QuestionField } from './question-field.tsx';

interface QuestionsStepProps {
  readonly template: JobTemplateView;
  readonly answers: WrittenAnswers;
  readonly problems: Problems;
  readonly failure: string | null;
  readonly busy: boolean;
  /** Counts the attempts that were refused, for the focus to follow. */
  readonly refusals: number;
  readonly onAnswer: (id: string, answer: Written) => void;
  readonly onDone: () => void;
}

/** The questions of a template: those that matter in the open, the others folded away. */
export function QuestionsStep(props: QuestionsStepProps) {
  const { template, answers, problems, failure, busy, refusals, onAnswer, onDone } = props;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (refusals > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-problem]')?.focus();
  }, [refusals]);
  const asked = template.questions.filter((question) => isAsked(question, answers));
  const first = asked.filter(isFirst);
  const rest = asked.filter((question) => !isFirst(question));
  const cron = cronOf(textOf(answers, 'time'), textOf(answers, 'days'));
  const scheduled = asked.some(({ id }) => id === 'days') && cron !== null;
  const subject = textOf(answers, 'name') || template.title;
  const fields = (questions: readonly TemplateQuestionView[]) =>
    questions.map((question) => (
      <QuestionField
        key={question.id}
        question={question}
        answers={answers}
        problems={problems}
        onAnswer={onAnswer}
        subject={subject}
      />
    ));
  return (
    <form
      ref={form}
      noValidate
      aria-label={template.title}
      className="grid grid-cols-1 gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) onDone();
      }}
    >
      {fields(first)}
      {scheduled && <SchedulePreview when={cron} timeZone={textOf(answers, 'timeZone')} />}
      {rest.length > 0 && (
        <Fold
          title="More, where it matters"
          state={`${rest.map(({ label }) => label).join(', ')}. Everything here can be left as it is.`}
          wrong={rest.some(({ id }) => Object.keys(problems).some((path) => path === id || path.startsWith(`${id}.`)))}
        >
          {fields(rest)}
        </Fold>
      )}
      {failure !== null && (
        <Notice tone="bad" role="alert">
          {failure}
        </Notice>
      )}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? 'Preparing…' : 'Continue'}
        </Button>
      </div>
    </form>
  );
}

/** What a table is read from belongs beside the tool, though it may be left out for other tools. */
const alwaysShown: ReadonlySet<string> = new Set(['deliveries', 'tables', 'arguments', 'sample']);

function isFirst({ id, required, kind }: TemplateQuestionView): boolean {
  if (kind === 'number') return false;
  return required || alwaysShown.has(id);
}
