import { TextField } from '../../../components/field.tsx';
import type { EffectBudget } from '../approval-words.ts';
import type { Problems } from './draft-problems.ts';
import { type DraftEffects, effectNames, most } from './persona-draft.ts';
import { errorOf } from './section.tsx';

const words: Readonly<Record<keyof EffectBudget, string>> = {
  run: 'In one answer',
  hour: 'In an hour',
  day: 'In a day',
  rows: 'At a time',
};

/** How much may be changed with one tool before people are asked whether it may go on. */
export function EffectFields({
  effects,
  onChange,
  problems,
  path,
}: {
  effects: DraftEffects;
  onChange: (effects: DraftEffects) => void;
  problems: Problems;
  path: string;
}) {
  return (
    <fieldset className="grid min-w-0 gap-3">
      <legend className="mb-1.5 font-medium">How many records at most</legend>
      <p className="text-ink-2 text-xs text-pretty">
        Whoever writes, all of the persona’s calls count. Where a limit is reached, it pauses and asks whether it may go
        on: for an hour and a day only an owner or admin allows more. More records at a time are refused. Empty is no
        limit.
      </p>
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        {effectNames.map((name) => (
          <TextField
            key={name}
            label={words[name]}
            value={effects[name]}
            onValue={(text) => onChange({ ...effects, [name]: text })}
            error={errorOf(problems, `${path}.${name}`)}
            placeholder="no limit"
            inputMode="numeric"
            autoComplete="off"
            maxLength={String(most.effects[name]).length + 1}
          />
        ))}
      </div>
    </fieldset>
  );
}
