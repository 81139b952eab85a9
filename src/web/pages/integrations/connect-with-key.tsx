import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import type { ConnectionView, IntegrationView } from '#channels/http/contract/connections.ts';
import { Notice } from '../../components/states.tsx';
import { connectionsApi, useConnectionChange } from './api.ts';
import {
  type Draft,
  keySteps,
  newDraft,
  placeOf,
  targetOf,
  testedNow,
  testOf,
  toNewConnection,
} from './connect-draft.ts';
import {
  ConnectHeader,
  DetailsStep,
  LimitFields,
  PermissionsStep,
  PlaceFields,
  type StepProps,
} from './connect-steps.tsx';
import { countOf, plainProblem } from './connection-words.ts';
import { KeyFields } from './key-step.tsx';
import { KeyPromise } from './page-frame.tsx';
import { StepForm, type StepFrame } from './step-form.tsx';
import { useConnectSteps } from './use-connect-steps.ts';

/** From a key to a connection, a step at a time. Nothing typed is lost by going back or by a failure. */
export function ConnectWithKey({
  integration,
  ownership,
}: {
  integration: IntegrationView;
  ownership: ConnectionView['ownership'];
}) {
  const [draft, setDraft] = useState(() => newDraft(integration, ownership));
  const [, setSearch] = useSearchParams();
  const change = (part: Partial<Draft>) => setDraft((current) => ({ ...current, ...part }));
  const steps = useConnectSteps(keySteps, draft, integration);
  const test = useKeyTest(integration, (tested) => change({ tested, limits: {}, limitNames: {} }));
  const create = useConnectionChange(connectionsApi.create, (made) => made);
  const fields: StepProps = { integration, draft, change, missing: steps.missing };
  const frame = { focusHeading: steps.moved, onBack: steps.back };
  const connect = () =>
    create.mutate(toNewConnection(draft, integration), {
      onSuccess: ({ id }) => {
        setSearch({ step: 'done', connection: id }, { replace: true });
      },
    });
  return (
    <>
      <ConnectHeader title={integration.title} steps={keySteps} current={steps.step} />
      {steps.step === 'place' && (
        <StepForm
          key="place"
          {...frame}
          title={`Where does your ${integration.title} run?`}
          submit="Continue"
          onSubmit={steps.next}
        >
          <PlaceFields {...fields} />
        </StepForm>
      )}
      {steps.step === 'key' && <KeyStep key="key" fields={fields} frame={frame} test={test} steps={steps} />}
      {steps.step === 'details' && <DetailsStep key="details" fields={fields} frame={frame} onSubmit={steps.next} />}
      {steps.step === 'permissions' && (
        <PermissionsStep key="permissions" fields={fields} frame={frame} onSubmit={steps.next} />
      )}
      {steps.step === 'limits' && (
        <StepForm
          key="limits"
          {...frame}
          title="Limit it, if you like"
          intro="Without a limit, personas can use everything the key can see, within their own limits."
          submit={create.isPending ? 'Connecting…' : `Connect ${integration.title}`}
          busy={create.isPending}
          onSubmit={connect}
          problem={
            create.error !== null &&
            !create.isPending && (
              <Notice tone="bad" role="alert" title="It was not connected. Everything you typed is still here.">
                {plainProblem(create.error)}
              </Notice>
            )
          }
        >
          <LimitFields {...fields} />
          <p className="text-ink-2">
            “{draft.label.trim()}”, {draft.ownership === 'personal' ? 'personal' : 'for the whole organization'}, with{' '}
            {countOf(draft.scopes.length, 'permission')}.
          </p>
        </StepForm>
      )}
      <KeyPromise />
    </>
  );
}

function KeyStep({
  fields,
  frame,
  test,
  steps,
}: {
  fields: StepProps;
  frame: StepFrame;
  test: ReturnType<typeof useKeyTest>;
  steps: { next: () => void; goTo: (step: 'place') => void };
}) {
  const { integration, draft } = fields;
  const [empty, setEmpty] = useState(false);
  const bringsKey = placeOf(draft, integration)?.bringsKey === true;
  const works = (testedNow(draft, integration)?.sees.length ?? 0) > 0;
  const tooShort = !bringsKey && draft.key.trim().length < 8;
  const submit = () => {
    if (works) return steps.next();
    setEmpty(tooShort);
    if (!tooShort) test.run(draft);
  };
  const first = bringsKey ? 'Test the connection' : 'Test the key';
  return (
    <StepForm
      {...frame}
      title={bringsKey ? 'Test the connection' : 'Paste the key'}
      submit={test.testing ? 'Testing…' : works ? 'Continue' : first}
      busy={test.testing}
      onSubmit={submit}
    >
      <KeyFields
        {...fields}
        missing={empty && tooShort ? 'Paste the whole key: it has at least 8 characters.' : null}
        testing={test.testing}
        error={works || test.of !== testOf(draft, integration) ? null : test.error}
        onChangeAddress={() => steps.goTo('place')}
      />
    </StepForm>
  );
}

function useKeyTest(integration: IntegrationView, onTested: (tested: Draft['tested']) => void) {
  const test = useMutation({
    mutationFn: (draft: Draft) => connectionsApi.test(targetOf(draft, integration)),
    onSuccess: (result, draft) => onTested({ of: testOf(draft, integration), result }),
    // The key is among what is kept of a mutation: nothing of it outlives the page.
    gcTime: 0,
  });
  return {
    run: (draft: Draft) => test.mutate(draft),
    testing: test.isPending,
    error: test.error,
    /** What the last test was a test of. */
    of: test.variables === undefined ? null : testOf(test.variables, integration),
  };
}
