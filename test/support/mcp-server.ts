import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { listenLocally } from './listen-locally.ts';

export interface ServedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: { readonly type: 'object'; readonly properties?: object; readonly required?: string[] };
  answer(given: Readonly<Record<string, unknown>>): string;
}

/** A real MCP server over HTTP, made with the protocol's own SDK. */
export interface TestMcpServer extends AsyncDisposable {
  readonly url: string;
  tools: readonly ServedTool[];
  /** Calls that came, by tool. */
  readonly calls: { readonly tool: string; readonly given: unknown }[];
  readonly authorizations: (string | undefined)[];
  /** The key it asks for; null: none. */
  key: string | null;
  /** Cuts the connection in place of an answer to a call. */
  isCutting: boolean;
}

export async function startMcpServer(tools: readonly ServedTool[]): Promise<TestMcpServer> {
  const http = createServer((request, response) => {
    served.authorizations.push(request.headers.authorization);
    if (served.key !== null && request.headers.authorization !== `Bearer ${served.key}`) {
      response.writeHead(401).end();
      return;
    }
    void serve(request, response);
  });
  async function serve(request: IncomingMessage, response: ServerResponse) {
    const server = new Server({ name: 'test', version: '1.0.0' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, () => ({
      tools: served.tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
    }));
    server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
      const given = params.arguments ?? {};
      served.calls.push({ tool: params.name, given });
      if (served.isCutting) request.socket.destroy();
      const text = served.tools.find(({ name }) => name === params.name)?.answer(given) ?? '';
      return { content: [{ type: 'text' as const, text }] };
    });
    const transport = new StreamableHTTPServerTransport({});
    response.on('close', () => void server.close());
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    await transport.handleRequest(request, response);
  }
  const { address, close } = await listenLocally(http);
  const served: TestMcpServer = {
    url: `${address}/mcp`,
    tools,
    calls: [],
    authorizations: [],
    key: null,
    isCutting: false,
    [Symbol.asyncDispose]: close,
  };
  return served;
}
