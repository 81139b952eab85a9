import { z } from 'zod';
import type { Egress } from '#integrations/egress.ts';
import { defineTool, type Tool } from '#integrations/tool-definition.ts';
import { askSlack } from '../slack-api.ts';

const pageSize = '200';

const parameters = z.object({
  cursor: z
    .string()
    .max(200)
    .optional()
    .describe('For the next page: `cursor` of the answer before. Left out for the first.'),
});

const found = z.object({
  channels: z.array(z.object({ id: z.string(), name: z.string().optional(), is_private: z.boolean().optional() })),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

export function createListChannelsTool(egress: Egress): Tool {
  return defineTool({
    name: 'slack_list_channels',
    slug: 'SLACK_LIST_CHANNELS',
    integration: 'slack',
    title: 'List Slack channels',
    description:
      'Lists the Slack channels that the app was invited to, with their ids. Use it to find the id of a channel before reading it or posting in it.',
    scope: 'slack:messages:read',
    effect: 'read',
    readsRecords: false,
    readsOutside: 'names of channels in Slack',
    defaultApproval: 'auto',
    parameters,
    target: () => ({}),
    async execute({ cursor }, context) {
      const { connection, signal } = context;
      const fields = {
        types: 'public_channel,private_channel',
        exclude_archived: 'true',
        limit: pageSize,
        ...(cursor === undefined ? {} : { cursor }),
      };
      const { value } = await askSlack(egress, { connection, method: 'users.conversations', fields, signal }, found);
      const next = value.response_metadata?.next_cursor ?? '';
      return {
        channels: value.channels
          .filter(({ id }) => context.allows({ channel: id }))
          .map(({ id, name = '', is_private: isPrivate = false }) => ({ id, name, isPrivate })),
        cursor: next === '' ? null : next,
      };
    },
  });
}
