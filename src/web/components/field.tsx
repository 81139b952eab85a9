import { type ComponentProps, type ReactNode, useId } from 'react';

export const inputClass =
  'min-h-9 max-md:min-h-11 pointer-coarse:min-h-11 w-full min-w-0 rounded-lg border border-control bg-surface px-3 text-base text-ink placeholder:text-ink-3 aria-invalid:border-bad disabled:border-line disabled:bg-sunken disabled:text-ink-2 md:text-sm';

export interface FieldIds {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
}

/** A form field with its label, a hint below it, and what is wrong with it. `children` gets what ties them together. */
export function Field({
  label,
  hint,
  error,
  className = '',
  children,
}: {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | null | undefined;
  className?: string;
  children: (ids: FieldIds) => ReactNode;
}) {
  const id = useId();
  const wrong = error !== undefined && error !== null;
  const describedBy = [hint === undefined ? null : `${id}-hint`, wrong ? `${id}-error` : null].filter(
    (one) => one !== null,
  );
  return (
    <div className={`grid min-w-0 content-start gap-1.5 ${className}`}>
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({
        id,
        'aria-describedby': describedBy.length === 0 ? undefined : describedBy.join(' '),
        'aria-invalid': wrong || undefined,
      })}
      {wrong && (
        <p id={`${id}-error`} role="alert" className="wrap-anywhere text-bad">
          {error}
        </p>
      )}
      {hint !== undefined && (
        <div id={`${id}-hint`} className="text-ink-2 text-xs text-pretty">
          {hint}
        </div>
      )}
    </div>
  );
}

/** A line of text with its label. */
export function TextField({
  label,
  hint,
  error,
  onValue,
  className,
  ...input
}: Omit<ComponentProps<'input'>, 'onChange' | 'className'> & {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | null | undefined;
  onValue: (value: string) => void;
  className?: string;
}) {
  return (
    <Field
      label={label}
      {...(hint === undefined ? {} : { hint })}
      error={error}
      {...(className === undefined ? {} : { className })}
    >
      {(ids) => (
        <input
          type="text"
          {...input}
          {...ids}
          onChange={(event) => onValue(event.target.value)}
          className={inputClass}
        />
      )}
    </Field>
  );
}
