import { CircleCheck, CircleX } from 'lucide-react';
import { Link } from 'react-router';
import type { ConnectionView, IntegrationView } from '#channels/http/contract/connections.ts';
import { Panel } from '../../components/panel.tsx';
import { Bar, ErrorState, Skeleton } from '../../components/states.tsx';
import { useMay } from '../../session.tsx';
import { describeScope } from '../../words.ts';
import { useDependents } from './api.ts';
import { attachPath, joinNames } from './connection-words.ts';
import { needRows, splitByLoss } from './dependents.ts';

/** What personas need of it against what it gives, and who depends on it. */
export function DependentsPanel({
  connection,
  integration,
}: {
  connection: ConnectionView;
  integration: IntegrationView | undefined;
}) {
  const { data, error, refetch } = useDependents(connection.id);
  const may = useMay();
  return (
    <Panel title="Who uses it">
      {data === undefined && error === null && (
        <Skeleton label="Loading who uses it">
          <Bar className="h-16 rounded-lg" />
        </Skeleton>
      )}
      {data === undefined && error !== null && (
        <ErrorState title="Who uses it could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {data?.length === 0 && (
        <p className="text-ink-2 text-pretty">
          No persona uses it yet.{' '}
          <Link
            to={attachPath(connection, may('personas:manage'))}
            className="font-medium text-accent underline underline-offset-2"
          >
            Attach it to a persona
          </Link>
          , or give a persona scopes that fit.
        </p>
      )}
      {data !== undefined && data.length > 0 && (
        <>
          <ul aria-label="Permissions needed and given" className="divide-y divide-line rounded-lg border border-line">
            {needRows(connection.scopes, data, integration).map(({ scope, given, neededBy }) => (
              <li key={scope} className="grid gap-x-4 gap-y-0.5 px-3.5 py-2 sm:grid-cols-[1fr_auto]">
                <span className="font-medium">
                  {integration?.scopes.find((one) => one.scope === scope)?.title ?? describeScope(scope) ?? scope}
                </span>
                <Given given={given} missed={!given && neededBy.length > 0} />
                <span className="text-ink-2 text-xs sm:col-span-2">
                  {neededBy.length === 0
                    ? 'Nobody needs it: it could be taken away'
                    : `Needed by ${joinNames(neededBy)}`}
                </span>
              </li>
            ))}
          </ul>
          <WouldStop names={splitByLoss(data).stop.map(({ name }) => name)} />
        </>
      )}
    </Panel>
  );
}

function Given({ given, missed }: { given: boolean; missed: boolean }) {
  const Icon = given ? CircleCheck : CircleX;
  const tone = given ? 'text-good' : missed ? 'text-warn' : 'text-ink-2';
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap font-medium text-xs ${tone}`}>
      <Icon className="size-4 shrink-0" aria-hidden />
      {given ? 'Given' : 'Not given'}
    </span>
  );
}

function WouldStop({ names }: { names: readonly string[] }) {
  return (
    <p className="text-ink-2 text-pretty">
      {names.length === 0
        ? 'If it is revoked, nobody stops: there are other connections for all of them.'
        : `If it is revoked, ${joinNames(names)} can no longer use it and ${names.length === 1 ? 'has' : 'have'} no other.`}
    </p>
  );
}
