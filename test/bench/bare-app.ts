import { createOpenAI } from '@ai-sdk/openai';
import {
  convertToModelMessages,
  isStepCount,
  pipeUIMessageStreamToResponse,
  streamText,
  tool,
  toUIMessageStream,
  type UIMessage,
} from 'ai';
import express from 'express';
import { z } from 'zod';
import { type BenchServers, reportUsage, serveOn } from './process-protocol.ts';

/*
 * What one would write in an afternoon: Express 5 and `streamText` with the same two tools against the same servers. No
 * guard, no audit, no storage, no limits. The measure that the service is held against.
 */

const servers: BenchServers = JSON.parse(process.env.BENCH_SERVERS ?? '{}');
const openai = createOpenAI({ baseURL: servers.modelUrl, apiKey: 'bench' });
const headers = { authorization: `Bearer ${servers.ninoxKey}` };

async function read(path: string): Promise<unknown> {
  const response = await fetch(servers.ninoxUrl + path, { headers });
  return response.json();
}

const tools = {
  ninox_list_teams: tool({
    description: 'Lists the Ninox teams.',
    inputSchema: z.object({}),
    execute: async () => ({ teams: await read('/teams') }),
  }),
  ninox_get_databases: tool({
    description: 'Lists the databases of one Ninox team.',
    inputSchema: z.object({ team_id: z.string() }),
    execute: async ({ team_id }) => ({ databases: await read(`/teams/${encodeURIComponent(team_id)}/databases`) }),
  }),
};

const app = express();
app.use(express.json());
app.post('/api/chat', async (request, response) => {
  const { message } = request.body as { message: UIMessage };
  const result = streamText({
    model: openai('bench-model'),
    instructions: 'You are a helpful assistant for Ninox.',
    messages: await convertToModelMessages([message]),
    tools,
    stopWhen: isStepCount(8),
    providerOptions: { openai: { store: false } },
  });
  await pipeUIMessageStreamToResponse({ response, stream: toUIMessageStream({ stream: result.stream, tools }) });
});

reportUsage();
process.on('disconnect', () => process.exit(0));
serveOn(app.listen(0, '127.0.0.1'));
