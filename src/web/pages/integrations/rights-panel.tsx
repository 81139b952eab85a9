import { LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import type { ConnectionView, IntegrationView } from '#channels/http/contract/connections.ts';
import { ProblemError } from '../../api-client.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Button } from '../../components/button.tsx';
import { EffectHint } from '../../components/effect-hint.tsx';
import { TextField } from '../../components/field.tsx';
import { Panel } from '../../components/panel.tsx';
import { ResourcePicker } from '../../components/resource-picker.tsx';
import { ScopeChoice } from '../../components/scope-choice.tsx';
import { Notice } from '../../components/states.tsx';
import { describeScope } from '../../words.ts';
import { connectionsApi, useConnection, useConnectionChange } from './api.ts';
import { plainProblem } from './connection-words.ts';
import { ReadOnlyNotice } from './page-frame.tsx';
import { follow, isChanged, problemOf, type RightsDraft, rightsOf } from './rights-draft.ts';

interface RightsProps {
  readonly connection: ConnectionView;
  readonly integration: IntegrationView | undefined;
}

/** What may be done with the connection, and where. */
export function RightsPanel({ connection, integration, changeable }: RightsProps & { changeable: boolean }) {
  return (
    <Panel title="What may be done with it">
      {changeable ? (
        <RightsForm connection={connection} integration={integration} />
      ) : (
        <RightsText connection={connection} integration={integration} />
      )}
    </Panel>
  );
}

function RightsForm({ connection, integration }: RightsProps) {
  const announce = useAnnounce();
  const [editing, setEditing] = useState({ base: connection, draft: rightsOf(connection) });
  const [tried, setTried] = useState(false);
  const { refetch } = useConnection(connection.id);
  const current = follow(editing, connection);
  if (current !== editing) setEditing(current);
  const { base, draft } = current;
  const { seen } = connection.health;
  const save = useConnectionChange(
    ({ draft: { label, ...rights }, base: { id, revision } }: typeof current) =>
      connectionsApi.change(id, { revision, label: label.trim(), ...rights }),
    (saved) => saved,
  );
  const change = (part: Partial<RightsDraft>) => setEditing({ base, draft: { ...draft, ...part } });
  const startFrom = (from: ConnectionView) => {
    setEditing({ base: from, draft: rightsOf(from) });
    setTried(false);
    save.reset();
  };
  const problem = tried ? problemOf(draft) : null;
  const changed = isChanged(draft, base);
  const submit = () => {
    setTried(true);
    if (problemOf(draft) !== null || !changed || save.isPending) return;
    save.mutate(current, {
      onSuccess: (saved) => {
        startFrom(saved);
        announce('Saved. It counts from the next call on.');
      },
    });
  };
  const reload = () =>
    void refetch().then(({ data }) => {
      if (data !== undefined && data !== null) startFrom(data);
    });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      className="grid min-w-0 gap-5"
    >
      <TextField
        label="Name"
        value={draft.label}
        maxLength={80}
        error={problem?.field === 'label' ? problem.text : null}
        onValue={(label) => change({ label })}
      />
      <div className="grid gap-2">
        <h3 className="font-medium">Permissions</h3>
        <ScopeChoice
          offered={integration?.scopes ?? []}
          value={draft.scopes}
          onChange={(scopes) => change({ scopes })}
        />
        {problem?.field === 'scopes' && (
          <p role="alert" className="text-bad">
            {problem.text}
          </p>
        )}
      </div>
      <div className="grid gap-2">
        <h3 className="font-medium">Limits</h3>
        <ResourcePicker
          connectionId={connection.status === 'active' ? connection.id : null}
          {...(seen.length === 0 ? {} : { teams: seen })}
          value={draft.limits}
          names={draft.limitNames}
          onChange={(limits, limitNames) => change({ limits, limitNames })}
        />
      </div>
      {save.error !== null && <SaveProblem error={save.error} onReload={reload} />}
      {(changed || save.isPending) && (
        <div className="sticky bottom-0 -mx-4 -mb-4 flex rounded-b-xl flex-wrap items-center justify-end gap-2 border-line border-t bg-surface px-4 py-3 md:-mx-5 md:-mb-5 md:px-5">
          <p className="min-w-0 flex-1 text-ink-2 max-sm:basis-full">Not saved yet.</p>
          <Button look="quiet" disabled={save.isPending} onClick={() => startFrom(connection)}>
            Discard
          </Button>
          <Button type="submit" look="primary" disabled={save.isPending}>
            {save.isPending && <LoaderCircle className="size-4 animate-spin" aria-hidden />}
            {save.isPending ? 'Saving…' : 'Save changes'}
          </Button>
        </div>
      )}
    </form>
  );
}

function SaveProblem({ error, onReload }: { error: unknown; onReload: () => void }) {
  if (error instanceof ProblemError && error.code === 'CONNECTION_CHANGED') {
    return (
      <Notice
        tone="warn"
        role="alert"
        title="Somebody else changed this connection meanwhile"
        action={<Button onClick={onReload}>Load what it is now</Button>}
      >
        Your changes were not saved, so that theirs are not undone by accident. Loading what it is now drops what you
        changed here.
      </Notice>
    );
  }
  return (
    <Notice tone="bad" role="alert" title="It was not saved. Your changes are still here.">
      {plainProblem(error)}
    </Notice>
  );
}

function RightsText({ connection, integration }: RightsProps) {
  const { scopes, limits, limitNames, status } = connection;
  const levels = [
    { title: 'Teams', ids: limits.teams, all: 'Every team it can see' },
    { title: 'Databases', ids: limits.databases, all: 'Every database in those teams' },
    { title: 'Tables', ids: limits.tables, all: 'Every table in those databases' },
  ];
  return (
    <>
      {status !== 'revoked' && (
        <ReadOnlyNotice>
          You can see this connection but not change it. An owner or admin can, or whoever it belongs to.
        </ReadOnlyNotice>
      )}
      <ul aria-label="Permissions" className="grid gap-1.5">
        {scopes.map((scope) => {
          const known = integration?.scopes.find((one) => one.scope === scope);
          return (
            <li key={scope} className="flex flex-wrap items-baseline gap-x-2.5">
              <span className="font-medium">{known?.title ?? describeScope(scope) ?? scope}</span>
              {known !== undefined && <EffectHint effect={known.effect} />}
              <code className="wrap-anywhere font-mono text-2xs text-ink-3">{scope}</code>
            </li>
          );
        })}
      </ul>
      <dl className="grid gap-3">
        {levels.map(({ title, ids, all }) => (
          <div key={title} className="grid gap-0.5">
            <dt className="text-ink-2 text-xs">{title}</dt>
            <dd>
              {ids === undefined && all}
              {ids?.length === 0 && 'None at all'}
              {ids?.map((id) => (
                <span key={id} className="me-3 inline-flex flex-wrap items-baseline gap-x-1.5">
                  {limitNames[id]}
                  <code className="wrap-anywhere font-mono text-2xs text-ink-3">{id}</code>
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
