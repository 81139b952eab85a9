import { Compass } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link, useParams } from 'react-router';
import type { ConnectionView, IntegrationView } from '#channels/http/contract/connections.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { linkClass } from '../../components/entry-frame.tsx';
import { EmptyState, ErrorState, LoadingPage, Notice } from '../../components/states.tsx';
import { formatMoment } from '../../format.ts';
import { useConnection, useIntegration } from './api.ts';
import { useOwnerships } from './connect-steps.tsx';
import { Owner, StandInMark } from './connection-list.tsx';
import { healthOf } from './connection-words.ts';
import { DependentsPanel } from './dependents-panel.tsx';
import { DiscoveredToolsPanel } from './discovered-tools-panel.tsx';
import { HealthBadge } from './health-badge.tsx';
import { HealthPanel } from './health-panel.tsx';
import { KeyPromise, PageFrame } from './page-frame.tsx';
import { Reconnect } from './reconnect.tsx';
import { ReplaceKeyDialog } from './replace-key-dialog.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';
import { RightsPanel } from './rights-panel.tsx';
import { SlackPanels } from './slack/slack-panels.tsx';

export function ConnectionPage() {
  const { connectionId = '' } = useParams();
  const { data: connection, error, refetch } = useConnection(connectionId);
  if (connection === undefined) {
    if (error === null) return <LoadingPage />;
    return (
      <ErrorState
        heading="h1"
        title="The connection could not be loaded"
        error={error}
        onRetry={() => void refetch()}
      />
    );
  }
  if (connection === null) {
    return (
      <EmptyState
        icon={Compass}
        heading="h1"
        title="There is no such connection"
        action={
          <Link to="/integrations" className={buttonClass()}>
            All integrations
          </Link>
        }
      >
        It may belong to somebody else or to another organization, or the link is mistyped.
      </EmptyState>
    );
  }
  return <Loaded key={connection.id} connection={connection} />;
}

/** Their tools are not ours: each service tells of its own. */
const discovering: ReadonlySet<string> = new Set(['mcp', 'http']);

function Loaded({ connection }: { connection: ConnectionView }) {
  const { data } = useIntegration(connection.integration);
  const integration = data ?? undefined;
  const [replacing, setReplacing] = useState(false);
  const alive = connection.status !== 'revoked';
  const [wasAlive] = useState(alive);
  const changeable = connection.manageable && alive;
  // What is connected over a way of its own brings panels of its own, and no tools to allow.
  const isSlack = connection.integration === 'slack';
  const keyReplaceable = changeable && connection.auth === 'api_key' && !connection.isStandIn && !isSlack;
  return (
    <PageFrame title={connection.label} back={{ to: '/integrations', label: 'Integrations' }}>
      <Header connection={connection} integration={integration} />
      {connection.status === 'needs_reconnect' && (
        <Reconnect connection={connection} integration={integration} onReplaceKey={() => setReplacing(true)} />
      )}
      {!alive && <RevokedNotice connection={connection} focused={wasAlive} />}
      <HealthPanel
        connection={connection}
        integration={integration}
        onReplaceKey={keyReplaceable ? () => setReplacing(true) : null}
      />
      {isSlack && alive && <SlackPanels connectionId={connection.id} changeable={changeable} />}
      {!isSlack && <RightsPanel connection={connection} integration={integration} changeable={changeable} />}
      {alive && discovering.has(connection.integration) && (
        <DiscoveredToolsPanel connectionId={connection.id} changeable={changeable} />
      )}
      {!isSlack && alive && <DependentsPanel connection={connection} integration={integration} />}
      {changeable && <RevokePanel connection={connection} integration={integration} />}
      <KeyPromise />
      <ReplaceKeyDialog
        open={replacing}
        connection={connection}
        title={integration?.title ?? connection.integration}
        keyHelp={integration?.keyHelp ?? null}
        onClose={() => setReplacing(false)}
      />
    </PageFrame>
  );
}

function Header({ connection, integration }: { connection: ConnectionView; integration: IntegrationView | undefined }) {
  return (
    <header className="grid gap-1.5">
      <h1 className="wrap-anywhere font-semibold text-xl tracking-tight">{connection.label}</h1>
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-ink-2">
        <HealthBadge state={healthOf(connection)} />
        <span>{integration?.title ?? connection.integration}</span>
        <Owner connection={connection} />
        {connection.isStandIn && <StandInMark />}
      </p>
    </header>
  );
}

/** `focused`: it was revoked while the page was open, and what had the focus is gone with it. */
function RevokedNotice({ connection, focused }: { connection: ConnectionView; focused: boolean }) {
  const notice = useRef<HTMLDivElement>(null);
  const connects = useOwnerships().length > 0;
  useEffect(() => {
    if (focused) notice.current?.focus();
  }, [focused]);
  return (
    <div ref={notice} tabIndex={-1} className="scroll-mt-6 rounded-lg outline-none">
      <Notice tone="plain" title="Revoked">
        {connection.revokedAt === null ? 'It' : `Since ${formatMoment(connection.revokedAt)} it`} cannot be used any
        more. To use the service again,{' '}
        {connects ? (
          <Link to={`/integrations/${encodeURIComponent(connection.integration)}/connect`} className={linkClass}>
            connect it anew
          </Link>
        ) : (
          'connect it anew'
        )}
        .
      </Notice>
    </div>
  );
}

function RevokePanel({
  connection,
  integration,
}: {
  connection: ConnectionView;
  integration: IntegrationView | undefined;
}) {
  const [open, setOpen] = useState(false);
  return (
    <section
      aria-labelledby="revoke-heading"
      className="flex flex-wrap items-center justify-between gap-3 rounded-xl border border-line bg-surface p-4 md:p-5"
    >
      <div className="grid min-w-0 flex-1 basis-64 gap-0.5">
        <h2 id="revoke-heading" className="font-semibold text-base">
          Revoke
        </h2>
        <p className="text-ink-2 text-pretty">
          {connection.integration === 'slack'
            ? 'Personas stop answering in the workspace at once.'
            : 'Takes it away from every persona within a second, also from calls that are running. What would stop is shown first.'}
        </p>
      </div>
      <Button className="text-bad!" onClick={() => setOpen(true)}>
        Revoke…
      </Button>
      {open && (
        <RevokeDialog
          connection={connection}
          title={integration?.title ?? connection.integration}
          onClose={() => setOpen(false)}
        />
      )}
    </section>
  );
}
