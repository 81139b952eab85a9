import { z } from 'zod';
import type { Integration } from '#integrations/catalog.ts';
import type { Egress } from '#integrations/egress.ts';
import { askSlack } from './slack-api.ts';

export interface SlackIntegrationDeps {
  readonly egress: Egress;
  /** Of the Web API, without a slash at the end. */
  readonly apiUrl: string;
}

const testAnswer = z.object({ team_id: z.string(), team: z.string() });

/** Where personas answer; it gives them no tools. */
export function createSlackIntegration({ egress, apiUrl }: SlackIntegrationDeps): Integration {
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
    tools: [],
    resolveBaseUrl: () => apiUrl,
    inspect,
    browse: async (connection, question, signal) => (question.level === 'teams' ? inspect(connection, signal) : []),
    // No tool of its names a target.
    contains: async () => false,
  };
}
