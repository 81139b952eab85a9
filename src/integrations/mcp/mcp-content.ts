import type { MCPClient } from '@ai-sdk/mcp';

type Answer = Awaited<ReturnType<MCPClient['callTool']>>;

/** What a model is given of an answer: text and structured data whole, of anything else only that it is there. */
export function readAnswer(answer: Answer): unknown {
  const given = answer as { content?: unknown; structuredContent?: unknown; isError?: unknown; toolResult?: unknown };
  const parts = Array.isArray(given.content) ? given.content.map(readPart) : [];
  return {
    ...(given.isError === true ? { failed: true } : {}),
    ...(parts.length > 0 ? { content: parts } : {}),
    ...(given.structuredContent === undefined ? {} : { data: given.structuredContent }),
    ...(given.toolResult === undefined ? {} : { data: given.toolResult }),
  };
}

function readPart(part: unknown): unknown {
  if (typeof part !== 'object' || part === null) return { type: 'unknown' };
  const { type, text, mimeType, resource } = part as Record<string, unknown>;
  if (type === 'text' && typeof text === 'string') return text;
  if (type === 'resource' && typeof resource === 'object' && resource !== null && 'text' in resource) {
    return { type, uri: Reflect.get(resource, 'uri'), text: resource.text };
  }
  return { type, ...(typeof mimeType === 'string' ? { mimeType } : {}), note: 'Only text and data can be read.' };
}
