import { Plus, Trash2 } from 'lucide-react';
import { Button, IconButton } from '../../../components/button.tsx';
import { TextField } from '../../../components/field.tsx';
import { Section } from '../../../pages/personas/editor/section.tsx';
import { SelectField } from '../fields/choice-fields.tsx';
import { operatorWords, takesValue } from '../job-words.ts';
import { type ConditionDraft, newCondition } from './job-draft.ts';
import { errorOf, type PartProps } from './part.ts';

const mostConditions = 20;

/** Only for what comes in: all of them must hold. */
export function ConditionPart({ draft, change, problems }: PartProps) {
  const { conditions, trigger } = draft;
  if (trigger.kind !== 'webhook' && trigger.kind !== 'ninox_change' && conditions.length === 0) return null;
  const set = (key: string, patch: Partial<ConditionDraft>) =>
    change({ conditions: conditions.map((one) => (one.key === key ? { ...one, ...patch } : one)) });
  return (
    <Section
      title="Only if"
      hint={
        trigger.kind === 'ninox_change'
          ? 'Conditions on the changed record, by the names of its fields. All of them must hold.'
          : 'Conditions on what comes in; dots go down, as in order.total. All of them must hold.'
      }
      problem={problems.conditions}
    >
      {conditions.map(({ key, field, is, value }, index) => (
        <fieldset
          key={key}
          className="grid min-w-0 grid-cols-1 items-start gap-3 rounded-xl border border-line bg-surface p-3.5 sm:grid-cols-[1fr_10rem_1fr_auto]"
        >
          <legend className="sr-only">Condition {index + 1}</legend>
          <TextField
            label="Field"
            value={field}
            onValue={(next) => set(key, { field: next })}
            error={errorOf(problems, `conditions.${index}.field`)}
            maxLength={200}
            autoComplete="off"
            spellCheck={false}
          />
          <SelectField
            label="Comparison"
            value={is}
            error={errorOf(problems, `conditions.${index}.is`)}
            onValue={(next) => set(key, { is: next as ConditionDraft['is'] })}
            options={Object.entries(operatorWords).map(([operator, label]) => ({ value: operator, label }))}
          />
          {takesValue(is) ? (
            <TextField
              label="Value"
              value={value}
              onValue={(next) => set(key, { value: next })}
              error={errorOf(problems, `conditions.${index}.value`)}
              maxLength={500}
              autoComplete="off"
            />
          ) : (
            <span className="max-sm:hidden" />
          )}
          <IconButton
            label={`Remove condition ${index + 1}`}
            className="self-end justify-self-end"
            onClick={() => change({ conditions: conditions.filter((one) => one.key !== key) })}
          >
            <Trash2 className="size-4" aria-hidden />
          </IconButton>
        </fieldset>
      ))}
      <Button
        className="justify-self-start"
        disabled={conditions.length >= mostConditions}
        onClick={() => change({ conditions: [...conditions, newCondition()] })}
      >
        <Plus className="size-4" aria-hidden />
        Add a condition
      </Button>
    </Section>
  );
}
