import { ArrowLeft, Compass, FileText } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Link, useParams } from 'react-router';
import type { PersonaDetailView } from '#channels/http/contract/personas.ts';
import { ProblemError } from '../../api-client.ts';
import { buttonClass } from '../../components/button.tsx';
import { Bar, EmptyState, ErrorState, Notice, Skeleton } from '../../components/states.tsx';
import { useMay } from '../../session.tsx';
import { usePersonaDetail } from './api.ts';
import { HistoryTab } from './history/history-tab.tsx';
import { NoSuchPersona } from './no-such-persona.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { PersonaActions } from './persona-actions.tsx';
import { PersonaMarks } from './persona-marks.tsx';
import { XRayTab } from './x-ray/x-ray-tab.tsx';

const tabs = [
  { path: '', title: 'Overview', Content: OverviewTab },
  { path: 'x-ray', title: 'X-ray', Content: XRayTab },
  { path: 'history', title: 'History', Content: HistoryTab },
] as const;

/** /personas/:personaId/:tab? */
export function PersonaPage() {
  const { personaId = '', tab = '' } = useParams();
  const { data, error, refetch } = usePersonaDetail(personaId);
  const chosen = tabs.find(({ path }) => path === tab);
  if (chosen === undefined) return <NoSuchTab personaId={personaId} />;
  return (
    <div className="h-full overflow-y-auto">
      <title>{`${data?.persona.name ?? 'Persona'} – Personas for Ninox`}</title>
      <div className="mx-auto grid max-w-5xl grid-cols-1 gap-5 px-4 py-6 md:px-6">
        {data === undefined && error === null && <LoadingPersona />}
        {data === undefined && error !== null && <NotThere error={error} onRetry={() => void refetch()} />}
        {data !== undefined && (
          <>
            <Head detail={data} />
            <Tabs personaId={personaId} name={data.persona.name} current={chosen.path} />
            <chosen.Content key={personaId} detail={data} />
          </>
        )}
      </div>
    </div>
  );
}

function Head({ detail: { persona } }: { detail: PersonaDetailView }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <header className="grid grid-cols-1 gap-3">
      <Link
        to={persona.archived ? '/personas?show=archived' : '/personas'}
        className="flex min-h-9 items-center gap-1.5 justify-self-start font-medium text-ink-2 hover:text-ink pointer-coarse:min-h-11"
      >
        <ArrowLeft className="size-4" aria-hidden />
        Personas
      </Link>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="grid min-w-0 flex-1 basis-80 gap-1">
          <h1 ref={heading} tabIndex={-1} className="font-semibold text-xl tracking-tight outline-none wrap-anywhere">
            {persona.name}
          </h1>
          <p className="max-w-2xl text-ink-2 text-pretty wrap-anywhere">{persona.description}</p>
          <PersonaMarks persona={persona} />
        </div>
        <PersonaActions persona={persona} />
      </div>
      {persona.file !== null && <FileNotice file={persona.file} />}
      {persona.problem !== null && (
        <Notice tone="warn" title={persona.file === null ? 'It has a problem' : 'Its file has a problem'}>
          <p className="whitespace-pre-wrap">{persona.problem}</p>
        </Notice>
      )}
    </header>
  );
}

function FileNotice({ file }: { file: string }) {
  const manages = useMay()('personas:manage');
  return (
    <Notice tone="plain" icon={FileText}>
      Lives in <code className="font-mono text-xs">{file}</code>
      {manages ? '; edit it there or duplicate it.' : '.'}
    </Notice>
  );
}

function Tabs({ personaId, name, current }: { personaId: string; name: string; current: string }) {
  return (
    <nav aria-label={`About ${name}`} className="flex gap-1 border-line border-b">
      {tabs.map(({ path, title }) => (
        <Link
          key={path}
          to={path === '' ? `/personas/${personaId}` : `/personas/${personaId}/${path}`}
          aria-current={path === current ? 'page' : undefined}
          className={`-mb-px flex min-h-10 items-center border-b-2 px-3 font-medium pointer-coarse:min-h-11 ${
            path === current ? 'border-accent text-accent' : 'border-transparent text-ink-2 hover:text-ink'
          }`}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}

function NotThere({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (error instanceof ProblemError && error.status === 404) return <NoSuchPersona />;
  return <ErrorState heading="h1" title="The persona could not be loaded" error={error} onRetry={onRetry} />;
}

function NoSuchTab({ personaId }: { personaId: string }) {
  return (
    <EmptyState
      icon={Compass}
      heading="h1"
      title="There is no page at this address"
      action={
        <Link to={`/personas/${personaId}`} className={buttonClass()}>
          See the persona
        </Link>
      }
    />
  );
}

function LoadingPersona() {
  return (
    <Skeleton label="Loading the persona">
      <div className="grid gap-4">
        <Bar className="h-7 w-56" />
        <Bar className="h-5 w-96 max-w-full" />
        <Bar className="h-10 w-full" />
        <Bar className="h-72 w-full rounded-xl" />
      </div>
    </Skeleton>
  );
}
