import { Eye, EyeOff } from 'lucide-react';
import { type ComponentProps, type ReactNode, useState } from 'react';
import { IconButton } from './button.tsx';
import { Field, type FieldIds, inputClass } from './field.tsx';
import { useFieldProblem } from './form.tsx';

/* The fields of a Form: each has a name, and what the form found wrong with it stands beneath it. */

/** The shortest password the service takes. */
const shortestPassword = 10;

interface NamedFieldProps extends Omit<ComponentProps<'input'>, 'id' | 'className'> {
  readonly name: string;
  readonly label: string;
  readonly hint?: ReactNode;
}

export function NamedTextField({ label, hint, ...input }: NamedFieldProps) {
  return (
    <NamedField
      label={label}
      hint={hint}
      name={input.name}
      optional={input.required !== true && input.readOnly !== true}
    >
      {(ids) => <input type="text" {...input} {...ids} className={`${inputClass} read-only:bg-sunken`} />}
    </NamedField>
  );
}

export function EmailField(props: Partial<NamedFieldProps>) {
  return (
    <NamedTextField
      label="E-mail"
      name="email"
      type="email"
      inputMode="email"
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={254}
      required
      {...props}
    />
  );
}

/** A password that can be looked at. `isNew` says what it must be like. */
export function PasswordField({
  label = 'Password',
  name = 'password',
  isNew = false,
  ...input
}: Partial<NamedFieldProps> & { isNew?: boolean }) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <NamedField
      label={label}
      name={name}
      optional={false}
      hint={isNew ? `At least ${shortestPassword} characters. A few words in a row are easy to remember.` : undefined}
    >
      {(ids) => (
        <span className="relative block">
          <input
            {...input}
            {...ids}
            name={name}
            type={shown ? 'text' : 'password'}
            autoComplete={isNew ? 'new-password' : 'current-password'}
            autoCapitalize="none"
            spellCheck={false}
            required
            {...(isNew ? { minLength: shortestPassword } : {})}
            className={`${inputClass} pe-11`}
          />
          <IconButton
            label={shown ? 'Hide password' : 'Show password'}
            onClick={() => setShown(!shown)}
            className="absolute! end-0 top-0"
          >
            <Icon className="size-4" aria-hidden />
          </IconButton>
        </span>
      )}
    </NamedField>
  );
}

/** Who somebody is who has no account yet. */
export function NewAccountFields() {
  return (
    <>
      <NamedTextField name="name" label="Your name" autoComplete="name" maxLength={80} required autoFocus />
      <EmailField />
      <PasswordField isNew />
    </>
  );
}

function NamedField(props: {
  label: string;
  name: string;
  hint: ReactNode;
  optional: boolean;
  children: (ids: FieldIds) => ReactNode;
}) {
  const error = useFieldProblem(props.name);
  const label = props.optional ? (
    <>
      {props.label} <span className="font-normal text-ink-3">(optional)</span>
    </>
  ) : (
    props.label
  );
  return (
    <Field label={label} {...(props.hint === undefined ? {} : { hint: props.hint })} error={error}>
      {props.children}
    </Field>
  );
}
