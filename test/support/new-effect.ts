import { randomUUID } from 'node:crypto';
import type { NewEffect } from '#agent/effects/effect-store.ts';

/** An effect as the guard makes it, of a tool that stands on no service. */
export function newEffect(change: Partial<NewEffect> = {}): NewEffect {
  return {
    id: randomUUID(),
    organizationId: 'org',
    kind: 'call',
    undoes: null,
    personaId: 'p',
    personaVersion: 'v',
    tool: 'shelf_remove_item',
    channel: 'web',
    conversationId: 'c1',
    runId: 'r1',
    messageId: 'm1',
    actorKind: 'user',
    actorId: 'ann',
    connectionId: 'k1',
    approvalId: null,
    rows: 1,
    arguments: { item_id: '7' },
    processId: 'process-1',
    ...change,
  };
}
