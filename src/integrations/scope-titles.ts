import type { Scope } from './rights.ts';

/** What each scope allows, in words for people. */
export const scopeTitles: Readonly<Record<Scope, string>> = {
  'ninox:teams:read': 'See teams',
  'ninox:databases:read': 'See databases',
  'ninox:records:read': 'Read records',
  'ninox:records:write': 'Create and change records',
  'ninox:records:delete': 'Delete records',
  'slack:messages:read': 'Read channels in Slack',
  'slack:messages:write': 'Post in Slack',
  'email:messages:send': 'Send e-mail',
  'mcp:tools:call': 'Use tools of an MCP server that are granted by name',
  'http:operations:call': 'Use operations of a web service that are granted by name',
};
