import { useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { ConnectionView, FormFieldView, IntegrationView } from '#channels/http/contract/connections.ts';
import { ProblemError } from '../../api-client.ts';
import { Field, inputClass, TextField } from '../../components/field.tsx';
import { splitDetail } from '../../components/form-problems.ts';
import { Notice } from '../../components/states.tsx';
import { connectionsApi, useConnectionChange } from './api.ts';
import { type Draft, missingIn, newDraft } from './connect-draft.ts';
import { DetailFields, PermissionFields } from './connect-steps.tsx';
import { plainProblem } from './connection-words.ts';
import { KeyField } from './key-field.tsx';
import { KeyPromise } from './page-frame.tsx';
import { StepForm } from './step-form.tsx';

type Values = Readonly<Record<string, string>>;

/** For services that are reached over a few settings, such as a mail server: all of it on one page, tried before it is kept. */
export function ConnectWithForm({
  integration,
  ownership,
}: {
  integration: IntegrationView;
  ownership: ConnectionView['ownership'];
}) {
  const [draft, setDraft] = useState(() => newDraft(integration, ownership));
  const [values, setValues] = useState<Values>(() => beginValues(integration.fields));
  const [problems, setProblems] = useState<Values>({});
  const [tried, setTried] = useState(false);
  const [refusals, setRefusals] = useState(0);
  const fieldset = useRef<HTMLDivElement>(null);
  const [, setSearch] = useSearchParams();
  const create = useConnectionChange(connectionsApi.create, (made) => made);
  useEffect(() => {
    if (refusals > 0) fieldset.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [refusals]);
  const change = (part: Partial<Draft>) => setDraft((current) => ({ ...current, ...part }));
  const refused = splitRefusal(create.error, integration.fields);
  const missing = (step: 'details' | 'permissions') => (tried ? missingIn(step, draft, integration) : null);
  const connect = () => {
    setTried(true);
    const found = findMissing(integration.fields, values);
    setProblems(found);
    const incomplete = ['details', 'permissions'] as const;
    if (Object.keys(found).length > 0 || incomplete.some((step) => missingIn(step, draft, integration) !== null)) {
      setRefusals((count) => count + 1);
      return;
    }
    const { label, ownership: owner, scopes, limits, limitNames } = draft;
    create.mutate(
      {
        integration: integration.name,
        place: 'form',
        fields: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')),
        label: label.trim(),
        ownership: owner,
        scopes,
        limits,
        limitNames,
      },
      {
        onSuccess: ({ id }) => setSearch({ step: 'done', connection: id }, { replace: true }),
        onError(error) {
          setProblems(splitRefusal(error, integration.fields).fields);
          setRefusals((count) => count + 1);
        },
      },
    );
  };
  const step = { integration, draft, change };
  return (
    <>
      <h1 className="font-semibold text-xl tracking-tight">Connect {integration.title}</h1>
      <StepForm
        title="How it is reached"
        intro={integration.description}
        onBack={null}
        focusHeading={false}
        busy={create.isPending}
        submit={create.isPending ? 'Trying it…' : `Connect ${integration.title}`}
        onSubmit={connect}
        problem={
          refused.problem !== null &&
          !create.isPending && (
            <Notice tone="bad" role="alert" title="It was not connected. Everything you typed is still here.">
              {refused.problem}
            </Notice>
          )
        }
      >
        <div ref={fieldset} className="grid grid-cols-1 gap-5">
          {integration.fields.map((field) => (
            <OneField
              key={field.name}
              field={field}
              value={values[field.name] ?? ''}
              problem={problems[field.name] ?? null}
              disabled={create.isPending}
              onValue={(value) => {
                setValues((current) => ({ ...current, [field.name]: value }));
                setProblems(({ [field.name]: _corrected, ...left }) => left);
              }}
            />
          ))}
          <DetailFields {...step} missing={missing('details')} />
          <div className="grid gap-2">
            <h3 className="font-medium">What may be done with it</h3>
            <PermissionFields {...step} missing={missing('permissions')} />
          </div>
        </div>
      </StepForm>
      <KeyPromise />
    </>
  );
}

function OneField({
  field: { title, help, kind, required, choices, example },
  value,
  problem,
  disabled,
  onValue,
}: {
  field: FormFieldView;
  value: string;
  problem: string | null;
  disabled: boolean;
  onValue: (value: string) => void;
}) {
  const label = required || kind === 'choice' ? title : `${title} (optional)`;
  const hint = help === '' ? {} : { hint: help };
  if (kind === 'choice') {
    return (
      <Field label={label} {...hint} error={problem}>
        {(ids) => (
          <select
            {...ids}
            value={value}
            disabled={disabled}
            onChange={(event) => onValue(event.target.value)}
            className={inputClass}
          >
            {choices.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.title}
              </option>
            ))}
          </select>
        )}
      </Field>
    );
  }
  if (kind === 'secret') {
    return <KeyField label={label} {...hint} value={value} disabled={disabled} error={problem} onValue={onValue} />;
  }
  return (
    <TextField
      label={label}
      {...hint}
      value={value}
      error={problem}
      disabled={disabled}
      onValue={onValue}
      inputMode={kind === 'number' ? 'numeric' : 'text'}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={1_000}
      placeholder={example ?? undefined}
    />
  );
}

function beginValues(fields: readonly FormFieldView[]): Values {
  return Object.fromEntries(
    fields.map(({ name, kind, choices }) => [name, kind === 'choice' ? (choices[0]?.value ?? '') : '']),
  );
}

/** What can be seen without asking the service, by the names of the fields. */
function findMissing(fields: readonly FormFieldView[], values: Values): Values {
  const found: Record<string, string> = {};
  for (const { name, title, kind, required } of fields) {
    const value = (values[name] ?? '').trim();
    if (required && value === '') found[name] = `Fill in “${title}”.`;
    else if (kind === 'number' && value !== '' && !/^\d{1,9}$/.test(value))
      found[name] = 'This must be a whole number.';
  }
  return found;
}

function splitRefusal(
  error: unknown,
  fields: readonly FormFieldView[],
): { readonly fields: Values; readonly problem: string | null } {
  if (error === null || error === undefined) return { fields: {}, problem: null };
  if (!(error instanceof ProblemError) || error.code !== 'INPUT_INVALID') {
    return { fields: {}, problem: plainProblem(error) };
  }
  const detail = error.detail.replaceAll(/(^|; )fields\./g, '$1');
  return splitDetail(detail, (path) => fields.some(({ name }) => name === path));
}
