import { CircleCheck, MessagesSquare, SlidersHorizontal, UsersRound } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Link } from 'react-router';
import { ErrorState, LoadingPage } from '../../components/states.tsx';
import { useMay } from '../../session.tsx';
import { useConnection } from './api.ts';
import { attachPath, countOf, describeReach, ownershipWords } from './connection-words.ts';

/** What was reached, and what comes next. */
export function ConnectDone({ id }: { id: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { data: connection, error, refetch } = useConnection(id);
  const may = useMay();
  const ready = connection !== undefined;
  useEffect(() => {
    if (ready) heading.current?.focus();
  }, [ready]);
  if (connection === undefined && error === null) return <LoadingPage />;
  if (connection === undefined) {
    return <ErrorState title="The connection could not be loaded" error={error} onRetry={() => void refetch()} />;
  }
  return (
    <section className="grid gap-5 rounded-xl border border-line bg-surface p-5 shadow-card md:p-6">
      <div className="flex gap-3">
        <CircleCheck className="mt-0.5 size-6 shrink-0 text-good" aria-hidden />
        <div className="grid gap-1">
          <h1 ref={heading} tabIndex={-1} className="font-semibold text-lg tracking-tight outline-none">
            {connection === null ? 'Connected' : `“${connection.label}” is connected`}
          </h1>
          {connection !== null && (
            <p className="text-ink-2 text-pretty">
              {ownershipWords[connection.ownership]}, with {countOf(connection.scopes.length, 'permission')}.{' '}
              {describeReach(connection)}
            </p>
          )}
        </div>
      </div>
      <ul aria-label="What comes next" className="grid gap-2">
        <Next
          to={connection === null ? '/personas' : attachPath(connection, may('personas:manage'))}
          icon={UsersRound}
          title="Attach it to a persona"
          text="Personas without an attachment use it as well. Attach it where one persona should use exactly this one."
        />
        <Next
          to={`/integrations/connections/${encodeURIComponent(id)}`}
          icon={SlidersHorizontal}
          title="Limit it to databases and tables"
          text="Pick them by name, see its health, replace the key or revoke it."
        />
        <Next
          to="/"
          icon={MessagesSquare}
          title="Try it in a conversation"
          text="Ask a persona which teams it can see."
        />
      </ul>
    </section>
  );
}

function Next({ to, icon: Icon, title, text }: { to: string; icon: typeof UsersRound; title: string; text: string }) {
  return (
    <li>
      <Link to={to} className="flex gap-3 rounded-xl border border-line px-4 py-3 hover:border-control hover:bg-sunken">
        <Icon className="mt-0.5 size-4.5 shrink-0 text-accent" aria-hidden />
        <span className="grid gap-0.5">
          <span className="font-semibold">{title}</span>
          <span className="text-ink-2 text-pretty">{text}</span>
        </span>
      </Link>
    </li>
  );
}
