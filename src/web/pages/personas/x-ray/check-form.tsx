import { useMutation } from '@tanstack/react-query';
import { Ban, Check, Hand, LoaderCircle, X } from 'lucide-react';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { PersonaView, XRayAs, XRayCheckView, XRayView } from '#channels/http/contract/personas.ts';
import { describeError } from '../../../api-client.ts';
import { Button } from '../../../components/button.tsx';
import { Field, inputClass, TextField } from '../../../components/field.tsx';
import { Notice } from '../../../components/states.tsx';
import { capitalize } from '../../../words.ts';
import { personaApi } from '../api.ts';
import { useSuggestions } from './use-suggestions.ts';

/** Asks the guard's own rules about one call. Nothing is changed by asking. */
export function CheckForm({ persona, xRay, as }: { persona: PersonaView; xRay: XRayView; as: XRayAs }) {
  const [toolName, setToolName] = useState(xRay.tools[0]?.tool.name ?? '');
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const chosen = xRay.tools.find(({ tool }) => tool.name === toolName);
  const suggestions = useSuggestions(xRay, chosen?.tool.integration ?? '', values);
  const { mutate, reset, data, isPending, error } = useMutation({
    mutationFn: (args: Readonly<Record<string, string>>) =>
      personaApi.check(persona.id, { tool: toolName, arguments: args, as }),
  });
  const ask = (event: FormEvent) => {
    event.preventDefault();
    const given = chosen?.parameters.map(({ name }) => [name, values[name]?.trim() ?? ''] as const) ?? [];
    mutate(Object.fromEntries(given.filter(([, value]) => value !== '')));
  };
  // An answer to another question must not stand beside this one.
  const change = (next: () => void) => {
    reset();
    next();
  };
  return (
    <section
      aria-labelledby="check-heading"
      className="grid min-w-0 grid-cols-1 gap-4 rounded-xl border border-line bg-surface p-4 shadow-card md:p-5"
    >
      <div className="grid gap-0.5">
        <h2 id="check-heading" className="font-semibold text-base">
          Would this call be allowed{as === 'guest' && ' for a guest'}?
        </h2>
        <p className="text-ink-2 text-pretty">
          Asking changes nothing. Where a limit asks for it, it is looked up whether the database lies in the team.
        </p>
      </div>
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-2">
        <form onSubmit={ask} className="grid min-w-0 gap-4" aria-label="Would this call be allowed?">
          <Field label="Tool">
            {(ids) => (
              <select
                {...ids}
                value={toolName}
                onChange={(event) => change(() => setToolName(event.target.value))}
                className={inputClass}
              >
                {xRay.tools.map(({ tool }) => (
                  <option key={tool.name} value={tool.name}>
                    {tool.title}
                  </option>
                ))}
              </select>
            )}
          </Field>
          {chosen?.parameters.map(({ name }) => (
            <Argument
              key={name}
              name={name}
              value={values[name] ?? ''}
              options={suggestions(name)}
              onChange={(value) => change(() => setValues((last) => ({ ...last, [name]: value })))}
            />
          ))}
          {chosen?.parameters.length === 0 && <p className="text-ink-2">This tool takes nothing.</p>}
          <Button type="submit" look="primary" className="justify-self-start" disabled={isPending || toolName === ''}>
            {isPending && <LoaderCircle className="size-4 animate-spin" aria-hidden />}
            Check
          </Button>
        </form>
        <div className="min-w-0">
          {error !== null && (
            <Notice tone="bad" role="alert" title="It could not be checked">
              {describeError(error)}
            </Notice>
          )}
          {data !== undefined && <Answer answer={data} />}
          {data === undefined && error === null && (
            <p className="rounded-lg bg-sunken px-3 py-2.5 text-ink-2 max-lg:hidden">The answer stands here.</p>
          )}
        </div>
      </div>
    </section>
  );
}

const hints: Readonly<Record<string, string>> = {
  team_id: 'Its id; type to choose by name.',
  database_id: 'Its id; type to choose by name. Give the team first.',
  table_id: 'Its letters, such as A or AB.',
  record_id: 'Its number, such as 12.',
};

function Argument({
  name,
  value,
  options,
  onChange,
}: {
  name: string;
  value: string;
  options: readonly { readonly id: string; readonly name: string }[];
  onChange: (value: string) => void;
}) {
  const listId = useId();
  const named = options.find(({ id }) => id === value.trim())?.name;
  const label = capitalize(name.replace(/_id$/, '').replaceAll('_', ' '));
  return (
    <>
      <TextField
        label={label}
        value={value}
        onValue={onChange}
        list={listId}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        hint={named === undefined ? hints[name] : `That is “${named}”.`}
      />
      <datalist id={listId}>
        {options.map((option) => (
          <option key={option.id} value={option.id} label={option.name} />
        ))}
      </datalist>
    </>
  );
}

const verdicts = {
  allowed: { icon: Check, title: 'Yes, it would be made', tone: 'bg-good-soft', className: 'text-good' },
  needs_approval: { icon: Hand, title: 'Only after a person approves', tone: 'bg-warn-soft', className: 'text-warn' },
  denied: { icon: Ban, title: 'No, it would be refused', tone: 'bg-bad-soft', className: 'text-bad' },
} as const;

function Answer({ answer: { verdict, rule, gates, steps } }: { answer: XRayCheckView }) {
  const { icon: Icon, title, tone, className } = verdicts[verdict];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <div role="status" className="grid gap-3">
      <div className={`flex gap-2.5 rounded-lg px-3 py-2.5 ${tone}`}>
        <Icon className={`mt-0.5 size-4 shrink-0 ${className}`} aria-hidden />
        <div className="grid min-w-0 gap-1">
          <h3 ref={heading} className={`font-semibold ${className}`}>
            {title}
          </h3>
          {rule !== null && (
            <p className="text-pretty wrap-anywhere">
              {rule.message} <code className="font-mono text-2xs text-ink-2">{rule.code}</code>
            </p>
          )}
          {gates.map(({ why, message }) => (
            <p key={why} className="text-pretty wrap-anywhere">
              {message}
            </p>
          ))}
        </div>
      </div>
      <div className="grid gap-1.5">
        <h4 className="font-semibold text-ink-2 text-xs">What was asked, in this order</h4>
        <ol className="grid gap-1">
          {steps.map((step) => (
            <li key={step.rule} className="flex gap-2">
              {step.passed ? (
                <Check className="mt-0.5 size-4 shrink-0 text-good" aria-hidden />
              ) : (
                <X className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
              )}
              <span className="wrap-anywhere">
                {step.rule}
                <span className="text-ink-3">{step.passed ? ', passed' : ', stopped here'}</span>
              </span>
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}
