import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { PersonaView } from '#channels/http/contract/personas.ts';
import type { SlackWorkspaceView } from '#channels/http/contract/slack.ts';
import { describeError } from '../../../api-client.ts';
import { useAnnounce } from '../../../components/announcements.tsx';
import { Button, buttonClass } from '../../../components/button.tsx';
import { Field, inputClass } from '../../../components/field.tsx';
import { Panel } from '../../../components/panel.tsx';
import { Bar, ErrorState, Notice, Skeleton } from '../../../components/states.tsx';
import { usePersonas } from '../../../queries.ts';
import { ReadOnlyNotice } from '../page-frame.tsx';
import { HowPeopleUseIt } from './connect-slack.tsx';
import { type PersonaChoice, useChoosePersona, useSlackChannels, useSlackWorkspace } from './slack-api.ts';
import { channelTitle } from './slack-words.ts';

/** What belongs to a connected workspace beside its connection: who answers where, and how people use it. */
export function SlackPanels({ connectionId, changeable }: { connectionId: string; changeable: boolean }) {
  return (
    <>
      <WhoAnswers connectionId={connectionId} changeable={changeable} />
      <Panel title="How people use it">
        <HowPeopleUseIt />
      </Panel>
    </>
  );
}

function WhoAnswers({ connectionId, changeable }: { connectionId: string; changeable: boolean }) {
  const { data: workspace, error, refetch } = useSlackWorkspace(connectionId);
  const personas = usePersonas();
  const loading = workspace === undefined || personas.data === undefined;
  const problem = error ?? personas.error;
  return (
    <Panel
      title="Who answers"
      intro="One persona for the workspace, and another one in a channel where that fits better. It counts from the next thread on: a conversation that has begun keeps its persona."
    >
      {loading && problem === null && (
        <Skeleton label="Loading who answers">
          <Bar className="h-16 rounded-lg" />
        </Skeleton>
      )}
      {loading && problem !== null && (
        <ErrorState title="Who answers could not be loaded" error={problem} onRetry={() => void refetch()} />
      )}
      {workspace === null && <p className="text-ink-2">The workspace is not connected any more.</p>}
      {workspace !== undefined && workspace !== null && personas.data !== undefined && (
        <Choices
          workspace={workspace}
          personas={personas.data.items.filter(({ channels }) => channels.includes('slack'))}
          known={personas.data.items}
          changeable={changeable}
        />
      )}
    </Panel>
  );
}

interface ChoicesProps {
  readonly workspace: SlackWorkspaceView;
  /** Those that answer in Slack. */
  readonly personas: readonly PersonaView[];
  readonly known: readonly PersonaView[];
  readonly changeable: boolean;
}

function Choices({ workspace, personas, known, changeable }: ChoicesProps) {
  const announce = useAnnounce();
  const choose = useChoosePersona(workspace.connectionId);
  const nameOf = (id: string) => known.find((persona) => persona.id === id)?.name ?? 'A persona that is archived';
  const change = (choice: PersonaChoice) =>
    choose.mutate(choice, { onSuccess: () => announce('Saved. It counts from the next thread on.') });
  if (personas.length === 0) return <NobodyAnswers />;
  return (
    <div className="grid gap-5">
      {!changeable && (
        <ReadOnlyNotice>An owner or admin chooses who answers, or whoever uses /persona in Slack.</ReadOnlyNotice>
      )}
      <Field label="In the workspace">
        {(ids) => (
          <PersonaSelect
            ids={ids}
            value={workspace.personaId}
            none={`The first that answers in Slack (${personas[0]?.name})`}
            personas={personas}
            nameOf={nameOf}
            disabled={!changeable || choose.isPending}
            onChoose={(personaId) => change({ channelId: null, personaId })}
          />
        )}
      </Field>
      <ChannelList {...{ workspace, personas, nameOf, change }} disabled={!changeable || choose.isPending} />
      {changeable && (
        <AddChannel
          workspace={workspace}
          personas={personas}
          busy={choose.isPending}
          onAdd={(choice) => change(choice)}
        />
      )}
      {choose.error !== null && (
        <Notice tone="bad" role="alert" title="It was not saved">
          {describeError(choose.error)}
        </Notice>
      )}
    </div>
  );
}

function NobodyAnswers() {
  return (
    <Notice
      tone="warn"
      title="No persona answers in Slack yet"
      action={
        <Link to="/personas" className={buttonClass()}>
          Go to the personas
        </Link>
      }
    >
      Tick <em>Slack</em> among a persona’s channels; until then nobody is answered there.
    </Notice>
  );
}

