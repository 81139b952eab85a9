import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAnswerAmendments } from '#agent/amend-call.ts';
import type { Approval } from '#agent/approvals/approval.ts';
import { createAskApproval } from '#agent/approvals/ask-approval.ts';
import { createApprovalStore } from '#agent/approvals/stored-approvals.ts';
import type { NewEffect } from '#agent/effects/effect-store.ts';
import { createReconciler } from '#agent/effects/reconcile.ts';
import { createEffectStore } from '#agent/effects/stored-effects.ts';
import { createUndoService } from '#agent/effects/undo-service.ts';
import type { StoredMessage, StoredPart } from '#agent/stored-message.ts';
import { createAuditLog } from '#audit/audit-log.ts';
import type { Actor } from '#auth/actor.ts';
import { openDatabase } from '#db/open-database.ts';
import { createApprovalRepository } from '#db/repositories/approvals.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import { createEffectRepository } from '#db/repositories/effects.ts';
import { createSecretRepository } from '#db/repositories/secrets.ts';
import { createSnapshotRepository } from '#db/repositories/snapshots.ts';
import { createCatalog } from '#integrations/catalog.ts';
import type { Connection } from '#integrations/connection.ts';
import { createLogger } from '#log';
import { buildPersona } from '#personas/build-persona.ts';
import { frontMatterSchema, type Persona } from '#personas/persona-schema.ts';
import { createDataKeys } from '#vault/data-keys.ts';
import { makeKeyLine, parseKeyRing, type VaultKeys } from '#vault/key-ring.ts';
import { openVault } from '#vault/open-vault.ts';
import { createSecretRegistry } from '#vault/secret-registry.ts';
import { newEffect } from './new-effect.ts';
import { createShelf, shelfConnection } from './shelf.ts';
import { layDatabase } from './test-database.ts';

const start = Date.parse('2026-11-24T12:00:00.000Z');
const auditKey = randomBytes(32);

export const memberOf = (id: string, change: Partial<Actor> = {}): Actor => ({
  kind: 'user',
  id,
  name: id === 'ann' ? 'Ann' : 'Bob',
  organizationId: 'org',
  role: 'member',
  keyScopes: null,
  apiKey: null,
  ...change,
});

/** What all processes share, and tests change. */
function createWorld(folder: string, databaseUrl: string) {
  const ring = parseKeyRing(makeKeyLine().line, null);
  const shared = {
    shelf: createShelf(),
    seconds: 0,
    connection: shelfConnection() as Connection | null,
    persona: personaWith({}) as Persona | null,
    people: new Map([memberOf('ann'), memberOf('bob', { role: 'admin' })].map((actor) => [actor.id, actor])),
    alive: ['process-1', 'process-2'],
    /** Looks made by reconcilers that were started. */
    looks: new Set<() => void>(),
    timesAsked: 0,
    /** Awaited when an intent was committed and is not sent yet. */
    onCommitted: async (): Promise<unknown> => undefined,
    folder,
    databaseUrl,
    vaultKeys: { ring, file: null, isNew: false, reload: () => ring } as VaultKeys,
    clock: (): Date => new Date(start + shared.seconds * 1000),
  };
  return shared;
}
type World = ReturnType<typeof createWorld>;

