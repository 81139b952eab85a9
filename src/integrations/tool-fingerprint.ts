import { createHash } from 'node:crypto';
import type { OfferedTool } from './discovered-tool.ts';

/** Of everything a person approves with a tool: SHA-256 in hex, the same whatever order the keys of its schema come in. */
export function fingerprintOf({ remoteName, title, description, inputSchema, details }: OfferedTool): string {
  const whole = canonical({ remoteName, title, description, inputSchema, details });
  return createHash('sha256').update(whole).digest('hex');
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
