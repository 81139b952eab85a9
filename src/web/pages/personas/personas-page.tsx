import { FileWarning, FileX, UsersRound } from 'lucide-react';
import type { PersonaListView } from '#channels/http/contract.ts';
import { Bar, EmptyState, ErrorState, Notice, Skeleton } from '../../components/states.tsx';
import { usePersonas } from '../../queries.ts';
import { PersonaArticle } from './persona-article.tsx';

export function PersonasPage() {
  const { data, error, refetch } = usePersonas();
  return (
    <div className="h-full overflow-y-auto">
      <title>Personas – Personas for Ninox</title>
      <div className="mx-auto grid max-w-5xl gap-5 px-4 py-6 md:px-6">
        <header className="grid gap-1">
          <h1 className="font-semibold text-xl tracking-tight">Personas</h1>
          <p className="max-w-2xl text-ink-2 text-pretty">
            Each persona is one file. What is listed here is what the service enforces on every call, whatever the model
            says.
          </p>
        </header>
        {data === undefined && error === null && <LoadingPersonas />}
        {data === undefined && error !== null && (
          <ErrorState title="The personas could not be loaded" error={error} onRetry={() => void refetch()} />
        )}
        {data !== undefined && <Loaded personas={data} />}
      </div>
    </div>
  );
}

function Loaded({ personas: { items, problems } }: { personas: PersonaListView }) {
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
          Put a file in the folder <code>personas</code>. It appears here without a restart.
        </EmptyState>
      ) : (
        <ul aria-label="Personas" className="grid items-start gap-4 lg:grid-cols-2">
          {items.map((persona) => (
            <li key={persona.id} className="min-w-0">
              <PersonaArticle persona={persona} />
            </li>
          ))}
        </ul>
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
