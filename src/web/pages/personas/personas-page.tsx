import { Archive, FileUp, FileWarning, FileX, Plus, UsersRound } from 'lucide-react';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { PersonaListView } from '#channels/http/contract/personas.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { Bar, EmptyState, ErrorState, Notice, Skeleton } from '../../components/states.tsx';
import { useArchivedPersonas, usePersonas } from '../../queries.ts';
import { useMay } from '../../session.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { PersonaArticle } from './persona-article.tsx';

export function PersonasPage() {
  const [search] = useSearchParams();
  const showsArchived = search.get('show') === 'archived';
  const [importing, setImporting] = useState(false);
  const manages = useMay()('personas:manage');
  return (
    <div className="h-full overflow-y-auto">
      <title>Personas – Personas for Ninox</title>
      <div className="mx-auto grid max-w-5xl grid-cols-1 gap-5 px-4 py-6 md:px-6">
        <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <div className="grid min-w-0 flex-1 basis-80 gap-1">
            <h1 className="font-semibold text-xl tracking-tight">Personas</h1>
            <p className="max-w-2xl text-ink-2 text-pretty">
              What is listed here is what the service enforces on every call, whatever the model says.
            </p>
          </div>
          {manages && (
            <div className="flex flex-wrap gap-2">
              <Button onClick={() => setImporting(true)}>
                <FileUp className="size-4" aria-hidden />
                Import a file
              </Button>
              <Link to="/personas/new" className={buttonClass('primary')}>
                <Plus className="size-4" aria-hidden />
                New persona
              </Link>
            </div>
          )}
        </header>
        <nav aria-label="Which personas" className="flex gap-1">
          <Shown to="/personas" current={!showsArchived}>
            In use
          </Shown>
          <Shown to="/personas?show=archived" current={showsArchived}>
            Archived
          </Shown>
        </nav>
        {showsArchived ? <ArchivedPersonas /> : <PersonasInUse manages={manages} />}
      </div>
      {manages && <ImportDialog open={importing} onClose={() => setImporting(false)} />}
    </div>
  );
}

function Shown({ to, current, children }: { to: string; current: boolean; children: string }) {
  return (
    <Link
      to={to}
      aria-current={current ? 'page' : undefined}
      className={buttonClass('quiet', current ? 'bg-accent-soft! text-accent!' : '')}
    >
      {children}
    </Link>
  );
}

function PersonasInUse({ manages }: { manages: boolean }) {
  const { data, error, refetch } = usePersonas();
  if (data === undefined) return <NotYet error={error} onRetry={() => void refetch()} />;
  return <Loaded personas={data} manages={manages} />;
}

function ArchivedPersonas() {
  const { data, error, refetch } = useArchivedPersonas();
  if (data === undefined) return <NotYet error={error} onRetry={() => void refetch()} />;
  if (data.items.length === 0) {
    return (
      <EmptyState icon={Archive} title="No persona is archived">
        A persona that is not needed any more can be archived instead of thrown away.
      </EmptyState>
    );
  }
  return <PersonaCards personas={data} />;
}

function NotYet({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (error === null) return <LoadingPersonas />;
  return <ErrorState title="The personas could not be loaded" error={error} onRetry={onRetry} />;
}

function Loaded({ personas, manages }: { personas: PersonaListView; manages: boolean }) {
  const { items, problems } = personas;
  return (
    <>
      {problems.length > 0 && (
        <section aria-labelledby="problems-heading" className="grid gap-2">
          <h2 id="problems-heading" className="font-semibold">
            Files that could not be loaded
          </h2>
          <ul className="grid gap-2">
            {problems.map(({ file, problem }) => (
              <li key={file}>
                <Notice tone="bad" icon={FileX} title={file}>
                  <p className="whitespace-pre-wrap">{problem}</p>
                </Notice>
              </li>
            ))}
          </ul>
        </section>
      )}
      {items.length === 0 ? (
        <EmptyState icon={problems.length > 0 ? FileWarning : UsersRound} title="There is no persona yet">
          {manages
            ? 'Make a new one or import a file. One can also be put into the folder personas where the service runs.'
            : 'An owner or admin of the organization can make one.'}
        </EmptyState>
      ) : (
        <PersonaCards personas={personas} />
      )}
    </>
  );
}

function PersonaCards({ personas: { items, nextCursor } }: { personas: PersonaListView }) {
  return (
    <>
      <ul aria-label="Personas" className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        {items.map((persona) => (
          <li key={persona.id} className="min-w-0">
            <PersonaArticle persona={persona} />
          </li>
        ))}
      </ul>
      {nextCursor !== null && (
        <p className="text-ink-2">
          Only the first {items.length} are shown. Archive those that are not in use any more.
        </p>
      )}
    </>
  );
}

function LoadingPersonas() {
  return (
    <Skeleton label="Loading the personas">
      <div className="grid gap-4 lg:grid-cols-2">
        <Bar className="h-72 rounded-xl" />
        <Bar className="h-72 rounded-xl" />
      </div>
    </Skeleton>
  );
}
