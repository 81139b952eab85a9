import './no-eval.ts';
import { MessageSquareOff } from 'lucide-react';
import { useCallback, useState } from 'react';
import { Link, useParams } from 'react-router';
import { ProblemError } from '../../api-client.ts';
import { buttonClass } from '../../components/button.tsx';
import { Bar, EmptyState, ErrorState, Skeleton } from '../../components/states.tsx';
import { useConversationDetail, usePersonas } from '../../queries.ts';
import { ConversationView } from './conversation-view.tsx';
import { usePendingStarts } from './pending-start.tsx';

export function ConversationPage() {
  const { conversationId = '' } = useParams();
  return <ConversationLoader key={conversationId} id={conversationId} />;
}

function ConversationLoader({ id }: { id: string }) {
  const starts = usePendingStarts();
  const [start] = useState(() => starts.find(id));
  const [sent, setSent] = useState(false);
  const personas = usePersonas();
  const detail = useConversationDetail(id, { enabled: start === null });
  const onSent = useCallback(() => {
    starts.remove(id);
    setSent(true);
  }, [starts, id]);

  const error = detail.error ?? personas.error;
  if (error instanceof ProblemError && error.status === 404) return <UnknownConversation />;
  const personaId = start?.personaId ?? detail.data?.conversation.personaId;
  if (personas.data === undefined || personaId === undefined) {
    if (error === null) return <LoadingConversation />;
    const retry = () => void Promise.all([detail.refetch(), personas.refetch()]);
    return <ErrorState heading="h1" title="The conversation could not be loaded" error={error} onRetry={retry} />;
  }
  return (
    <>
      <title>{`${detail.data?.conversation.title ?? start?.text.slice(0, 60) ?? 'Chat'} – Personas for Ninox`}</title>
      <ConversationView
        id={id}
        personaId={personaId}
        persona={personas.data.items.find((persona) => persona.id === personaId) ?? null}
        detail={detail.data ?? null}
        first={start !== null && !sent ? { text: start.text, onSent } : null}
      />
    </>
  );
}

function UnknownConversation() {
  return (
    <EmptyState
      icon={MessageSquareOff}
      heading="h1"
      title="There is no such conversation"
      action={
        <Link to="/" className={buttonClass()}>
          Start a new one
        </Link>
      }
    >
      It may have been removed, or the link belongs to another service.
    </EmptyState>
  );
}

function LoadingConversation() {
  return (
    <Skeleton label="Loading the conversation">
      <div className="mx-auto grid max-w-3xl gap-6 px-4 pt-20">
        <Bar className="h-10 w-1/2 justify-self-end rounded-2xl" />
        <div className="grid gap-3">
          <Bar className="h-4 w-11/12" />
          <Bar className="h-4 w-9/12" />
          <Bar className="h-10 w-full" />
          <Bar className="h-4 w-10/12" />
        </div>
        <Bar className="h-10 w-1/3 justify-self-end rounded-2xl" />
      </div>
    </Skeleton>
  );
}
