import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGuard, type GuardDeps, type GuardedRun } from '#agent/guard-tool-call.ts';
import type { CallResult } from '#agent/run-events.ts';
import type { AuditLog } from '#audit/audit-event.ts';
import { createAuditLog } from '#audit/audit-log.ts';
import type { Actor } from '#auth/actor.ts';
import { openDatabase } from '#db/open-database.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
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
import { type Behaviour, json, startRawServer } from './raw-server.ts';

export const T1 = 'TeamOneAAAAAAAAA1';
export const T2 = 'TeamTwoBBBBBBBBB2';
const databases: Record<string, { id: string; name: string }[]> = {
  [T1]: [
    { id: 'dbone0000001', name: 'CRM' },
    { id: 'dbone0000002', name: 'Projects' },
  ],
  [T2]: [{ id: 'dbtwo0000001', name: 'Workshop' }],
};
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
    identity: { runId: 'run-1', conversationId: 'conversation-1', channel: 'web', actor, persona, prompt: 'Please.' },
    ledger: { calls: 0, seenCallIds: new Set(), startedAt: Date.now() },
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
  /** Told when a call follows its connection. */
  onFollow: () => void;
}

/** A guard over a real client, a real audit and a real HTTP server that stands in for Ninox. */
export async function openGuardedNinox(behave?: Behaviour) {
  const questions: ConnectionQuestion[] = [];
  const revoked = new AbortController();
  const following = { now: 0 };
  /** A Ninox that trusts every path: it never checks that a database lies in the team of the path. */
  const credulous = (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '';
    if (request.method === 'DELETE') scene.answerDelete(response);
    else if (path === '/v1/teams')
      json(response, [
        { id: T1, name: 'One' },
        { id: T2, name: 'Two' },
      ]);
    else if (path.endsWith('/databases')) json(response, databases[path.split('/')[3] ?? ''] ?? []);
    else json(response, { id: path.split('/')[3], name: 'A team' });
  };
  const ninox = await startRawServer(behave ?? credulous);
  const db = await openDatabase({ url: ':memory:' });
  const audit: AuditLog = createAuditLog({ repository: createAuditRepository(db), key: randomBytes(32) });
  const scene: Scene = {
    connection: connectionTo(`${ninox.baseUrl}/v1`),
    current: undefined,
    actorNow: undefined,
    answerDelete: (response) => json(response, {}),
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
    scrub: createScrubber([new Secret(testKey)]),
    log: createLogger({ level: 'silent' }),
  });
  const first = deps(testPersona());
  const catalog = first.catalog;
  const callAs = (modelCallId: string, run: GuardedRun, { tool, args }: { tool: string; args: unknown }) => {
    const rawInput = typeof args === 'string' ? args : JSON.stringify(args);
    const guard = createGuard({ ...deps(run.identity.persona), catalog });
    return guard({ callId: randomUUID(), modelCallId, tool, rawInput }, run);
  };
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
export type GuardedNinox = Awaited<ReturnType<typeof openGuardedNinox>>;
