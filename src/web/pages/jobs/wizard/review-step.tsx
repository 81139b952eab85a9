import { FlaskConical, LoaderCircle, UserRoundPlus } from 'lucide-react';
import { useState } from 'react';
import type { FilledTemplateView } from '#channels/http/contract/jobs.ts';
import { Button } from '../../../components/button.tsx';
import { TextField } from '../../../components/field.tsx';
import { Notice } from '../../../components/states.tsx';
import { Choice } from '../../../pages/personas/editor/choices.tsx';
import { Fold } from '../../../pages/personas/editor/fold.tsx';
import { useNames } from '../../../queries.ts';
import { useMay } from '../../../session.tsx';
import type { JobDefinition } from '../api.ts';
import type { Problems } from '../fields/delivery-draft.ts';
import { LongField } from '../fields/long-field.tsx';
import { ScheduleField } from '../fields/schedule-field.tsx';
import { triggerWords } from '../job-words.ts';
import type { Trial } from './trial.ts';
import { TrialResult } from './trial-result.tsx';

interface ReviewStepProps {
  readonly filled: FilledTemplateView;
  readonly definition: JobDefinition;
  readonly problems: Problems;
  readonly failure: string | null;
  readonly busy: boolean;
  readonly trial: Trial;
  /** Whether the persona that is to be made is there by now. */
  readonly personaMade: boolean;
  readonly onChange: (patch: Partial<JobDefinition>) => void;
  readonly onTry: () => void;
  readonly onSave: (paused: boolean) => void;
  readonly onBack: () => void;
}

/** What was made of the answers: named, timed, tried, then saved. */
export function ReviewStep(props: ReviewStepProps) {
  const { filled, definition, problems, failure, busy, trial, onChange, onTry, onSave, onBack } = props;
  const [paused, setPaused] = useState(false);
  const { trigger } = definition;
  const stale = trial.tried !== null && trial.tried !== definition && !trial.running;
  return (
    <div className="grid grid-cols-1 gap-5">
      <TextField
        label="Name"
        value={definition.name}
        onValue={(name) => onChange({ name })}
        error={problems.name}
        maxLength={80}
        autoComplete="off"
      />
      {trigger.kind === 'schedule' ? (
        <ScheduleField
          when={trigger.when}
          timeZone={trigger.timeZone}
          errors={{ when: problems['trigger.when'], timeZone: problems['trigger.timeZone'] }}
          onChange={(patch) => onChange({ trigger: { ...trigger, ...patch } })}
        />
      ) : (
        <p>
          <span className="font-medium">Starts: </span>
          {triggerWords[trigger.kind].title}.
          {trigger.kind === 'webhook' &&
            ' The address, its secret and the script for Ninox are on the job’s page once it is saved.'}
        </p>
      )}
      <PersonaLine {...props} />
      {filled.notes.length > 0 && (
        <Notice tone="plain" title="Worth knowing">
          <ul className="grid list-disc gap-1 ps-4">
            {filled.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Notice>
      )}
      <Fold title="What the persona is asked" state="Written from your answers; it can be changed now or later.">
        <LongField
          label="Prompt"
          hint={undefined}
          error={problems.prompt ?? null}
          value={definition.prompt}
          onValue={(prompt) => onChange({ prompt })}
          rows={10}
        />
      </Fold>
      <div className="grid gap-2">
        <Button className="justify-self-start" disabled={busy || trial.running} onClick={onTry}>
          {trial.running ? (
            <LoaderCircle className="size-4 animate-spin" aria-hidden />
          ) : (
            <FlaskConical className="size-4" aria-hidden />
          )}
          {trial.view === null ? 'Try it' : 'Try it again'}
        </Button>
        <p className="text-ink-2 text-xs">Runs once now, with real records. Nothing is changed and nothing is sent.</p>
      </div>
      <TrialResult trial={trial} />
      {stale && <p className="text-warn text-xs">You have changed something since this test run.</p>}
      {failure !== null && (
        <Notice tone="bad" role="alert" title="Not saved">
          {failure}
        </Notice>
      )}
      <Choice
        kind="checkbox"
        label="Keep it paused for now"
        hint="It starts only when you resume it, or press Run now."
        checked={paused}
        onChange={setPaused}
      />
      <div className="flex flex-wrap gap-2">
        <Button look="primary" disabled={busy} onClick={() => onSave(paused)}>
          {busy && <LoaderCircle className="size-4 animate-spin" aria-hidden />}
          Save the job
        </Button>
        <Button disabled={busy} onClick={onBack}>
          Back to the questions
        </Button>
      </div>
    </div>
  );
}

/** Who works, or who is about to be made for it. */
function PersonaLine({ filled: { newPersona }, definition, personaMade, problems }: ReviewStepProps) {
  const names = useNames();
  const manages = useMay()('personas:manage');
  const problem = problems.persona;
  const wrong = problem !== undefined && <p className="text-bad">{problem}</p>;
  if (newPersona === null || personaMade) {
    return (
      <div>
        <p>
          <span className="font-medium">Who works: </span>
          {newPersona?.name ?? names.persona(definition.persona)}.
        </p>
        {wrong}
      </div>
    );
  }
  return (
    <Notice
      tone={manages ? 'plain' : 'warn'}
      icon={UserRoundPlus}
      title={manages ? `A new persona is made for it: ${newPersona.name}` : 'No persona fits yet'}
    >
      {manages
        ? `None of those there are may do this. ${newPersona.description} You can change it under Personas.`
        : 'An owner or admin has to make a persona that works in jobs and may do this. Then come back, or go back and choose another one.'}
      {wrong}
    </Notice>
  );
}
