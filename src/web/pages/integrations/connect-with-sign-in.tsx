import { useMutation } from '@tanstack/react-query';
import { LogIn } from 'lucide-react';
import { useState } from 'react';
import type { ConnectionView, IntegrationView } from '#channels/http/contract/connections.ts';
import { Notice } from '../../components/states.tsx';
import { connectionsApi } from './api.ts';
import { type Draft, newDraft, signInSteps } from './connect-draft.ts';
import { ConnectHeader, DetailsStep, PermissionsStep } from './connect-steps.tsx';
import { plainProblem } from './connection-words.ts';
import { KeyPromise } from './page-frame.tsx';
import { StepForm } from './step-form.tsx';
import { useConnectSteps } from './use-connect-steps.ts';

/** For services with a sign-in of their own: name and permissions first, then over to them and back. */
export function ConnectWithSignIn({
  integration,
  ownership,
}: {
  integration: IntegrationView;
  ownership: ConnectionView['ownership'];
}) {
  const [draft, setDraft] = useState(() => newDraft(integration, ownership));
  const change = (part: Partial<Draft>) => setDraft((current) => ({ ...current, ...part }));
  const steps = useConnectSteps(signInSteps, draft, integration);
  const signIn = useSignIn();
  const fields = { integration, draft, change, missing: steps.missing };
  const frame = { focusHeading: steps.moved, onBack: steps.back };
  return (
    <>
      <ConnectHeader title={integration.title} steps={signInSteps} current={steps.step} />
      {steps.step === 'details' && <DetailsStep key="details" fields={fields} frame={frame} onSubmit={steps.next} />}
      {steps.step === 'permissions' && (
        <PermissionsStep key="permissions" fields={fields} frame={frame} onSubmit={steps.next} />
      )}
      {steps.step === 'sign-in' && (
        <StepForm
          key="sign-in"
          {...frame}
          title={`Sign in with ${integration.title}`}
          submit={signIn.isPending ? 'Going there…' : `Sign in with ${integration.title}`}
          busy={signIn.isPending}
          onSubmit={() => {
            const { label, ownership: owner, scopes, limits, limitNames } = draft;
            signIn.mutate({
              integration: integration.name,
              label: label.trim(),
              ownership: owner,
              scopes,
              limits,
              limitNames,
            });
          }}
          problem={
            signIn.error !== null && (
              <Notice tone="bad" role="alert" title="The sign-in could not begin">
                {plainProblem(signIn.error)}
              </Notice>
            )
          }
        >
          <p className="flex gap-2 text-ink-2">
            <LogIn className="mt-0.5 size-4 shrink-0" aria-hidden />
            You are taken to {integration.title}, say yes there to what you ticked here, and come back.
          </p>
        </StepForm>
      )}
      <KeyPromise />
    </>
  );
}

/** Begins a sign-in at another service: the browser leaves this page when it succeeds. */
export function useSignIn() {
  return useMutation({
    mutationFn: connectionsApi.authorize,
    onSuccess: ({ url }) => {
      if (/^https?:\/\//.test(url)) window.location.assign(url);
    },
  });
}
