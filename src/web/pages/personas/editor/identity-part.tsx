import { Field, inputClass, TextField } from '../../../components/field.tsx';
import { formatCount } from '../../../format.ts';
import { most } from './persona-draft.ts';
import { errorOf, type PartProps } from './section.tsx';

/** Who the persona is: name, description, instructions. */
export function IdentityPart({ draft, change, problems }: PartProps) {
  const length = draft.instructions.trim().length;
  return (
    <div className="grid gap-4">
      <TextField
        label="Name"
        value={draft.name}
        onValue={(name) => change({ name })}
        error={errorOf(problems, 'name')}
        hint="What people see and choose."
        autoComplete="off"
        maxLength={200}
      />
      <TextField
        label="Description"
        value={draft.description}
        onValue={(description) => change({ description })}
        error={errorOf(problems, 'description')}
        hint={`One sentence: what it is for. At most ${most.description} characters.`}
        autoComplete="off"
        maxLength={500}
      />
      <Field
        label="Instructions"
        error={errorOf(problems, 'instructions')}
        hint={
          <span className="flex flex-wrap justify-between gap-x-4">
            <span>How it works, what it must never do, how it answers. Markdown is fine.</span>
            <span className={length > most.instructions ? 'font-semibold text-bad' : ''}>
              {formatCount(length)} of {formatCount(most.instructions)} characters
            </span>
          </span>
        }
      >
        {(ids) => (
          <textarea
            {...ids}
            value={draft.instructions}
            onChange={(event) => change({ instructions: event.target.value })}
            rows={14}
            className={`${inputClass} resize-y py-2 leading-relaxed`}
          />
        )}
      </Field>
    </div>
  );
}
