import { KeyRound, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ConnectionView, IntegrationView } from '#channels/http/contract/connections.ts';
import { describeError } from '../../api-client.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Button } from '../../components/button.tsx';
import { Panel } from '../../components/panel.tsx';
import { Notice } from '../../components/states.tsx';
import { formatMoment } from '../../format.ts';
import { connectionsApi, useConnectionChange } from './api.ts';
import { ageOf, placeTitle, timeAgo } from './connection-words.ts';
import { SeenList } from './seen-list.tsx';

/** How the connection is: when it was used and checked, how old its key is, and what it sees. */
export function HealthPanel({
  connection,
  integration,
  onReplaceKey,
}: {
  connection: ConnectionView;
  integration: IntegrationView | undefined;
  /** Null where there is no key the person may replace. */
  onReplaceKey: (() => void) | null;
}) {
  const announce = useAnnounce();
  const check = useConnectionChange(connectionsApi.check, (checked) => checked);
  const { health, status } = connection;
  const checkable = connection.manageable && status !== 'revoked';
  const seenWords = status === 'revoked' ? 'What it could see until then' : 'What it can see';
  const checkNow = () =>
    check.mutate(connection.id, {
      onSuccess: ({ health: { problem } }) =>
        announce(
          problem === null ? 'Checked: the connection works.' : 'Checked: there is a problem.',
          problem === null ? 'good' : 'bad',
        ),
    });
  return (
    <Panel
      title="Health"
      aside={
        checkable && (
          <Button disabled={check.isPending} onClick={checkNow}>
            <RotateCw className={`size-4 ${check.isPending ? 'animate-spin' : ''}`} aria-hidden />
            {check.isPending ? 'Checking…' : 'Check now'}
          </Button>
        )
      }
    >
      {check.error !== null && (
        <Notice tone="bad" role="alert" title="It could not be checked">
          {describeError(check.error)}
        </Notice>
      )}
      {health.problem !== null && status === 'active' && (
        <Notice
          tone="bad"
          title="The last check failed"
          action={onReplaceKey !== null && <Button onClick={onReplaceKey}>Replace the key…</Button>}
        >
          {health.problem}
        </Notice>
      )}
      <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
        <Fact name="Last used">{health.lastUsedAt === null ? 'Never' : <Moment iso={health.lastUsedAt} />}</Fact>
        <Fact name="Last check">
          {health.lastCheckedAt === null ? 'Not yet' : <Moment iso={health.lastCheckedAt} />}
        </Fact>
        <Fact name={connection.auth === 'oauth' ? 'Sign-in' : 'Key'}>
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span title={formatMoment(health.keySetAt)}>{ageOf(health.keySetAt)}</span>
            {onReplaceKey !== null && (
              <Button onClick={onReplaceKey}>
                <KeyRound className="size-4" aria-hidden />
                Replace the key…
              </Button>
            )}
          </span>
        </Fact>
        <Fact name="Where">
          {placeTitle(integration, connection)}
          <br />
          <code className="wrap-anywhere font-mono text-xs text-ink-2">{connection.baseUrl}</code>
        </Fact>
        <Fact name="Connected">
          <Moment iso={connection.createdAt} />, by {connection.createdBy}
        </Fact>
      </dl>
      <div className="grid gap-1.5">
        <h3 className="text-ink-2 text-xs">{seenWords}</h3>
        {health.seen.length === 0 ? <p>Nothing</p> : <SeenList label={seenWords} items={health.seen} />}
      </div>
    </Panel>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid min-w-0 content-start gap-0.5">
      <dt className="text-ink-2 text-xs">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Moment({ iso }: { iso: string }) {
  return (
    <time dateTime={iso} title={formatMoment(iso)}>
      {timeAgo(iso)}
    </time>
  );
}
