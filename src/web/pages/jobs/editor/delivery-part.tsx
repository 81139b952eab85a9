import { Section } from '../../../pages/personas/editor/section.tsx';
import { SelectField } from '../fields/choice-fields.tsx';
import { DeliveriesField } from '../fields/deliveries-field.tsx';
import { problemsIn } from '../fields/delivery-draft.ts';
import { deliverWhenWords } from '../job-words.ts';
import type { JobDraft } from './job-draft.ts';
import type { PartProps } from './part.ts';

/** Where the answer goes, and of which ends. */
export function DeliveryPart({ draft, change, problems }: PartProps) {
  return (
    <Section title="Where the answer goes" problem={problems.deliveries}>
      <DeliveriesField
        value={draft.deliveries}
        onChange={(deliveries) => change({ deliveries })}
        problems={problemsIn(problems, 'deliveries')}
        subject={draft.name}
      />
      <SelectField
        label="What is delivered"
        value={draft.deliverWhen}
        onValue={(deliverWhen) => change({ deliverWhen: deliverWhen as JobDraft['deliverWhen'] })}
        options={Object.entries(deliverWhenWords).map(([value, label]) => ({ value, label }))}
      />
    </Section>
  );
}
