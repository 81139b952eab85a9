import { Link } from 'react-router';
import type { ConnectionView, IntegrationView } from '#channels/http/contract/connections.ts';
import { Field, inputClass } from '../../../components/field.tsx';
import { connectionInUse, connectionsOf } from './connection-in-use.ts';
import { errorOf, type PartProps, Section } from './section.tsx';

interface ConnectionPartProps extends PartProps {
  readonly integrations: readonly IntegrationView[];
  readonly connections: readonly ConnectionView[];
}

/** With whose key it works: chosen for each person, or one connection for all. */
export function ConnectionPart({ draft, change, problems, integrations, connections }: ConnectionPartProps) {
  const attach = (integration: string, id: string) => {
    const { [integration]: _before, ...others } = draft.connections;
    change({ connections: id === '' ? others : { ...others, [integration]: id } });
  };
  return (
    <Section title="Connection" hint="Whose key it uses. Revoking that connection stops this persona at once.">
      {integrations
        .filter(({ tools }) => tools.length > 0)
        .map((integration) => (
          <ConnectionChoice
            key={integration.name}
            integration={integration}
            connections={connections}
            attached={draft.connections[integration.name] ?? ''}
            error={errorOf(problems, `connections.${integration.name}`) ?? errorOf(problems, 'connections')}
            onAttach={(id) => attach(integration.name, id)}
          />
        ))}
    </Section>
  );
}

function ConnectionChoice({
  integration,
  connections,
  attached,
  error,
  onAttach,
}: {
  integration: IntegrationView;
  connections: readonly ConnectionView[];
  attached: string;
  error: string | null;
  onAttach: (id: string) => void;
}) {
  const all = connectionsOf(connections, integration.name);
  const offered = all.filter(({ ownership, status, id }) => {
    return ownership === 'organization' && (status !== 'revoked' || id === attached);
  });
  const isKnown = attached === '' || offered.some(({ id }) => id === attached);
  const inUse = connectionInUse(connections, integration.name, attached === '' ? null : attached);
  return (
    <Field
      label={integration.title}
      error={error}
      hint={
        <>
          {attached === '' ? describeAutomatic(inUse) : 'Everybody who writes to this persona uses this connection.'}{' '}
          {offered.length === 0 && <NoConnection title={integration.title} />}
        </>
      }
    >
      {(ids) => (
        <select {...ids} value={attached} onChange={(event) => onAttach(event.target.value)} className={inputClass}>
          <option value="">Automatic: your own connection, else the organization’s</option>
          {offered.map((connection) => (
            <option key={connection.id} value={connection.id}>
              {connection.label}
              {statusWords[connection.status]}
            </option>
          ))}
          {!isKnown && <option value={attached}>A connection that is not there any more ({attached})</option>}
        </select>
      )}
    </Field>
  );
}

const statusWords = { active: '', needs_reconnect: ' (needs to be connected again)', revoked: ' (revoked)' } as const;

function describeAutomatic(inUse: ConnectionView | null): string {
  if (inUse === null) return 'You have none and the organization has none: the persona could not do anything yet.';
  const whose = inUse.ownership === 'personal' ? 'your own' : 'the organization’s';
  return `For you that is ${whose}, “${inUse.label}”. For others it can be another one.`;
}

function NoConnection({ title }: { title: string }) {
  return (
    <Link to="/integrations" className="text-accent underline underline-offset-2">
      Connect {title} for the organization
    </Link>
  );
}
