import type { MCPClient } from '@ai-sdk/mcp';
import { isInputSchema } from '../check-input.ts';
import { mostTools, type OfferedTool } from '../discovered-tool.ts';

const longestDescription = 4_000;
const longestTitle = 100;
const mostPages = 20;

/** Everything the server tells of, but for tools whose arguments nobody could check. */
export async function listOffered(client: MCPClient, signal: AbortSignal): Promise<readonly OfferedTool[]> {
  const tools: OfferedTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages && tools.length < mostTools; page += 1) {
    const params = cursor === undefined ? {} : { params: { cursor } };
    const listed = await client.listTools({ ...params, options: { signal } });
    for (const { name, title, description = '', inputSchema } of listed.tools) {
      if (name === '' || name.length > 128 || !isInputSchema(inputSchema)) continue;
      tools.push({
        remoteName: name,
        title: plainLine(title ?? name).slice(0, longestTitle),
        description: description.slice(0, longestDescription),
        inputSchema,
        details: {},
      });
    }
    cursor = listed.nextCursor;
    if (cursor === undefined) break;
  }
  return tools.slice(0, mostTools);
}

function plainLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ').trim();
}
