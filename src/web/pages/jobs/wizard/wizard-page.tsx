import { Compass } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link, Navigate, useParams } from 'react-router';
import type { JobTemplateView } from '#channels/http/contract/jobs.ts';
import { useAnnounce } from '../../../components/announcements.tsx';
import { buttonClass } from '../../../components/button.tsx';
import { LeaveGuard } from '../../../components/leave-guard.tsx';
import { EmptyState, ErrorState, LoadingPage, Notice } from '../../../components/states.tsx';
import { StepIndicator } from '../../../components/step-indicator.tsx';
import { useConnections } from '../../../pages/personas/api.ts';
import { useUsable } from '../fields/use-places.ts';
import { BackToJobs } from '../list/new-job-page.tsx';
import { useJobTemplates } from '../queries.ts';
import { QuestionsStep } from './questions-step.tsx';
import { ReviewStep } from './review-step.tsx';
import { useWizard } from './use-wizard.ts';

/** /jobs/new/:template */
export function WizardPage() {
  const { template: id = '' } = useParams();
  const { data, error, refetch } = useJobTemplates();
  if (data === undefined) {
    if (error === null) return <LoadingPage />;
    return (
      <ErrorState heading="h1" title="The template could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  }
  const template = data.find((one) => one.id === id);
  if (template === undefined) return <NoSuchTemplate />;
  return <Steps key={template.id} template={template} />;
}

function Steps({ template }: { template: JobTemplateView }) {
  const announce = useAnnounce();
  const [savedId, setSavedId] = useState<string | null>(null);
  const [touched, setTouched] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const wizard = useWizard(template, (job) => {
    announce(`Saved “${job.definition.name}”.`);
    setSavedId(job.id);
  });
  const reviewing = wizard.filled !== null && wizard.definition !== null;
  useEffect(() => {
    if (reviewing) heading.current?.focus();
  }, [reviewing]);
  if (savedId !== null) return <Navigate to={`/jobs/${savedId}`} replace />;
  return (
    <div className="h-full overflow-y-auto">
      <title>{`${template.title} – Personas for Ninox`}</title>
      <div className="mx-auto grid max-w-3xl grid-cols-1 gap-5 px-4 py-6 md:px-6">
        <BackToJobs />
        <header className="grid gap-1">
          <h1 ref={heading} tabIndex={-1} className="font-semibold text-xl tracking-tight outline-none">
            {template.title}
          </h1>
          <p className="text-ink-2 text-pretty">{template.description}</p>
        </header>
        <StepIndicator
          label="Steps"
          steps={['Answer a few questions', 'Try it and save']}
          current={reviewing ? 1 : 0}
        />
        <NotConnected />
        {wizard.filled !== null && wizard.definition !== null ? (
          <ReviewStep
            filled={wizard.filled}
            definition={wizard.definition}
            problems={wizard.problems}
            failure={wizard.failure}
            busy={wizard.busy}
            trial={wizard.trial}
            personaMade={wizard.personaMade}
            onChange={wizard.change}
            onTry={wizard.tryOut}
            onSave={wizard.save}
            onBack={wizard.back}
          />
        ) : (
          <QuestionsStep
            template={template}
            answers={wizard.answers}
            problems={wizard.problems}
            failure={wizard.failure}
            busy={wizard.busy}
            refusals={wizard.refusals}
            onAnswer={(id, answer) => {
              setTouched(true);
              wizard.answer(id, answer);
            }}
            onDone={wizard.fill}
          />
        )}
      </div>
      <LeaveGuard active={touched && !wizard.busy} onDiscard={() => setTouched(false)} />
    </div>
  );
}

function NotConnected() {
  const { data } = useConnections();
  const usable = useUsable('ninox');
  if (data === undefined || usable.length > 0) return null;
  return (
    <Notice
      tone="warn"
      title="No Ninox connection can be used yet"
      action={
        <Link to="/integrations/ninox/connect" className={buttonClass()}>
          Connect Ninox
        </Link>
      }
    >
      Teams, databases and tables are chosen from a connection.
    </Notice>
  );
}

function NoSuchTemplate() {
  return (
    <EmptyState
      icon={Compass}
      heading="h1"
      title="There is no such template"
      action={
        <Link to="/jobs/new" className={buttonClass()}>
          All templates
        </Link>
      }
    >
      The link may be mistyped.
    </EmptyState>
  );
}
