import { useState } from 'react';
import { Link } from 'react-router';
import { TextField } from '../../../components/field.tsx';
import { Notice } from '../../../components/states.tsx';
import { useSlackChannels } from '../../../pages/integrations/slack/slack-api.ts';
import { SelectField } from './choice-fields.tsx';
import type { PlacePartProps } from './deliveries-field.tsx';
import { useUsable } from './use-places.ts';

const other = 'other';

/** A channel the app was invited to, by name; or the id of a channel or a person. */
export function SlackPlaceFields({ draft, onChange, problemOf }: PlacePartProps) {
  const connections = useUsable('slack');
  const channels = useSlackChannels(draft.connectionId, { enabled: draft.connectionId !== '' });
  const [writing, setWriting] = useState(false);
  if (connections.length === 0 && draft.connectionId === '') {
    return (
      <Notice tone="warn">
        No workspace of Slack is connected yet. <Link to="/integrations/slack/connect">Connect Slack</Link>, then come
        back.
      </Notice>
    );
  }
  const items = channels.data ?? [];
  const listed = draft.channel === '' || items.some(({ channelId }) => channelId === draft.channel);
  const writes = writing || (!listed && channels.data !== undefined) || channels.error !== null;
  return (
    <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
      <SelectField
        label="Workspace"
        value={draft.connectionId}
        error={problemOf('connectionId')}
        onValue={(connectionId) => onChange({ connectionId, channel: '' })}
        options={[
          { value: '', label: 'Choose a workspace' },
          ...connections.map(({ id, label }) => ({ value: id, label })),
          ...(draft.connectionId !== '' && !connections.some(({ id }) => id === draft.connectionId)
            ? [{ value: draft.connectionId, label: 'A workspace that cannot be used now' }]
            : []),
        ]}
      />
      <SelectField
        label="Channel"
        hint={writes ? undefined : 'Channels the app was invited to.'}
        value={writes ? other : draft.channel}
        error={writes ? null : problemOf('channel')}
        onValue={(channel) => {
          setWriting(channel === other);
          onChange({ channel: channel === other ? '' : channel });
        }}
        options={[
          { value: '', label: draft.connectionId !== '' && channels.isPending ? 'Loading…' : 'Choose a channel' },
          ...items.map(({ channelId, name }) => ({ value: channelId, label: `#${name}` })),
          { value: other, label: 'Another channel, or a person…' },
        ]}
      />
      {writes && (
        <TextField
          label="Id in Slack"
          value={draft.channel}
          onValue={(channel) => onChange({ channel: channel.trim() })}
          error={problemOf('channel')}
          autoComplete="off"
          spellCheck={false}
          placeholder="C0123ABC456 or U0123ABC456"
          hint="A channel’s id stands at the end of its details in Slack; a person’s is in their profile under “Copy member ID”."
        />
      )}
    </div>
  );
}
