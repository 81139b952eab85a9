import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createAskApproval } from '#agent/approvals/ask-approval.ts';
import { createApprovalStore } from '#agent/approvals/stored-approvals.ts';
import { noAllowance } from '#agent/checkpoint.ts';
import { createEffectStore } from '#agent/effects/stored-effects.ts';
import { createGuard, type GuardDeps } from '#agent/guard-tool-call.ts';
import type { CallRequest, CallVerdict, GuardedRun } from '#agent/guarded-call.ts';
import type { CallResult } from '#agent/run-events.ts';
import type { AuditLog } from '#audit/audit-event.ts';
import { createAuditLog } from '#audit/audit-log.ts';
import type { Actor } from '#auth/actor.ts';
import type { Database } from '#db/database.ts';
import { openDatabase } from '#db/open-database.ts';
import { createApprovalRepository } from '#db/repositories/approvals.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { createEffectRepository } from '#db/repositories/effects.ts';
import { createSnapshotRepository } from '#db/repositories/snapshots.ts';
import { createCatalog } from '#integrations/catalog.ts';
import { type Connection, type ConnectionQuestion, connectionRevoked } from '#integrations/connection.ts';
import { createNinoxClient } from '#integrations/ninox/client.ts';
import { createNinoxIntegration } from '#integrations/ninox/ninox-integration.ts';
import { scopes } from '#integrations/rights.ts';
import { createLogger } from '#log';
import { buildPersona } from '#personas/build-persona.ts';
import { frontMatterSchema, type Persona } from '#personas/persona-schema.ts';
import { createScrubber } from '#vault/scrub.ts';
import { Secret } from '#vault/secret.ts';
import { connectionTo, createTestEgress, testKey } from './ninox-connection.ts';
import { plainDataKeys } from './plain-data-keys.ts';
import { type Behaviour, json, startRawServer } from './raw-server.ts';
import { attended, noMandates, noTouches } from './unattended.ts';

export const T1 = 'TeamOneAAAAAAAAA1';
export const T2 = 'TeamTwoBBBBBBBBB2';
const databases: Record<string, { id: string; name: string }[]> = {
  [T1]: [
    { id: 'dbone0000001', name: 'CRM' },
    { id: 'dbone0000002', name: 'Projects' },
  ],
  [T2]: [{ id: 'dbtwo0000001', name: 'Workshop' }],
};
const tableA = { id: 'A', name: 'Customers', fields: [{ id: 'A', name: 'Name', type: 'text' }] };
export const record = { team_id: T1, database_id: 'dbone0000001', table_id: 'A', record_id: '7' };
export const auto = { approvals: { ninox_delete_record: 'auto' } };

export const member: Actor = {
  kind: 'user',
  id: 'user-1',
  name: 'U',
  organizationId: 'organization-1',
  role: 'member',
  keyScopes: null,
  apiKey: null,
};

/** A persona that holds every scope unless the front matter says otherwise. */
export function testPersona(front: object = {}): Persona {
  return buildPersona({
    id: 'tester',
    file: 'personas/tester.md',
    revision: null,
    front: frontMatterSchema.parse({ name: 'Tester', description: 'd', scopes: [...scopes], ...front }),
    instructions: 'x',
  });
}

export function runOf(front: object = {}, actor: Actor = member): GuardedRun {
  const persona = testPersona(front);
  return {
    identity: {
      runId: 'run-1',
      conversationId: 'conversation-1',
      messageId: 'message-1',
      channel: 'web',
      place: null,
      ownerId: actor.id,
      actor,
      persona,
      prompt: 'Please.',
      ...attended,
    },
    ledger: {
      calls: 0,
      seenCallIds: new Set(),
      startedAt: Date.now(),
      spentMs: 0,
      outsideText: null,
      allowance: noAllowance,
    },
    signal: new AbortController().signal,
  };
}

/** What a test changes while calls are made. */
export interface Scene {
  connection: Connection | null;
  /** What the persona is now; undefined where it is what each run began with. */
  current: Persona | null | undefined;
  /** Who acts on whose behalf now; undefined where it is as each run began, null once they left. */
  actorNow: Actor | null | undefined;
  answerDelete: (response: ServerResponse) => void;
  /** What every record holds now; null: there is none. */
  fields: Record<string, unknown> | null;
  /** The clock stands there; null: it goes. */
  now: Date | null;
  /** Told when a call follows its connection. */
  onFollow: () => void;
}

export interface Ask extends Partial<CallRequest> {
  readonly args?: unknown;
  /** What the guard stands on, where a test breaks some of it. */
  readonly deps?: (running: Persona) => GuardDeps;
}

