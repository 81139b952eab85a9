import { TextField } from '../../../components/field.tsx';
import { Fold } from '../../../pages/personas/editor/fold.tsx';
import { Section } from '../../../pages/personas/editor/section.tsx';
import { SelectField } from '../fields/choice-fields.tsx';
import { overlapWords } from '../job-words.ts';
import type { JobDraft } from './job-draft.ts';
import { errorOf, type PartProps } from './part.ts';

/** What becomes of runs that meet or are cut, and how many there may be. */
export function RunningPart({ draft, change, problems }: PartProps) {
  const wrong = ['overlap', 'retries', 'mostPerHour'].some((path) => errorOf(problems, path) !== null);
  return (
    <Section title="How it runs">
      <Fold
        title="Overlap, retries and pace"
        state={`Two at a time: ${overlapWords[draft.overlap].toLowerCase()}. Tried again ${draft.retries} times after a fault. At most ${draft.mostPerHour} an hour.`}
        wrong={wrong}
      >
        <SelectField
          label="When it is due while an earlier run goes on"
          value={draft.overlap}
          error={errorOf(problems, 'overlap')}
          onValue={(overlap) => change({ overlap: overlap as JobDraft['overlap'] })}
          options={Object.entries(overlapWords).map(([value, label]) => ({ value, label }))}
        />
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          <TextField
            label="Tried again after a fault, times"
            value={draft.retries}
            onValue={(retries) => change({ retries })}
            error={errorOf(problems, 'retries')}
            inputMode="numeric"
          />
          <TextField
            label="At most so many runs an hour"
            value={draft.mostPerHour}
            onValue={(mostPerHour) => change({ mostPerHour })}
            error={errorOf(problems, 'mostPerHour')}
            inputMode="numeric"
            hint="More of them wait for the next hour."
          />
        </div>
      </Fold>
    </Section>
  );
}
