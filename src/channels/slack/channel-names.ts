import type { Logger } from '#log';
import type { SlackClients, SlackWorkspace, SlackWorkspaces } from './ports.ts';

/** A channel the app was invited to. */
export interface NamedChannel {
  readonly channelId: string;
  readonly name: string;
  readonly isPrivate: boolean;
}

export interface ChannelNamesDeps {
  readonly workspaces: Pick<SlackWorkspaces, 'byConnection'>;
  readonly clients: SlackClients;
  readonly log: Logger;
  readonly clock?: () => number;
}

/** What Slack calls channels. */
export interface ChannelNames {
  /** By name; empty where Slack cannot be asked now. */
  list(organizationId: string, connectionId: string): Promise<readonly NamedChannel[]>;
}

const keptMs = 10_000;
const mostPages = 5;

/** Asked at most once in ten seconds, so that looking at a page again and again asks nothing. */
export function createChannelNames(deps: ChannelNamesDeps): ChannelNames {
  const { workspaces, log, clock = Date.now } = deps;
  const known = new Map<string, { readonly until: number; readonly channels: Promise<readonly NamedChannel[]> }>();

  async function ask(organizationId: string, connectionId: string): Promise<readonly NamedChannel[]> {
    const workspace = await workspaces.byConnection(organizationId, connectionId);
    if (workspace === null) return [];
    try {
      return await listChannels(deps.clients, workspace);
    } catch (error) {
      log.warn({ err: error, connectionId }, 'the channels of a Slack workspace could not be listed');
      return [];
    }
  }

  return {
    list(organizationId, connectionId) {
      const now = clock();
      for (const [name, { until }] of known) if (until <= now) known.delete(name);
      const name = JSON.stringify([organizationId, connectionId]);
      const entry = known.get(name) ?? { until: now + keptMs, channels: ask(organizationId, connectionId) };
      known.set(name, entry);
      return entry.channels;
    },
  };
}

async function listChannels(clients: SlackClients, workspace: SlackWorkspace): Promise<readonly NamedChannel[]> {
  const client = clients.of(workspace);
  const found: NamedChannel[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const { channels = [], response_metadata: next } = await client.users.conversations({
      types: 'public_channel,private_channel',
      exclude_archived: true,
      limit: 200,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { id, name, is_private: isPrivate } of channels) {
      if (id !== undefined && name !== undefined) found.push({ channelId: id, name, isPrivate: isPrivate === true });
    }
    cursor = next?.next_cursor === '' ? undefined : next?.next_cursor;
    if (cursor === undefined) break;
  }
  return found.sort((a, b) => a.name.localeCompare(b.name) || (a.channelId < b.channelId ? -1 : 1));
}
