import type { Scope } from './rights.ts';

/** What each scope allows, in words for people. */
export const scopeTitles: Readonly<Record<Scope, string>> = {
  'ninox:teams:read': 'See teams',
  'ninox:databases:read': 'See databases',
  'ninox:records:read': 'Read records',
  'ninox:records:write': 'Create and change records',
  'ninox:records:delete': 'Delete records',
};
