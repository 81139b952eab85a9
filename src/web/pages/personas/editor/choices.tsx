import type { ReactNode } from 'react';

/** One radio button or checkbox with its words, and a sentence of help where it needs one. */
export function Choice({
  kind = 'radio',
  name,
  label,
  hint,
  checked,
  disabled = false,
  onChange,
}: {
  kind?: 'radio' | 'checkbox';
  /** Holds radio buttons together; needed for those only. */
  name?: string;
  label: ReactNode;
  hint?: ReactNode;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <label className="flex min-h-7 min-w-0 items-start gap-2.5 py-0.5 pointer-coarse:min-h-11 pointer-coarse:py-2">
      <input
        type={kind}
        {...(name === undefined ? {} : { name })}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5 size-4.5 shrink-0 accent-accent"
      />
      <span className="grid min-w-0">
        <span className="wrap-anywhere">{label}</span>
        {hint !== undefined && <span className="text-ink-2 text-xs text-pretty">{hint}</span>}
      </span>
    </label>
  );
}
