import type { ChannelNames } from '#channels/slack/channel-names.ts';
import type { SlackWorkspaceFacts } from '#channels/slack/workspaces.ts';
import type { SlackWorkspaceView } from '../../contract/slack.ts';

/** With the names that Slack has for channels, where it can be asked. */
export async function presentWorkspace(
  names: Pick<ChannelNames, 'list'>,
  { record, channels }: SlackWorkspaceFacts,
): Promise<SlackWorkspaceView> {
  const { organizationId, connectionId, teamName, personaId } = record;
  const named = channels.length === 0 ? [] : await names.list(organizationId, connectionId);
  const nameOf = new Map(named.map((channel) => [channel.channelId, channel.name]));
  return {
    connectionId,
    teamName,
    personaId,
    channels: channels.map((channel) => ({
      channelId: channel.channelId,
      name: nameOf.get(channel.channelId) ?? null,
      personaId: channel.personaId,
    })),
  };
}
