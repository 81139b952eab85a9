import { Compass, Lock } from 'lucide-react';
import { Link, useParams, useSearchParams } from 'react-router';
import { buttonClass } from '../../components/button.tsx';
import { EmptyState, ErrorState, LoadingPage } from '../../components/states.tsx';
import { useIntegration } from './api.ts';
import { ConnectDone } from './connect-done.tsx';
import { useOwnerships } from './connect-steps.tsx';
import { ConnectWithForm } from './connect-with-form.tsx';
import { ConnectWithKey } from './connect-with-key.tsx';
import { ConnectWithSignIn } from './connect-with-sign-in.tsx';
import { PageFrame } from './page-frame.tsx';
import { ConnectSlack } from './slack/connect-slack.tsx';

export function ConnectPage() {
  const { name = '' } = useParams();
  const [search] = useSearchParams();
  const { data: integration, error, refetch } = useIntegration(name);
  const [ownership] = useOwnerships();
  const connected = search.get('step') === 'done' ? search.get('connection') : null;
  if (integration === undefined) {
    if (error === null) return <LoadingPage />;
    return (
      <ErrorState heading="h1" title="The catalog could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  }
  if (integration === null) {
    return (
      <EmptyState icon={Compass} heading="h1" title="There is no such integration" action={<ToCatalog />}>
        The link may be old or mistyped.
      </EmptyState>
    );
  }
  if (ownership === undefined) {
    return (
      <EmptyState icon={Lock} heading="h1" title="Your role does not connect services" action={<ToCatalog />}>
        Ask an owner or admin of the organization to connect {integration.title}, or to change your role.
      </EmptyState>
    );
  }
  return (
    <PageFrame title={`Connect ${integration.title}`} back={{ to: '/integrations', label: 'Integrations' }}>
      {connected !== null && <ConnectDone id={connected} />}
      {connected === null && integration.auth === 'api_key' && (
        <ConnectWithKey key={integration.name} integration={integration} ownership={ownership} />
      )}
      {connected === null && integration.auth === 'form' && (
        <ConnectWithForm key={integration.name} integration={integration} ownership={ownership} />
      )}
      {integration.auth === 'own' && integration.name === 'slack' && <ConnectSlack />}
      {connected === null && integration.auth === 'oauth' && (
        <ConnectWithSignIn key={integration.name} integration={integration} ownership={ownership} />
      )}
    </PageFrame>
  );
}

function ToCatalog() {
  return (
    <Link to="/integrations" className={buttonClass()}>
      All integrations
    </Link>
  );
}
