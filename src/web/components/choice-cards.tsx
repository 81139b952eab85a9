import { type ReactNode, useId } from 'react';

export interface Choice {
  readonly value: string;
  readonly title: string;
  readonly description: ReactNode;
  readonly aside?: ReactNode;
}

/** One of a few things, each with a sentence about it. */
export function ChoiceCards({
  legend,
  choices,
  value,
  onChange,
  hiddenLegend = false,
}: {
  legend: string;
  choices: readonly Choice[];
  value: string | null;
  onChange: (value: string) => void;
  hiddenLegend?: boolean;
}) {
  const id = useId();
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className={hiddenLegend ? 'sr-only' : 'mb-2 font-medium'}>{legend}</legend>
      {choices.map((choice) => {
        const chosen = choice.value === value;
        return (
          <label
            key={choice.value}
            className={`flex cursor-pointer gap-3 rounded-xl border bg-surface px-4 py-3 ${chosen ? 'border-accent ring-1 ring-accent' : 'border-line hover:border-control'}`}
          >
            <input
              type="radio"
              name={id}
              value={choice.value}
              checked={chosen}
              onChange={() => onChange(choice.value)}
              aria-label={choice.title}
              aria-describedby={`${id}-${choice.value}`}
              className="mt-0.5 size-4.5 shrink-0 accent-accent"
            />
            <span className="grid min-w-0 flex-1 gap-0.5">
              <span className="flex flex-wrap items-center gap-2 font-semibold">
                {choice.title}
                {choice.aside}
              </span>
              <span id={`${id}-${choice.value}`} className="wrap-anywhere text-ink-2 text-pretty">
                {choice.description}
              </span>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
