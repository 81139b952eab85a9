import { TextField } from '../../../components/field.tsx';
import { Section } from '../../../pages/personas/editor/section.tsx';
import { ModelField, PersonaField } from '../fields/choice-fields.tsx';
import { LongField } from '../fields/long-field.tsx';
import type { TriggerDraft } from './job-draft.ts';
import { errorOf, type PartProps } from './part.ts';

/** What the job is called, who works, and what is asked. */
export function IdentityPart({ draft, change, problems }: PartProps) {
  return (
    <div className="grid grid-cols-1 gap-4">
      <TextField
        label="Name"
        value={draft.name}
        onValue={(name) => change({ name })}
        error={errorOf(problems, 'name')}
        maxLength={80}
        autoComplete="off"
      />
      <TextField
        label="What it is for (optional)"
        value={draft.description}
        onValue={(description) => change({ description })}
        error={errorOf(problems, 'description')}
        maxLength={300}
        autoComplete="off"
      />
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <PersonaField
          label="Persona"
          hint="Who works. It must be set to work in jobs."
          value={draft.persona}
          onValue={(persona) => change({ persona })}
          error={errorOf(problems, 'persona')}
        />
        <ModelField
          label="Model"
          value={draft.model}
          onValue={(model) => change({ model })}
          error={errorOf(problems, 'model')}
        />
      </div>
    </div>
  );
}

const always = ['{{date}}', '{{time}}', '{{yesterday}}', '{{week}}', '{{month}}', '{{job.name}}'];
const fromOutside: Readonly<Record<TriggerDraft['kind'], readonly string[]>> = {
  schedule: [],
  manual: [],
  webhook: ['{{payload}}', '{{payload.order.id}}'],
  ninox_change: ['{{record.fields.Name}}', '{{record.fields["Due date"]}}', '{{change.kind}}'],
};

export function PromptPart({ draft, change, problems }: PartProps) {
  const placeholders = [...always, ...fromOutside[draft.trigger.kind]];
  const outside = fromOutside[draft.trigger.kind].length > 0;
  return (
    <Section title={draft.sync === null ? 'What it is asked' : 'How one item becomes a record'}>
      <LongField
        label="Prompt"
        hint={
          outside
            ? 'What comes from outside is filled in as marked data: the persona reports on it and takes no orders from it.'
            : undefined
        }
        value={draft.prompt}
        onValue={(prompt) => change({ prompt })}
        error={errorOf(problems, 'prompt')}
        rows={8}
      />
      <div className="grid gap-1.5">
        <p className="text-ink-2 text-xs">Filled in when it runs; press one to add it at the end:</p>
        <ul aria-label="Placeholders" className="flex flex-wrap gap-1.5">
          {placeholders.map((placeholder) => (
            <li key={placeholder}>
              <button
                type="button"
                onClick={() =>
                  change({ prompt: `${draft.prompt}${/\S$/.test(draft.prompt) ? ' ' : ''}${placeholder}` })
                }
                className="min-h-7 rounded-md border border-line bg-sunken px-2 font-mono text-xs hover:border-control pointer-coarse:min-h-11"
              >
                {placeholder}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Section>
  );
}
