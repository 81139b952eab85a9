import { ChoiceCards } from '../../../components/choice-cards.tsx';
import { Section } from '../../../pages/personas/editor/section.tsx';
import { problemsIn } from '../fields/delivery-draft.ts';
import { ruleWords } from '../job-words.ts';
import { AllowancesField } from './allowances-field.tsx';
import type { JobDraft } from './job-draft.ts';
import type { PartProps } from './part.ts';

const rules = ['park', 'deny', 'pre_approved'] as const;

/** What an unattended run does where its persona's rules say that a person is asked. */
export function MandatePart({ draft, change, problems }: PartProps) {
  return (
    <Section
      title="What it may do unattended"
      hint="Where the persona’s own rules say that a person approves a change, nobody is there when a job runs. It never does more than the persona and you may."
      problem={problems.mandate}
    >
      <ChoiceCards
        legend="Where a person would have to approve"
        hiddenLegend
        value={draft.rule}
        onChange={(rule) => change({ rule: rule as JobDraft['rule'] })}
        choices={rules.map((rule) => ({
          value: rule,
          title: ruleWords[rule].title,
          description: ruleWords[rule].help,
        }))}
      />
      {(draft.rule === 'pre_approved' || draft.allowances.length > 0) && (
        <AllowancesField
          value={draft.allowances}
          onChange={(allowances) => change({ allowances })}
          personaId={draft.persona}
          problems={problemsIn(problems, 'mandate.allowances')}
        />
      )}
    </Section>
  );
}
