import type { ConnectionView, DependentView } from '#channels/http/contract/connections.ts';
import { describeError } from '../../api-client.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Bar, Notice, Skeleton } from '../../components/states.tsx';
import { connectionsApi, useConnectionChange, useDependents } from './api.ts';
import { splitByLoss } from './dependents.ts';

/** Names who stops before anything is revoked. */
export function RevokeDialog({
  connection,
  title,
  onClose,
}: {
  connection: ConnectionView;
  /** Of the integration. */
  title: string;
  onClose: () => void;
}) {
  const announce = useAnnounce();
  const { data, error, refetch, isFetching } = useDependents(connection.id);
  const revoke = useConnectionChange(connectionsApi.revoke, (revoked) => revoked);
  return (
    <ConfirmDialog
      open
      title={`Revoke “${connection.label}”?`}
      submit="Revoke"
      sending="Revoking…"
      // Who stops is told first, never after.
      disabled={data === undefined && error === null}
      onConfirm={async () => {
        await revoke.mutateAsync(connection.id);
        announce(`“${connection.label}” is revoked.`);
      }}
      onClose={onClose}
    >
      <div aria-live="polite" className="grid gap-3">
        {data === undefined && error === null && (
          <Skeleton label="Looking up who uses it">
            <Bar className="h-14 rounded-lg" />
          </Skeleton>
        )}
        {data === undefined && error !== null && (
          <Notice
            tone="warn"
            title="Who uses it could not be looked up"
            action={
              <Button disabled={isFetching} onClick={() => void refetch()}>
                Try again
              </Button>
            }
          >
            {describeError(error)} You can revoke it all the same.
          </Notice>
        )}
        {data !== undefined &&
          (connection.integration === 'slack' ? (
            <p>Personas stop answering in this workspace. Threads there stay as they are.</p>
          ) : (
            <Effects dependents={data} />
          ))}
      </div>
      <ul className="grid list-disc gap-1 ps-5 text-ink-2">
        <li>It takes effect within a second, also in calls that are running. Approvals that wait for it fall.</li>
        <li>It cannot be undone: to use it again, it is connected anew.</li>
        {connection.integration === 'slack' && (
          <li>The app itself stays in the workspace until it is removed there.</li>
        )}
        {connection.auth === 'api_key' && !connection.isStandIn && connection.integration !== 'slack' && (
          <li>The key itself stays valid in {title} until it is deleted there.</li>
        )}
      </ul>
    </ConfirmDialog>
  );
}

function Effects({ dependents }: { dependents: readonly DependentView[] }) {
  const { stop, goOn } = splitByLoss(dependents);
  if (stop.length === 0 && goOn.length === 0) return <p>No persona and no job uses it.</p>;
  return (
    <>
      {stop.length > 0 && <Named heading="These can no longer use it and have no other" dependents={stop} />}
      {goOn.length > 0 && <Named heading="These go on with another connection" dependents={goOn} />}
    </>
  );
}

const kindWords: Readonly<Record<DependentView['kind'], string>> = { persona: 'Persona', job: 'Job' };

function Named({ heading, dependents }: { heading: string; dependents: readonly DependentView[] }) {
  return (
    <div className="grid gap-1">
      <h3 className="font-semibold">{heading}</h3>
      <ul aria-label={heading} className="grid gap-1">
        {dependents.map((dependent) => (
          <li key={`${dependent.kind} ${dependent.id}`} className="flex flex-wrap items-baseline gap-x-2">
            <span className="wrap-anywhere">{dependent.name}</span>
            <span className="text-ink-2 text-xs">{kindWords[dependent.kind]}</span>
            {dependent.waiting > 0 && (
              <span className="text-ink-2 text-xs">
                {dependent.waiting === 1 ? '1 approval falls' : `${dependent.waiting} approvals fall`}
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