/** A guard over a real client, a real audit and a real HTTP server that stands in for Ninox. */
export async function openGuardedNinox(behave?: Behaviour) {
  const questions: ConnectionQuestion[] = [];
  const revoked = new AbortController();
  const following = { now: 0, unknown: 0 };
  /** A Ninox that trusts every path: it never checks that a database lies in the team of the path. */
  const credulous = (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'DELETE') scene.answerDelete(response);
    else if (scene.fields === null && request.url?.includes('/records/')) json(response, { message: 'Not Found' }, 404);
    else json(response, answerTo((request.url ?? '').split('?')[0] ?? '', scene));
  };
  const ninox = await startRawServer(behave ?? credulous);
  const db = await openDatabase({ url: ':memory:' });
  await holdConversation(db);
  const audit: AuditLog = createAuditLog({ repository: createAuditRepository(db), key: randomBytes(32) });
  const clock = () => scene.now ?? new Date();
  const approvals = createApprovalStore({
    rows: createApprovalRepository(db, clock),
    dataKeys: plainDataKeys,
    transaction: db.transaction,
  });
  const effects = createEffectStore({
    effects: createEffectRepository(db),
    snapshots: createSnapshotRepository(db),
    transaction: db.transaction,
    dataKeys: plainDataKeys,
    clock,
  });
  const scene: Scene = {
    connection: connectionTo(`${ninox.baseUrl}/v1`),
    current: undefined,
    actorNow: undefined,
    answerDelete: (response) => json(response, {}),
    fields: { Name: 'Anna' },
    now: null,
    onFollow: () => undefined,
  };
  const deps = (running: Persona): GuardDeps => ({
    catalog: createCatalog([createNinoxIntegration({ client: createNinoxClient({ egress: createTestEgress() }) })]),
    connections: {
      async find(question) {
        questions.push(question);
        return scene.connection;
      },
      follow(_connection, signal) {
        following.now += 1;
        scene.onFollow();
        return {
          signal: AbortSignal.any([signal, revoked.signal]),
          release: () => {
            following.now -= 1;
          },
        };
      },
    },
    personas: { find: async () => (scene.current === undefined ? running : scene.current) },
    actors: { current: async (actor) => (scene.actorNow === undefined ? actor : scene.actorNow) },
    audit: { ...audit, append: (event) => audit.append(event) },
    approvals,
    effects,
    mandates: noMandates,
    touches: noTouches,
    ask: createAskApproval({ store: approvals, audit, transaction: db.transaction }),
    transaction: db.transaction,
    durable: db.durable,
    processId: 'process-1',
    snapshotDays: 30,
    onUnknown: () => {
      following.unknown += 1;
    },
    clock,
    scrub: createScrubber([new Secret(testKey)]),
    log: createLogger({ level: 'silent' }),
  });
  const first = deps(testPersona());
  const catalog = first.catalog;
  const ask = (run: GuardedRun, tool: string, more: Ask) => {
    const { args = {}, deps: own = deps, ...request } = more;
    const rawInput = typeof args === 'string' ? args : JSON.stringify(args);
    const guard = createGuard({ ...own(run.identity.persona), ...(own === deps ? { catalog } : {}) });
    const ids = { callId: randomUUID(), modelCallId: randomUUID() };
    return guard({ ...ids, tool, rawInput, words: 'I will do it.', resumedWith: null, ...request }, run);
  };
  const callAs = async (modelCallId: string, run: GuardedRun, { tool, args }: { tool: string; args: unknown }) =>
    resultOf(await ask(run, tool, { modelCallId, args }));
  return {
    ninox,
    audit,
    scene,
    questions,
    following,
    deps,
    catalog,
    /** As if the connection had been revoked somewhere else. */
    revoke: () => revoked.abort(connectionRevoked),
    db,
    approvals,
    effects,
    /** What the guard says, be it that a person is asked first. */
    ask,
    callAs,
    /** `args` may be the JSON text itself. Each call has an id of its own. */
    call: (run: GuardedRun, tool: string, args: unknown = {}): Promise<CallResult> =>
      callAs(randomUUID(), run, { tool, args }),
    rows: async () => (await audit.list({ organizationId: 'organization-1', limit: 500 })).items,
    deletes: () => ninox.seen.filter(({ method }) => method === 'DELETE').length,
    async close() {
      await ninox.close();
      await db.close();
    },
  };
}
function resultOf(verdict: CallVerdict): CallResult {
  if (verdict.type === 'answered') return verdict.result;
  throw new Error('The call waits for a person.');
}

/** What Ninox answers to reads. */
function answerTo(path: string, { fields }: Scene): unknown {
  const [, , , team = '', , , , , , recordId = ''] = path.split('/');
  if (path === '/v1/teams')
    return [
      { id: T1, name: 'One' },
      { id: T2, name: 'Two' },
    ];
  if (path.endsWith('/databases')) return databases[team] ?? [];
  if (path.endsWith('/files')) return [];
  if (path.endsWith('/tables')) return [tableA];
  if (path.endsWith('/tables/A')) return tableA;
  return path.includes('/records/') ? { id: Number(recordId), fields } : { id: team, name: 'A team' };
}

/** Approvals belong to a conversation, which is the one of `runOf`. */
async function holdConversation(db: Database): Promise<void> {
  const now = new Date();
  await db.query.insert(db.tables.conversations).values({
    organizationId: 'organization-1',
    id: 'conversation-1',
    personaId: 'tester',
    actorId: 'user-1',
    channel: 'web',
    title: 'Please.',
    createdAt: now,
    updatedAt: now,
  });
}

export type GuardedNinox = Awaited<ReturnType<typeof openGuardedNinox>>;
