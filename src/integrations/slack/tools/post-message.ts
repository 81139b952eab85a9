import { z } from 'zod';
import type { Egress } from '#integrations/egress.ts';
import { defineTool, type Tool } from '#integrations/tool-definition.ts';
import { postInSlack, type SafeText } from '../slack-post.ts';

const parameters = z.object({
  channel: z
    .string()
    .regex(/^[CGU][A-Z0-9]{2,30}$/, 'must be the id of a channel (C…) or of a person (U…), not a name')
    .describe('The id of the channel, from slack_list_channels, or of a person for a direct message.'),
  text: z
    .string()
    .min(1)
    .max(11_000)
    .regex(/^[^\0\p{Cs}]*$/u, 'must be plain text')
    .describe('The message, in Markdown. It cannot call people or channels.'),
  thread: z
    .string()
    .regex(/^\d{1,12}\.\d{1,6}$/, 'must be the ts of a message')
    .optional()
    .describe('The ts of the message to answer in a thread; left out for a message of its own.'),
});

type Post = z.output<typeof parameters>;

export function createPostMessageTool(egress: Egress, safeText: SafeText): Tool {
  return defineTool({
    name: 'slack_post_message',
    slug: 'SLACK_POST_MESSAGE',
    integration: 'slack',
    title: 'Post in Slack',
    description:
      'Posts a message in a Slack channel or to a person in Slack. Use it when the person wants something told in Slack elsewhere than in this conversation. Never repeat a call whose outcome is unknown.',
    scope: 'slack:messages:write',
    effect: 'write',
    readsRecords: false,
    defaultApproval: 'ask',
    parameters,
    target: ({ channel }) => ({ channel }),
    change: (post) => ({
      plan: async () => ({ plan: planOf(post), snapshot: null }),
      reconcile: async () => 'unknowable',
      outputIfHappened: { posted: true },
      undo: null,
    }),
    async execute({ channel, text, thread }, { connection, signal }) {
      const post = { channel, text, ...(thread === undefined ? {} : { thread }) };
      const { ts, channel: where } = await postInSlack({ egress, safeText }, { connection, post }, signal);
      return { posted: true, channel: where, ts };
    },
  });
}

function planOf({ channel, text, thread }: Post) {
  const isPerson = channel.startsWith('U');
  return {
    summary: `Post a message in Slack ${isPerson ? 'to one person' : 'in one channel'}`,
    targets: [{ level: isPerson ? ('recipient' as const) : ('channel' as const), id: channel, name: null }],
    records: [
      {
        id: null,
        title: 'Message',
        fields: [
          { name: isPerson ? 'Person' : 'Channel', value: channel },
          ...(thread === undefined ? [] : [{ name: 'Answers in the thread of', value: thread }]),
          { name: 'Text', value: text },
        ],
      },
    ],
    count: 1,
    warnings: [],
  };
}
