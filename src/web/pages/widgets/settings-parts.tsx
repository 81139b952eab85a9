import { useId } from 'react';
import { Link } from 'react-router';
import type { PersonaView } from '#channels/http/contract/personas.ts';
import { linkClass } from '../../components/entry-frame.tsx';
import { Field, inputClass, TextField } from '../../components/field.tsx';
import { Panel } from '../../components/panel.tsx';
import { describeGuests } from '../../pages/personas/guest-words.ts';
import { useNames, usePersonas } from '../../queries.ts';
import { answersInWidgets } from './create-widget-dialog.tsx';
import type { WidgetEdit } from './use-widget-edit.ts';
import { type LimitName, limitNames, limitRules, most } from './widget-draft.ts';

export type PartProps = Pick<WidgetEdit, 'draft' | 'change' | 'problems'>;

/** What it is called here, and who answers. */
export function AnswersPart({ draft, change, problems }: PartProps) {
  const personas = usePersonas().data?.items ?? [];
  const persona = personas.find(({ id }) => id === draft.personaId);
  return (
    <Panel title="Who answers">
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Name"
          hint="For you and your colleagues; visitors do not see it."
          value={draft.name}
          onValue={(name) => change({ name })}
          error={problems.name}
          maxLength={most.name}
          autoComplete="off"
        />
        <PersonaField draft={draft} change={change} problems={problems} personas={personas} />
      </div>
      {persona !== undefined && (
        <p className="text-ink-2 text-pretty">
          For guests: {describeGuests(persona.guests)}{' '}
          <Link to={`/personas/${persona.id}/x-ray`} className={linkClass}>
            See what {persona.name} may do
          </Link>
        </p>
      )}
    </Panel>
  );
}

function PersonaField({ draft, change, problems, personas }: PartProps & { personas: readonly PersonaView[] }) {
  const names = useNames();
  const offered = personas.filter((persona) => answersInWidgets(persona));
  const isOffered = offered.some(({ id }) => id === draft.personaId);
  return (
    <Field label="Persona" hint="Only personas that answer in web widgets are listed." error={problems.personaId}>
      {(ids) => (
        <select
          {...ids}
          value={draft.personaId}
          onChange={(event) => change({ personaId: event.target.value })}
          className={inputClass}
        >
          {!isOffered && <option value={draft.personaId}>{names.persona(draft.personaId)} (does not answer)</option>}
          {offered.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Which sites may show it, and to whom it answers. */
export function PlacesPart({ draft, change, problems }: PartProps) {
  return (
    <Panel title="Where, and for whom">
      <Field
        label="Sites it may stand on"
        hint={
          <>
            One address a line: scheme and host, such as https://www.example.com, and the port where it is not the usual
            one. On any other site it does not show, and says why in the browser’s console.
          </>
        }
        error={problems.origins}
      >
        {(ids) => (
          <textarea
            {...ids}
            rows={Math.min(10, Math.max(3, draft.origins.split('\n').length + 1))}
            value={draft.origins}
            onChange={(event) => change({ origins: event.target.value })}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            className={`${inputClass} py-2 font-mono text-xs!`}
          />
        )}
      </Field>
      <Choice
        label="Identified visitors only"
        hint="Only people whom your own server has named with a signed token are answered; the keys for that are below. Everybody else is asked to sign in on your site first."
        checked={draft.identifiedOnly}
        onChange={(identifiedOnly) => change({ identifiedOnly })}
      />
    </Panel>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly hint: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** Something that is so or not. */
function Choice({ label, hint, checked, onChange }: ChoiceProps) {
  const hintId = useId();
  return (
    <label className="flex items-start gap-2.5 pointer-coarse:min-h-11">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        aria-label={label}
        aria-describedby={hintId}
        className="mt-0.5 size-4.5 shrink-0 accent-accent"
      />
      <span className="grid gap-0.5">
        <span className="font-medium">{label}</span>
        <span id={hintId} className="text-ink-2 text-xs text-pretty">
          {hint}
        </span>
      </span>
    </label>
  );
}

const limitWords: Readonly<Record<LimitName, { readonly label: string; readonly hint: string }>> = {
  visitorPerMinute: {
    label: 'Messages of one visitor in a minute',
    hint: 'From one address, such as an office’s, four times as many are taken.',
  },
  visitorPerDay: { label: 'Messages of one visitor in a day', hint: 'Then they are asked to come back tomorrow.' },
  visitorTokensPerDay: {
    label: 'Tokens for one visitor in a day',
    hint: 'What goes to the model and comes back, a word or so each. Empty is no limit.',
  },
  widgetPerDay: { label: 'Messages of all visitors in a day', hint: 'Empty is no limit.' },
  widgetTokensPerDay: {
    label: 'Tokens for all visitors in a day',
    hint: 'Keeps the bill of your model in bounds. Empty is no limit.',
  },
  messageCharacters: { label: 'Characters in one message', hint: 'About 1,000 fill half a page.' },
};

/** How much visitors may ask. */
export function LimitsPart({ draft, change, problems }: PartProps) {
  return (
    <Panel
      title="How much visitors may ask"
      intro="Whoever reaches a limit is told so, and when to come back. Days end at midnight in UTC. Members who are linked count towards the minute only."
    >
      <div className="grid gap-4 sm:grid-cols-2">
        {limitNames.map((name) => (
          <TextField
            key={name}
            label={limitWords[name].label}
            hint={limitWords[name].hint}
            value={draft.limits[name]}
            onValue={(text) => change({ limits: { ...draft.limits, [name]: text } })}
            error={problems[`limits.${name}`]}
            placeholder={limitRules[name].mayBeEmpty ? 'no limit' : ''}
            inputMode="numeric"
            autoComplete="off"
          />
        ))}
      </div>
      <Choice
        label="Visitors may attach text files"
        hint="Up to 3 with a message: plain text, CSV, Markdown or JSON, at most 20,000 characters each. Nobody knows who wrote such a file: having read one, the persona asks before every change, for linked members too, unless it trusts text from outside. Files cost tokens; the limit of characters is for the words alone."
        checked={draft.attachments}
        onChange={(attachments) => change({ attachments })}
      />
    </Panel>
  );
}
