import { ArrowLeft } from 'lucide-react';
import { Link } from 'react-router';
import { TemplateCards } from './template-cards.tsx';

/** /jobs/new : which kind of job it is to be. */
export function NewJobPage() {
  return (
    <div className="h-full overflow-y-auto">
      <title>New job – Personas for Ninox</title>
      <div className="mx-auto grid max-w-4xl grid-cols-1 gap-5 px-4 py-6 md:px-6">
        <BackToJobs />
        <div className="grid gap-1">
          <h1 className="font-semibold text-xl tracking-tight">New job</h1>
          <p className="text-ink-2 text-pretty">What is it to do? Everything can be changed later.</p>
        </div>
        <TemplateCards />
      </div>
    </div>
  );
}

export function BackToJobs() {
  return (
    <Link
      to="/jobs"
      className="-mt-2 -mb-3 flex min-h-9 items-center gap-1.5 justify-self-start font-medium text-ink-2 hover:text-ink pointer-coarse:min-h-11"
    >
      <ArrowLeft className="size-4" aria-hidden />
      Jobs
    </Link>
  );
}
