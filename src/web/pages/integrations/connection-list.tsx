import { Building2, ChevronRight, FlaskConical, UserRound } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { ConnectionView, IntegrationView } from '#channels/http/contract/connections.ts';
import { Button } from '../../components/button.tsx';
import { formatMoment } from '../../format.ts';
import { describePlace, healthOf, hostOf, timeAgo } from './connection-words.ts';
import { HealthBadge } from './health-badge.tsx';

/** The connections there are, each leading to its page. Revoked ones stay out of the way until they are asked for. */
export function ConnectionList({
  connections,
  integrations,
}: {
  connections: readonly ConnectionView[];
  integrations: readonly IntegrationView[];
}) {
  const [withRevoked, setWithRevoked] = useState(false);
  const revoked = connections.filter((connection) => connection.status === 'revoked').length;
  const shown = withRevoked ? connections : connections.filter((connection) => connection.status !== 'revoked');
  return (
    <>
      {shown.length === 0 && <p className="text-ink-2">Nothing is connected at the moment.</p>}
      {shown.length > 0 && (
        <ul
          aria-label="Connections"
          className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface shadow-card"
        >
          {shown.map((connection) => (
            <li key={connection.id}>
              <Row
                connection={connection}
                integration={integrations.find((one) => one.name === connection.integration)}
              />
            </li>
          ))}
        </ul>
      )}
      {revoked > 0 && (
        <Button look="quiet" className="justify-self-start" onClick={() => setWithRevoked(!withRevoked)}>
          {withRevoked ? 'Hide revoked ones' : `Show revoked ones (${revoked})`}
        </Button>
      )}
    </>
  );
}

function Row({ connection, integration }: { connection: ConnectionView; integration: IntegrationView | undefined }) {
  const { health } = connection;
  const state = healthOf(connection);
  const faded = connection.status === 'revoked' ? 'text-ink-2' : '';
  return (
    <Link
      to={`/integrations/connections/${encodeURIComponent(connection.id)}`}
      className="grid grid-cols-[1fr_auto] items-center gap-x-3 px-4 py-3 -outline-offset-2 hover:bg-sunken"
    >
      <span className="grid min-w-0 gap-1">
        <span className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
          <span className={`wrap-anywhere font-semibold ${faded}`}>{connection.label}</span>
          <HealthBadge state={state} />
          {connection.isStandIn && <StandInMark />}
        </span>
        {health.problem !== null && state === 'problem' && (
          <span className="wrap-anywhere text-bad text-xs">{health.problem}</span>
        )}
        <span className="flex flex-wrap items-center gap-x-4 gap-y-0.5 text-ink-2 text-xs">
          <Owner connection={connection} />
          <span className="wrap-anywhere">
            {describePlace(integration, connection)} ({hostOf(connection.baseUrl)})
          </span>
          <LastUse at={health.lastUsedAt} />
        </span>
      </span>
      <ChevronRight className="size-4 text-ink-3" aria-hidden />
    </Link>
  );
}

export function Owner({ connection }: { connection: ConnectionView }) {
  const personal = connection.ownership === 'personal';
  const Icon = personal ? UserRound : Building2;
  return (
    <span className="inline-flex items-center gap-1.5">
      <Icon className="size-3.5 shrink-0" aria-hidden />
      {personal ? `Personal${connection.owner === null ? '' : `, ${connection.owner.name}`}` : 'Organization'}
    </span>
  );
}

export function StandInMark() {
  return (
    <span className="inline-flex items-center gap-1 rounded-md bg-warn-soft px-1.5 py-0.5 font-medium text-warn text-xs">
      <FlaskConical className="size-3.5" aria-hidden />
      Sample data
    </span>
  );
}

function LastUse({ at }: { at: string | null }) {
  if (at === null) return <span>Never used</span>;
  return (
    <span>
      Last used{' '}
      <time dateTime={at} title={formatMoment(at)}>
        {timeAgo(at)}
      </time>
    </span>
  );
}
