import { RefreshCwOff } from 'lucide-react';
import { Link } from 'react-router';
import type { ConnectionView, IntegrationView } from '#channels/http/contract/connections.ts';
import { describeError } from '../../api-client.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { Notice } from '../../components/states.tsx';
import { useSignIn } from './connect-with-sign-in.tsx';

/** For a connection whose sign-in or key is not accepted any more. */
export function Reconnect({
  connection,
  integration,
  onReplaceKey,
}: {
  connection: ConnectionView;
  integration: IntegrationView | undefined;
  onReplaceKey: () => void;
}) {
  const signIn = useSignIn();
  const title = integration?.title ?? connection.integration;
  const { integration: name, label, ownership, scopes, limits, limitNames, id } = connection;
  const renew = () =>
    signIn.mutate({ integration: name, label, ownership, scopes, limits, limitNames, connectionId: id });
  const button =
    integration?.auth === 'own' ? (
      <Link to={`/integrations/${encodeURIComponent(name)}/connect`} className={buttonClass('primary')}>
        Connect it again
      </Link>
    ) : connection.auth === 'oauth' ? (
      <Button look="primary" disabled={signIn.isPending} onClick={renew}>
        {signIn.isPending ? 'Going there…' : `Sign in with ${title} again`}
      </Button>
    ) : (
      <Button look="primary" onClick={onReplaceKey}>
        Put in a new key…
      </Button>
    );
  return (
    <Notice
      tone="warn"
      icon={RefreshCwOff}
      title="It needs to be reconnected"
      action={connection.manageable ? button : undefined}
    >
      <p>
        {connection.health.problem ?? `${title} does not accept it any more.`} Until then personas cannot use it;
        nothing else about it is lost.
      </p>
      {!connection.manageable && <p>An owner or admin can reconnect it, or whoever it belongs to.</p>}
      {signIn.error !== null && (
        <p role="alert" className="mt-1 font-medium text-bad">
          {describeError(signIn.error)}
        </p>
      )}
    </Notice>
  );
}
