import { z } from 'zod';
import type { ChannelNames } from '#channels/slack/channel-names.ts';
import type { SlackWorkspaceSettings } from '#channels/slack/workspaces.ts';
import { listQuery } from '../../contract/common.ts';
import { slackWorkspaceListView } from '../../contract/slack.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentWorkspace } from './workspace-view.ts';

const place = z.tuple([z.string()]);

export interface WorkspaceReading {
  readonly workspaces: SlackWorkspaceSettings;
  readonly channelNames: Pick<ChannelNames, 'list'>;
}

/** GET /api/v1/slack/workspaces */
export function createListWorkspaces({ workspaces, channelNames }: WorkspaceReading): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/slack/workspaces',
    tag: 'Slack',
    summary: 'List the connected workspaces, and which persona answers where',
    access: 'connections:read',
    query: listQuery,
    answer: slackWorkspaceListView,
    async handle({ actor, query }) {
      const after = readCursor(query.cursor, place)?.[0] ?? '';
      const rest = (await workspaces.list(actor.organizationId))
        .filter(({ record }) => record.connectionId > after)
        .sort((a, b) => (a.record.connectionId < b.record.connectionId ? -1 : 1));
      const { items, nextCursor } = pageOf(rest, query.limit, ({ record }) => [record.connectionId]);
      return { items: await Promise.all(items.map((facts) => presentWorkspace(channelNames, facts))), nextCursor };
    },
  });
}
