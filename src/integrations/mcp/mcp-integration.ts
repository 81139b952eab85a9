import type { Integration } from '#integrations/catalog.ts';
import type { Egress } from '#integrations/egress.ts';
import { readServiceAddress } from '../read-service-address.ts';
import { withSession } from './mcp-session.ts';
import { createMcpTool } from './mcp-tool.ts';
import { listOffered } from './offered-tools.ts';

export const mcpIntegration = 'mcp';

/** Any MCP server that is reached over HTTP. What it can do is looked up there, and used once a person has approved it. */
export function createMcpIntegration({ egress }: { readonly egress: Egress }): Integration {
  const discover = (connection: Parameters<Integration['inspect']>[0], signal: AbortSignal) =>
    withSession({ egress, connection, signal }, (client) => listOffered(client, signal));
  return {
    name: mcpIntegration,
    title: 'MCP server',
    description: 'Tools of any MCP server that answers over HTTP. Each tool is approved by a person before it is used.',
    category: 'automation',
    connect: {
      kind: 'form',
      fields: [
        {
          name: 'address',
          title: 'Address',
          help: 'Of the server’s MCP endpoint, as its own documentation gives it.',
          kind: 'text',
          required: true,
          example: 'https://example.com/mcp',
        },
        {
          name: 'key',
          title: 'Key',
          help: 'Sent as a bearer token. Leave it empty where the server asks for none.',
          kind: 'secret',
          required: false,
        },
      ],
      resolve({ address = '', key = '' }) {
        return { baseUrl: readAddress(address), settings: { address: address.trim() }, credential: key.trim() || null };
      },
    },
    tools: [],
    discovery: { discover, build: (pinned) => createMcpTool({ egress, name: mcpIntegration }, pinned) },
    resolveBaseUrl: (_place, address) => readAddress(address ?? ''),
    async inspect(connection, signal) {
      const offered = await discover(connection, signal);
      return offered.map(({ remoteName, title }) => ({ id: remoteName, name: title }));
    },
    browse: async () => [],
    // No tool of its names a target.
    contains: async () => false,
  };
}

function readAddress(address: string): string {
  return readServiceAddress(address, 'https://example.com/mcp');
}
