import { Plug, UsersRound } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import type { PersonaView } from '#channels/http/contract/personas.ts';
import { buttonClass } from '../../components/button.tsx';
import { Bar, EmptyState, ErrorState, Notice, Skeleton } from '../../components/states.tsx';
import { useIntegrations } from '../../pages/personas/api.ts';
import { usePersonas } from '../../queries.ts';
import { useMay } from '../../session.tsx';
import { Composer } from './composer.tsx';
import { usePendingStarts } from './pending-start.tsx';
import { PersonaCard } from './persona-card.tsx';
import { useDraft } from './use-draft.ts';
import { Welcome } from './welcome.tsx';

export function NewChatPage() {
  const { data, error, refetch } = usePersonas();
  usePreparedConversationPage();
  return (
    <>
      <title>Chat – Personas for Ninox</title>
      {data === undefined && error === null && <LoadingPersonas />}
      {data === undefined && error !== null && (
        <ErrorState
          heading="h1"
          title="The personas could not be loaded"
          error={error}
          onRetry={() => void refetch()}
        />
      )}
      {data !== undefined && (data.items.length === 0 ? <NoPersonas /> : <StartConversation personas={data.items} />)}
    </>
  );
}

function StartConversation({ personas }: { personas: readonly PersonaView[] }) {
  const navigate = useNavigate();
  const starts = usePendingStarts();
  const [search, setSearch] = useSearchParams();
  const [draft, setDraft] = useDraft('new');
  const chosen = personas.find((persona) => persona.id === search.get('persona')) ?? personas[0];
  if (chosen === undefined) return null;

  const begin = (personaId: string, text: string) => {
    const id = starts.add({ personaId, text });
    setDraft('');
    void navigate(`/c/${id}`);
  };
  return (
    <div className="flex h-full flex-col">
      <div className="min-h-0 flex-1 overflow-y-auto [mask-image:linear-gradient(to_top,transparent,black_1.25rem)]">
        <div className="mx-auto grid max-w-3xl grid-cols-1 gap-5 px-4 py-6 md:py-10">
          <Welcome />
          <NothingConnected />
          <div className="grid gap-1">
            <h1 className="font-semibold text-xl tracking-tight">Who should do it?</h1>
            <p className="text-ink-2 text-pretty">
              A persona works in your Ninox databases within the limits shown here. Every call it makes is recorded in
              Activity.
            </p>
          </div>
          <fieldset className="grid min-w-0 grid-cols-1 gap-3">
            <legend className="sr-only">Persona</legend>
            {personas.map((persona) => (
              <PersonaCard
                key={persona.id}
                persona={persona}
                chosen={persona.id === chosen.id}
                onChoose={() => setSearch({ persona: persona.id }, { replace: true })}
                onStart={(text) => begin(persona.id, text)}
              />
            ))}
          </fieldset>
        </div>
      </div>
      <div className="px-3 pt-2 pb-1 md:px-6 md:pb-2">
        <Composer
          personaName={chosen.name}
          text={draft}
          onChange={setDraft}
          onSend={(text) => begin(chosen.id, text)}
          blocked={null}
        />
      </div>
    </div>
  );
}

/** Fetches the code of the next page while this one is read, so that the first message goes out at once. */
function usePreparedConversationPage(): void {
  useEffect(() => {
    const timer = setTimeout(() => void import('./conversation-page.tsx').catch(() => {}), 300);
    return () => clearTimeout(timer);
  }, []);
}

/** Without a connection every call of a persona is refused; better said before the first message than after it. */
function NothingConnected() {
  const { data } = useIntegrations();
  const may = useMay();
  const items = data?.items ?? [];
  // What personas are here for comes first; a service without it has another one.
  const first = items.find(({ name }) => name === 'ninox') ?? items[0];
  if (first === undefined || data?.items.some(({ connections }) => connections > 0) !== false) return null;
  return (
    <Notice
      tone="plain"
      icon={Plug}
      title="Nothing is connected"
      action={
        may('connections:own') && (
          <Link to={`/integrations/${first.name}/connect`} className={buttonClass('primary')}>
            Connect {first.title}
          </Link>
        )
      }
    >
      The personas below can only talk until {first.title} is connected.
    </Notice>
  );
}

function NoPersonas() {
  const manages = useMay()('personas:manage');
  return (
    <EmptyState
      icon={UsersRound}
      heading="h1"
      title="There is no persona yet"
      action={
        <Link to={manages ? '/personas/new' : '/personas'} className={buttonClass('primary')}>
          {manages ? 'New persona' : 'Go to Personas'}
        </Link>
      }
    >
      {manages
        ? 'A persona is who works in your databases: instructions, and what exactly it may do.'
        : 'An owner or admin of the organization can make one.'}
    </EmptyState>
  );
}

function LoadingPersonas() {
  const [rows] = useState(['first', 'second', 'third']);
  return (
    <Skeleton label="Loading the personas">
      <div className="mx-auto grid max-w-3xl gap-4 px-4 py-10">
        <Bar className="h-6 w-56" />
        <Bar className="h-4 w-96 max-w-full" />
        {rows.map((row) => (
          <Bar key={row} className="h-28 w-full rounded-xl" />
        ))}
      </div>
    </Skeleton>
  );
}
