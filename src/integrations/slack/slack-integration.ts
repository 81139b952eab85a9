import { z } from 'zod';
import type { Integration } from '#integrations/catalog.ts';
import type { Egress } from '#integrations/egress.ts';
import { askSlack } from './slack-api.ts';
import type { SafeText } from './slack-post.ts';
import { createListChannelsTool } from './tools/list-channels.ts';
import { createPostMessageTool } from './tools/post-message.ts';
import { createReadChannelTool } from './tools/read-channel.ts';

export interface SlackIntegrationDeps {
  readonly egress: Egress;
  /** Of the Web API, without a slash at the end. */
  readonly apiUrl: string;
  /** Makes Markdown call nobody, hide no link and show no picture in Slack. */
  readonly safeText: SafeText;
}

const testAnswer = z.object({ team_id: z.string(), team: z.string() });

/** Where personas answer, and where they read and post as a tool. */
export function createSlackIntegration({ egress, apiUrl, safeText }: SlackIntegrationDeps): Integration {
  const inspect: Integration['inspect'] = async (connection, signal) => {
    const { value } = await askSlack(egress, { connection, method: 'auth.test', signal }, testAnswer);
    return [{ id: value.team_id, name: value.team }];
  };
  return {
    name: 'slack',
    title: 'Slack',
    description:
      'Personas answer in your Slack workspace: in channels where they are mentioned, in threads and in direct messages.',
    category: 'communication',
    connect: { kind: 'own' },
    tools: [createListChannelsTool(egress), createReadChannelTool(egress), createPostMessageTool(egress, safeText)],
    resolveBaseUrl: () => apiUrl,
    inspect,
    browse: async (connection, question, signal) => (question.level === 'teams' ? inspect(connection, signal) : []),
    // No target of its lies inside another one.
    contains: async () => false,
  };
}
