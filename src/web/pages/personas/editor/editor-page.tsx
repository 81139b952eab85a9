import { FileLock } from 'lucide-react';
import { useMemo } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import type { ConnectionView } from '#channels/http/contract/connections.ts';
import type { PersonaDetailView } from '#channels/http/contract/personas.ts';
import { ProblemError } from '../../../api-client.ts';
import { buttonClass } from '../../../components/button.tsx';
import { Bar, EmptyState, ErrorState, Skeleton } from '../../../components/states.tsx';
import { useConnections, useIntegrations, useModels, usePersonaToEdit } from '../api.ts';
import { NoSuchPersona } from '../no-such-persona.tsx';
import { limitsNamed, useLimitNames } from '../use-limit-names.ts';
import { Editor } from './editor.tsx';
import { blankDefinition, toDraft } from './persona-draft.ts';

/** /personas/new and /personas/:personaId/edit, for those who may change personas. */
export function PersonaEditorPage() {
  const { personaId = null } = useParams();
  return (
    <>
      <title>{`${personaId === null ? 'New persona' : 'Edit persona'} – Personas for Ninox`}</title>
      <Loader key={personaId} personaId={personaId} />
    </>
  );
}

function Loader({ personaId }: { personaId: string | null }) {
  const detail = usePersonaToEdit(personaId ?? '', personaId !== null);
  const definition = detail.data?.definition;
  const named = useMemo(() => (definition === undefined ? noLimits : limitsNamed(definition)), [definition]);
  const names = useLimitNames(personaId, named);
  const [integrations, connections, models] = [useIntegrations(), useConnections(), useModels()];
  const attached = useAskedConnection(connections.data?.items);
  const queries = [...(personaId === null ? [] : [detail]), integrations, connections, models];
  const broken = queries.find((query) => query.data === undefined && query.error !== null);
  const fresh = useMemo(
    () => (detail.data === undefined ? newEdit(attached) : editOf(detail.data)),
    [detail.data, attached],
  );
  if (broken !== undefined) {
    if (broken.error instanceof ProblemError && broken.error.status === 404) return <NoSuchPersona />;
    return (
      <ErrorState
        heading="h1"
        title="The persona could not be loaded"
        error={broken.error}
        onRetry={() => void Promise.all(queries.map((query) => query.refetch()))}
      />
    );
  }
  const there = integrations.data !== undefined && connections.data !== undefined && models.data !== undefined;
  if (!there || (personaId !== null && detail.data === undefined)) return <LoadingEditor />;
  if (detail.data?.editable === false) return <ReadOnly detail={detail.data} />;
  const draftKey = personaId ?? (attached === null ? 'new' : `new with ${attached.id}`);
  return (
    <Editor
      key={draftKey}
      draftKey={draftKey}
      personaId={personaId}
      fresh={fresh}
      integrations={integrations.data.items}
      connections={connections.data.items}
      models={models.data}
      names={names}
    />
  );
}

const noLimits = {};

/** The connection that the address names, where a persona can be attached to it. */
function useAskedConnection(connections: readonly ConnectionView[] = []): ConnectionView | null {
  const [search] = useSearchParams();
  const found = connections.find(({ id }) => id === search.get('connection'));
  return found?.ownership === 'organization' ? found : null;
}

function newEdit(attached: ConnectionView | null) {
  const connections: Record<string, string> = attached === null ? {} : { [attached.integration]: attached.id };
  const base = { ...blankDefinition, connections };
  return { revision: null, base, draft: toDraft(base, {}) };
}

function editOf({ persona, definition }: PersonaDetailView) {
  return { revision: persona.revision, base: definition, draft: toDraft(definition, {}) };
}

function ReadOnly({ detail: { persona } }: { detail: PersonaDetailView }) {
  return (
    <EmptyState
      icon={FileLock}
      heading="h1"
      title={`${persona.name} cannot be changed here`}
      action={
        <Link to={`/personas/${persona.id}`} className={buttonClass()}>
          See the persona
        </Link>
      }
    >
      {persona.archived ? (
        'It is archived. Restore it first.'
      ) : (
        <>
          It lives in <code className="wrap-anywhere">{persona.file}</code>. Edit it there, or duplicate it and change
          the copy.
        </>
      )}
    </EmptyState>
  );
}

function LoadingEditor() {
  return (
    <Skeleton label="Loading the persona">
      <div className="mx-auto grid max-w-6xl gap-5 px-6 py-6">
        <Bar className="h-7 w-56" />
        <Bar className="h-9 w-full max-w-2xl" />
        <Bar className="h-9 w-full max-w-2xl" />
        <Bar className="h-64 w-full max-w-2xl" />
        <Bar className="h-9 w-full max-w-2xl" />
      </div>
    </Skeleton>
  );
}