/** Several processes on one database, a file of their own unless said otherwise, and a shelf that they change. */
export async function openEffectWorld(databaseUrl?: string) {
  const folder = mkdtempSync(path.join(tmpdir(), 'personas-effect-world-'));
  const file = path.join(folder, 'world.db');
  if (databaseUrl === undefined) await layDatabase(file);
  const world = createWorld(folder, databaseUrl ?? file);
  const first = await openProcess(world, 'process-1');
  const second = await openProcess(world, 'process-2');
  return {
    world,
    first,
    second,
    async close() {
      await first.db.close();
      await second.db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type EffectWorld = Awaited<ReturnType<typeof openEffectWorld>>;

export function personaWith(front: object): Persona {
  return buildPersona({
    id: 'p',
    file: null,
    revision: 1,
    front: frontMatterSchema.parse({ name: 'P', description: 'd', scopes: ['ninox:records:delete'], ...front }),
    instructions: 'x',
  });
}

async function openProcess(world: World, processId: string) {
  const { clock } = world;
  const db = await openDatabase({ url: world.databaseUrl });
  const vault = await openVault({
    repository: createSecretRepository(db),
    keys: world.vaultKeys,
    registry: createSecretRegistry(),
  });
  const dataKeys = createDataKeys({ vault, inTransaction: db.inTransaction });
  const { transaction, durable, lock } = db;
  const audit = createAuditLog({ repository: createAuditRepository(db), key: auditKey, clock });
  const store = createEffectStore({
    effects: createEffectRepository(db),
    snapshots: createSnapshotRepository(db),
    transaction,
    dataKeys,
    clock,
  });
  const conversations = createConversationRepository<StoredMessage>(db, clock);
  const approvals = createApprovalStore({ rows: createApprovalRepository(db, clock), dataKeys, transaction });
  const common = {
    store,
    catalog: createCatalog([world.shelf.integration]),
    connections: {
      find: async ({ actorId, attached }: { actorId: string; attached: string | null }) => {
        const { connection } = world;
        const isFor = connection?.id === attached && (connection?.ownerId ?? actorId) === actorId;
        return isFor ? connection : null;
      },
      follow: (_connection: Connection, signal: AbortSignal) => ({ signal, release: () => undefined }),
    },
    audit,
    amend: createAnswerAmendments(conversations),
    transaction,
    log: createLogger({ level: 'silent' }),
    clock,
  };
  return {
    db,
    store,
    audit,
    approvals,
    conversations,
    undo: createUndoService({
      ...common,
      approvals,
      durable: async () => {
        await durable();
        await world.onCommitted();
      },
      lock,
      processId,
      scrub: (text) => text,
      personas: { find: async () => world.persona },
      people: { find: async (_organizationId, id) => world.people.get(id) ?? null },
      names: {
        namesOf: async (_organizationId, ids) => new Map(ids.map((id) => [id, world.people.get(id)?.name ?? id])),
      },
      ask: createAskApproval({ store: approvals, audit, transaction }),
      onUnknown: () => undefined,
      onChange: () => undefined,
    }),
    reconciler: createReconciler({
      ...common,
      conversations,
      processes: {
        alive: async () => {
          world.timesAsked += 1;
          return world.alive;
        },
      },
      repeat: (look) => {
        world.looks.add(look);
        return { stop: () => void world.looks.delete(look) };
      },
    }),
    rows: async () => (await audit.list({ organizationId: 'org', limit: 500 })).items.toReversed(),
    actions: async () =>
      (await audit.list({ organizationId: 'org', limit: 500 })).items.toReversed().map(({ action }) => action),
  };
}
export type WorldProcess = Awaited<ReturnType<typeof openProcess>>;

const monthMs = 30 * 86_400_000;

/** A call as far as its intent, in the conversation of a run that is at work. */
export async function beginCall(process: WorldProcess, change: Partial<NewEffect> = {}): Promise<NewEffect> {
  const call = newEffect(change);
  const { conversations, store } = process;
  await conversations.startRun({
    actor: memberOf('ann'),
    conversation: { id: 'c1', personaId: 'p', channel: 'web', title: 't' },
    message: { id: 'q1', role: 'user', parts: [{ type: 'text', text: 'Remove it.' }], metadata: null },
    run: { id: 'r1', messageId: 'm1', personaId: 'p', personaVersion: 'v', model: 'demo/offline' },
    processId: 'process-1',
    outsideText: null,
  });
  const expiresAt = new Date(start + monthMs);
  await store.insert(await store.seal(call, { id: '7', color: 'red' }), expiresAt);
  return call;
}

/** Ends the run with an answer that shows the call like this. */
export async function finishRun({ conversations }: WorldProcess, part: StoredPart): Promise<void> {
  const usage = { inputTokens: 1, outputTokens: 1 };
  await conversations.finishRun({
    organizationId: 'org',
    conversationId: 'c1',
    runId: 'r1',
    processId: 'process-1',
    outsideText: null,
    answer: { id: 'm1', role: 'assistant', parts: [part], metadata: null },
    end: { status: 'succeeded', fault: null, usage, steps: 1 },
  });
}

export function partOf(call: NewEffect, more: { output: unknown } | { errorText: string }): StoredPart {
  const base = { type: 'tool-shelf_remove_item', toolCallId: call.id, input: call.arguments } as const;
  return 'output' in more
    ? { ...base, state: 'output-available', output: more.output }
    : { ...base, state: 'output-error', errorText: more.errorText };
}

/** A call that has removed the item, in a conversation whose run has ended. */
export async function removedItem({ world, first }: EffectWorld, change: Partial<NewEffect> = {}): Promise<NewEffect> {
  const call = await beginCall(first, change);
  await first.store.markSent('org', call.id);
  world.shelf.items.delete('7');
  const end = { organizationId: 'org', id: call.id, state: 'succeeded', happened: true, code: null } as const;
  await first.store.end({ ...end, nextTryAt: null });
  await finishRun(first, partOf(call, { output: { removed: '7' } }));
  return call;
}

/** What the conversation shows of the call now. */
export async function shownOf({ conversations }: WorldProcess, callId: string) {
  const answer = (await conversations.messages('org', 'c1')).find(({ id }) => id === 'm1');
  const part = answer?.parts.find((found) => 'toolCallId' in found && found.toolCallId === callId);
  return { part, summary: answer?.metadata?.calls?.[callId] };
}

export async function decide({ approvals }: WorldProcess, approvalId: string, by = 'bob'): Promise<Approval> {
  const approval = await approvals.find('org', approvalId);
  if (approval === null) throw new Error('There is no such approval.');
  const { hash } = approval;
  await approvals.decide({
    organizationId: 'org',
    id: approvalId,
    hash,
    status: 'approved',
    by,
    reason: null,
    more: null,
  });
  const decided = await approvals.find('org', approvalId);
  if (decided === null) throw new Error('It is gone.');
  return decided;
}
