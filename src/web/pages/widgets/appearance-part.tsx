import type { WidgetAppearance } from '#channels/http/contract/widgets.ts';
import { Field, inputClass, TextField } from '../../components/field.tsx';
import { Panel } from '../../components/panel.tsx';
import { Choice } from '../../pages/personas/editor/choices.tsx';
import { AppearancePreview } from './appearance-preview.tsx';
import type { PartProps } from './settings-parts.tsx';
import { isColour, most } from './widget-draft.ts';

const themes = { auto: 'As the visitor’s system', light: 'Light', dark: 'Dark' } as const;
const positions = { right: 'Right', left: 'Left' } as const;

/** How it looks, with the look beside it. */
export function AppearancePart({ draft, change, problems, personaName }: PartProps & { personaName: string }) {
  const { appearance } = draft;
  const set = (patch: Partial<WidgetAppearance>) => change({ appearance: { ...appearance, ...patch } });
  return (
    <Panel title="How it looks" intro="A page can say it differently in its tag; this is what holds where it does not.">
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="grid gap-4">
          <TextField
            label="Title"
            hint="Stands above the chat."
            value={appearance.title}
            onValue={(title) => set({ title })}
            error={problems['appearance.title']}
            maxLength={most.title}
            autoComplete="off"
          />
          <Field
            label="Greeting"
            hint="Stands in the chat before anybody has written. Empty is none."
            error={problems['appearance.greeting']}
          >
            {(ids) => (
              <textarea
                {...ids}
                rows={3}
                value={appearance.greeting}
                onChange={(event) => set({ greeting: event.target.value })}
                className={`${inputClass} py-2`}
              />
            )}
          </Field>
          <AccentField
            accent={appearance.accent}
            onAccent={(accent) => set({ accent })}
            problem={problems['appearance.accent']}
          />
          <Radios legend="Light or dark" words={themes} value={appearance.theme} onChange={(theme) => set({ theme })} />
          <Radios
            legend="Corner of the page"
            words={positions}
            value={appearance.position}
            onChange={(position) => set({ position })}
          />
        </div>
        <AppearancePreview appearance={appearance} personaName={personaName} />
      </div>
    </Panel>
  );
}

function AccentField({
  accent,
  onAccent,
  problem,
}: {
  accent: string;
  onAccent: (accent: string) => void;
  problem: string | undefined;
}) {
  return (
    <Field
      label="Colour"
      hint="Of the button and of what is pressed. The writing on it is black or white, whichever is read better."
      error={problem}
    >
      {(ids) => (
        <span className="flex gap-2">
          <input
            type="color"
            aria-label="Choose the colour"
            value={isColour(accent) ? accent : '#000000'}
            onChange={(event) => onAccent(event.target.value)}
            className="h-9 w-12 shrink-0 cursor-pointer rounded-lg border border-control bg-surface p-1 max-md:h-11 pointer-coarse:h-11"
          />
          <input
            {...ids}
            type="text"
            value={accent}
            onChange={(event) => onAccent(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            className={`${inputClass} max-w-32 font-mono`}
          />
        </span>
      )}
    </Field>
  );
}

function Radios<Value extends string>({
  legend,
  words,
  value,
  onChange,
}: {
  legend: string;
  words: Readonly<Record<Value, string>>;
  value: Value;
  onChange: (value: Value) => void;
}) {
  const offered = Object.entries(words) as [Value, string][];
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-medium">{legend}</legend>
      <div className="flex flex-wrap gap-x-6">
        {offered.map(([key, label]) => (
          <Choice key={key} name={legend} label={label} checked={value === key} onChange={() => onChange(key)} />
        ))}
      </div>
    </fieldset>
  );
}
