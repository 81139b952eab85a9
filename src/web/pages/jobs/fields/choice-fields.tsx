import { useMemo } from 'react';
import { Field, inputClass } from '../../../components/field.tsx';
import { useIntegrations, useModels } from '../../../pages/personas/api.ts';
import { usePersonas } from '../../../queries.ts';
import { ownTimeZone } from './time-zone.ts';

interface ChoiceFieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | null | undefined;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

/** One of a few values. */
export function SelectField({
  label,
  hint,
  error,
  value,
  onValue,
  options,
}: ChoiceFieldProps & {
  options: readonly { readonly value: string; readonly label: string; readonly disabled?: boolean }[];
}) {
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })} error={error}>
      {(ids) => (
        <select {...ids} value={value} onChange={(event) => onValue(event.target.value)} className={inputClass}>
          {options.map((option) => (
            <option key={option.value} value={option.value} disabled={option.disabled}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Who works: personas that do not work in jobs are shown, but cannot be chosen. */
export function PersonaField({ leftOpen, ...field }: ChoiceFieldProps & { leftOpen?: string }) {
  const { data } = usePersonas();
  const personas = data?.items ?? [];
  const options = personas.map(({ id, name, channels }) => {
    const works = channels.includes('job');
    return { value: id, label: works ? name : `${name} (not set to work in jobs)`, disabled: !works };
  });
  const isStray = field.value !== '' && data !== undefined && !personas.some(({ id }) => id === field.value);
  return (
    <SelectField
      {...field}
      options={[
        { value: '', label: leftOpen ?? 'Choose a persona' },
        ...options,
        ...(isStray ? [{ value: field.value, label: `${field.value} (there is none any more)` }] : []),
      ]}
    />
  );
}

/** A model in place of the persona's own. */
export function ModelField(field: ChoiceFieldProps) {
  const { data } = useModels();
  const models = data?.items ?? [];
  const isStray = field.value !== '' && !models.some(({ id }) => id === field.value);
  return (
    <SelectField
      {...field}
      options={[
        { value: '', label: 'The persona’s own' },
        ...models.map(({ id, isDemo }) => ({ value: id, label: isDemo ? `${id} (offline demo)` : id })),
        ...(isStray ? [{ value: field.value, label: field.value }] : []),
      ]}
    />
  );
}

/** A tool that reads, of any integration or persona. */
export function ReadingToolField(field: ChoiceFieldProps) {
  const integrations = useIntegrations().data;
  const personas = usePersonas().data;
  const options = useMemo(() => {
    const tools = [
      ...(integrations?.items ?? []).flatMap((integration) => integration.tools),
      ...(personas?.items ?? []).flatMap((persona) => persona.tools),
    ].filter(({ effect }) => effect === 'read');
    const titles = new Map(tools.map(({ name, title, integration }) => [name, `${title} (${integration})`]));
    return [...titles].map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label));
  }, [integrations, personas]);
  const isStray = !options.some(({ value }) => value === field.value);
  return (
    <SelectField
      {...field}
      options={[...(isStray ? [{ value: field.value, label: field.value || 'Choose a tool' }] : []), ...options]}
    />
  );
}

export function TimeZoneField(field: ChoiceFieldProps) {
  const zones = useMemo(
    () => [...new Set([field.value, ownTimeZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])],
    [field.value],
  );
  return (
    <SelectField
      {...field}
      options={zones.filter((zone) => zone !== '').map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
    />
  );
}
