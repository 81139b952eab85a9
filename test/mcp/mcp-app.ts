import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { ApprovalListView, ApprovalView } from '#channels/http/contract/approvals.ts';
import type { AuditListView } from '#channels/http/contract/audit-events.ts';
import { eventually } from '#test/support/eventually.ts';
import type { Decide } from '#test/support/openai-script.ts';
import { createOpenAiServer } from '#test/support/openai-server.ts';
import { personaFile, startTestApp, type TestAppOptions } from '#test/support/start-app.ts';
import { startWatchedNinox, watchedIds } from '#test/support/watched-ninox.ts';

export const allScopes = ['chat', 'ninox:teams:read', 'ninox:databases:read', 'ninox:records:delete'];

export const onApi = (lines: readonly string[] = []) => personaFile(['channels: [web, api]', ...lines]);

export function deletionOf(record: number) {
  const { team, database, table } = watchedIds;
  return { team_id: team, database_id: database, table_id: table, record_id: String(record) };
}

export interface McpAppOptions extends TestAppOptions {
  readonly decide?: Decide;
  readonly environment?: Record<string, string>;
}

/** A whole service over a watched Ninox with 30 records, with API keys and the official client. */
export async function startMcpApp(options: McpAppOptions = {}) {
  const { decide = () => ({ text: 'Hello.' }), environment = {}, personas = { tester: onApi() }, ...rest } = options;
  await using opened = new AsyncDisposableStack();
  const model = createOpenAiServer(decide);
  opened.defer(() => model.close());
  const ninox = opened.use(await startWatchedNinox(30));
  const variables = {
    OPENAI_API_KEY: 'sk-scripted',
    OPENAI_BASE_URL: await model.listen(),
    OPENAI_API: 'responses',
    DEFAULT_MODEL: 'openai/scripted',
    NINOX_API_KEY: ninox.key,
    NINOX_BASE_URL: ninox.baseUrl,
    ...environment,
  };
  const app = opened.use(await startTestApp(variables, { personas, ...rest }));

  async function makeKey(scopes: readonly string[] = allScopes) {
    const { status, body } = await app.send('POST', '/api/v1/api-keys', { name: 'desktop', scopes });
    if (status !== 201) throw new Error(`No key was made: ${JSON.stringify(body)}`);
    const { key, apiKey } = body as { key: string; apiKey: { id: string } };
    return { key, id: apiKey.id };
  }

  async function connect(key: string) {
    const client = new Client({ name: 'test', version: '1' });
    const headers = { authorization: `Bearer ${key}` };
    const transport = new StreamableHTTPClientTransport(new URL('/mcp', app.address), { requestInit: { headers } });
    await client.connect(transport);
    all.defer(() => client.close());
    return client;
  }

  const all = opened.move();
  return {
    app,
    variables,
    model,
    ninox,
    makeKey,
    connect,
    /** A client with a key of these scopes. */
    client: async (scopes: readonly string[] = allScopes) => connect((await makeKey(scopes)).key),
    /** A message sent by hand. */
    post: (body: unknown, headers: Record<string, string> = {}) =>
      fetch(new URL('/mcp', app.address), {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async approvals(): Promise<readonly ApprovalView[]> {
      return ((await app.get('/api/v1/approvals?limit=100')).body as ApprovalListView).items;
    },
    async decide({ id, hash }: Pick<ApprovalView, 'id' | 'hash'>, decision: 'approve' | 'deny' = 'approve') {
      return app.send('POST', `/api/v1/approvals/${id}/decision`, { decision, hash });
    },
    async events(conversationId: string) {
      return ((await app.get(`/api/v1/audit-events?conversationId=${conversationId}`)).body as AuditListView).items;
    },
    eventually: <T>(ask: () => Promise<T | null>, why: string) => eventually(ask, { why: () => why }),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
export type McpApp = Awaited<ReturnType<typeof startMcpApp>>;

interface Sent {
  readonly onprogress?: (progress: { progress: number; message?: string | undefined }) => void;
  readonly signal?: AbortSignal;
}

export async function call(client: Client, name: string, args: object = {}, options: Sent = {}) {
  const sent = { name, arguments: { ...args } };
  const result = (await client.callTool(sent, undefined, options)) as CallToolResult;
  const texts = result.content.map((part) => (part.type === 'text' ? part.text : ''));
  return {
    isError: result.isError ?? false,
    texts,
    text: texts.join('\n'),
    facts: (result.structuredContent ?? {}) as Facts,
    meta: result._meta ?? {},
  };
}

export interface Facts {
  readonly runId?: string;
  readonly conversationId?: string;
  readonly status?: string;
  readonly text?: string;
  readonly approvals?: readonly string[];
  readonly waitingFor?: readonly string[];
  readonly decideAt?: string;
  readonly toolCalls?: readonly {
    readonly tool: string;
    readonly state: string;
    readonly output: unknown;
    readonly message: string | null;
  }[];
  readonly [more: string]: unknown;
}
