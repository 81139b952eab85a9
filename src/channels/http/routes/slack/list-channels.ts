import { z } from 'zod';
import { idPath, listQuery } from '../../contract/common.ts';
import { slackPlaceListView } from '../../contract/slack.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import type { WorkspaceReading } from './list-workspaces.ts';

const place = z.tuple([z.string(), z.string()]);

/** GET /api/v1/slack/workspaces/:id/channels */
export function createListChannels({ workspaces, channelNames }: WorkspaceReading): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/slack/workspaces/:id/channels',
    tag: 'Slack',
    summary: 'List the channels of a workspace that the app was invited to',
    access: 'connections:manage',
    params: idPath,
    query: listQuery.extend({ limit: listQuery.shape.limit.unwrap().default(100) }),
    answer: slackPlaceListView,
    async handle({ actor, params, query }) {
      const { record } = await workspaces.find(actor.organizationId, params.id);
      const after = readCursor(query.cursor, place);
      const rest = (await channelNames.list(record.organizationId, record.connectionId)).filter(
        ({ name, channelId }) => after === null || compare([name, channelId], after) > 0,
      );
      return pageOf(rest, query.limit, ({ name, channelId }) => [name, channelId]);
    },
  });
}

function compare(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0].localeCompare(b[0]) || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);
}
