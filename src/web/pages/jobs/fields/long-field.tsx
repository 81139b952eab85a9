import { Field, inputClass } from '../../../components/field.tsx';

export interface TextProps {
  readonly label: string;
  readonly hint: string | undefined;
  readonly error: string | null;
  readonly value: string;
  readonly onValue: (next: string) => void;
}

/** Several lines: words, or JSON as it stands. */
export function LongField({
  label,
  hint,
  error,
  value,
  onValue,
  rows,
  code = false,
}: TextProps & { rows: number; code?: boolean }) {
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })} error={error}>
      {(ids) => (
        <textarea
          {...ids}
          rows={rows}
          value={value}
          spellCheck={!code}
          onChange={(event) => onValue(event.target.value)}
          className={`${inputClass} field-sizing-content max-h-96 py-2 ${code ? 'font-mono text-xs!' : ''}`}
        />
      )}
    </Field>
  );
}