function PersonaSelect({
  ids,
  value,
  none,
  personas,
  nameOf,
  disabled,
  onChoose,
}: {
  ids: { id?: string; 'aria-label'?: string };
  value: string | null;
  /** What no choice means. */
  none: string;
  personas: readonly PersonaView[];
  nameOf: (id: string) => string;
  disabled: boolean;
  onChoose: (personaId: string | null) => void;
}) {
  const isOffered = value === null || personas.some(({ id }) => id === value);
  return (
    <select
      {...ids}
      value={value ?? ''}
      disabled={disabled}
      onChange={(event) => onChoose(event.target.value === '' ? null : event.target.value)}
      className={`${inputClass} px-2!`}
    >
      <option value="">{none}</option>
      {!isOffered && value !== null && <option value={value}>{nameOf(value)} (does not answer in Slack)</option>}
      {personas.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

function ChannelList({
  workspace,
  personas,
  nameOf,
  change,
  disabled,
}: Pick<ChoicesProps, 'workspace' | 'personas'> & {
  nameOf: (id: string) => string;
  change: (choice: PersonaChoice) => void;
  disabled: boolean;
}) {
  if (workspace.channels.length === 0) {
    return <p className="text-ink-2">In every channel the same persona answers so far.</p>;
  }
  return (
    <ul
      aria-label="Channels with a persona of their own"
      className="divide-y divide-line rounded-lg border border-line"
    >
      {workspace.channels.map((channel) => (
        <li key={channel.channelId} className="grid items-center gap-x-4 gap-y-1.5 px-3.5 py-2.5 sm:grid-cols-2">
          <span className="min-w-0">
            <span className="wrap-anywhere font-medium">{channelTitle(channel)}</span>{' '}
            <code className="wrap-anywhere font-mono text-2xs text-ink-3">{channel.channelId}</code>
          </span>
          <PersonaSelect
            ids={{ 'aria-label': `Who answers in ${channelTitle(channel)} ${channel.channelId}` }}
            value={channel.personaId}
            none="As in the workspace"
            personas={personas}
            nameOf={nameOf}
            disabled={disabled}
            onChoose={(personaId) => change({ channelId: channel.channelId, personaId })}
          />
        </li>
      ))}
    </ul>
  );
}

/** Offers the channels the app was invited to; others cannot be chosen, since it hears nothing there. */
function AddChannel({
  workspace,
  personas,
  busy,
  onAdd,
}: Pick<ChoicesProps, 'workspace' | 'personas'> & { busy: boolean; onAdd: (choice: PersonaChoice) => void }) {
  const [open, setOpen] = useState(false);
  const [channelId, setChannelId] = useState('');
  const [personaId, setPersonaId] = useState('');
  const channels = useSlackChannels(workspace.connectionId, { enabled: open });
  const taken = new Set(workspace.channels.map((channel) => channel.channelId));
  const offered = (channels.data ?? []).filter((channel) => !taken.has(channel.channelId));
  const chosenChannel = offered.find((channel) => channel.channelId === channelId) ?? offered[0];
  const chosenPersona = personas.find(({ id }) => id === personaId) ?? personas[0];
  if (!open) {
    return (
      <Button className="justify-self-start" onClick={() => setOpen(true)}>
        <Plus className="size-4" aria-hidden />
        Another persona in a channel…
      </Button>
    );
  }
  if (channels.isPending) return <p role="status">Asking Slack for the channels…</p>;
  if (chosenChannel === undefined || chosenPersona === undefined) {
    return (
      <p role="status" className="text-ink-2 text-pretty">
        There is no further channel the app was invited to. Invite it in Slack with{' '}
        <code className="font-mono text-ink text-xs">/invite @Personas</code>, then load this page again.
      </p>
    );
  }
  return (
    <form
      aria-label="Another persona in a channel"
      onSubmit={(event) => {
        event.preventDefault();
        if (busy) return;
        onAdd({ channelId: chosenChannel.channelId, personaId: chosenPersona.id });
        setOpen(false);
      }}
      className="grid items-end gap-3 rounded-lg border border-line p-3.5 sm:grid-cols-[1fr_1fr_auto]"
    >
      <Field label="Channel">
        {(ids) => (
          <select
            {...ids}
            value={chosenChannel.channelId}
            onChange={(event) => setChannelId(event.target.value)}
            className={`${inputClass} px-2!`}
          >
            {offered.map((channel) => (
              <option key={channel.channelId} value={channel.channelId}>
                #{channel.name}
                {channel.isPrivate ? ' (private)' : ''}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Persona">
        {(ids) => (
          <select
            {...ids}
            value={chosenPersona.id}
            onChange={(event) => setPersonaId(event.target.value)}
            className={`${inputClass} px-2!`}
          >
            {personas.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Button type="submit" look="primary" aria-disabled={busy}>
        Choose
      </Button>
    </form>
  );
}
