import { Eye, EyeOff } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { IconButton } from '../../components/button.tsx';
import { Field, inputClass } from '../../components/field.tsx';

/** Where a key is pasted: hidden unless asked for, and nothing a browser or a password manager should keep. */
export function KeyField({
  label,
  hint,
  error,
  value,
  disabled = false,
  onValue,
}: {
  label: string;
  hint?: ReactNode;
  error?: string | null;
  value: string;
  disabled?: boolean;
  onValue: (value: string) => void;
}) {
  const [shown, setShown] = useState(false);
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })} error={error}>
      {(ids) => (
        <div className="flex gap-1">
          <input
            {...ids}
            type={shown ? 'text' : 'password'}
            value={value}
            disabled={disabled}
            onChange={(event) => onValue(event.target.value)}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            data-1p-ignore
            data-lpignore="true"
            className={`${inputClass} font-mono`}
          />
          <IconButton
            label={shown ? 'Hide the key' : 'Show the key'}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            {shown ? <EyeOff className="size-4" aria-hidden /> : <Eye className="size-4" aria-hidden />}
          </IconButton>
        </div>
      )}
    </Field>
  );
}
