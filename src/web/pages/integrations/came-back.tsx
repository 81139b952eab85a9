import { PlugZap } from 'lucide-react';
import { Link, useSearchParams } from 'react-router';
import { Button, buttonClass } from '../../components/button.tsx';
import { Notice } from '../../components/states.tsx';
import { useMay } from '../../session.tsx';
import { useConnection } from './api.ts';
import { attachPath, describeSignInProblem } from './connection-words.ts';

/** What a sign-in at another service led to, for whoever comes back from it. */
export function CameBack() {
  const [search, setSearch] = useSearchParams();
  const connected = search.get('connected');
  const error = search.get('error');
  const close = () => setSearch({}, { replace: true });
  if (connected !== null && connected !== '') return <Connected id={connected} onClose={close} />;
  if (error === null || error === '') return null;
  return (
    <Notice
      tone="bad"
      role="alert"
      title="The sign-in did not lead to a connection"
      action={<Button onClick={close}>Close</Button>}
    >
      {describeSignInProblem(error)}
    </Notice>
  );
}

/** Only what the service confirms: an address alone proves nothing. */
function Connected({ id, onClose }: { id: string; onClose: () => void }) {
  const { data: connection } = useConnection(id);
  const may = useMay();
  if (connection === undefined || connection === null || connection.status !== 'active') return null;
  const isSlack = connection.integration === 'slack';
  return (
    <Notice
      tone="good"
      icon={PlugZap}
      role="status"
      title={`“${connection.label}” is connected`}
      action={
        <>
          {!isSlack && (
            <Link to={attachPath(connection, may('personas:manage'))} className={buttonClass()}>
              Attach it to a persona
            </Link>
          )}
          <Link to={`/integrations/connections/${encodeURIComponent(id)}`} className={buttonClass()}>
            {isSlack ? 'Who answers there' : 'Its health and limits'}
          </Link>
          <Button look="quiet" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      {isSlack ? 'Personas answer in the workspace from now on.' : 'Personas whose scopes fit use it from now on.'}
    </Notice>
  );
}
