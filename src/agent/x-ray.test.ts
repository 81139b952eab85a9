import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { AuditEvent, AuditLog } from '#audit/audit-event.ts';
import type { Actor } from '#auth/actor.ts';
import { roles } from '#auth/permissions.ts';
import { createCatalog, type Integration } from '#integrations/catalog.ts';
import type { Connection, ConnectionStore } from '#integrations/connection.ts';
import { approvalPolicies, type Scope, scopes } from '#integrations/rights.ts';
import { defineTool } from '#integrations/tool-definition.ts';
import { createLogger } from '#log';
import { buildPersona } from '#personas/build-persona.ts';
import { frontMatterSchema, type Persona } from '#personas/persona-schema.ts';
import { createGuard } from './guard-tool-call.ts';
import { createXRay } from './x-ray.ts';

const [T1, T2] = ['teamone0001', 'teamtwo0002'];
const [D1, D2] = ['database001', 'database002'];
/** Where each database really lies. */
const teamOf: Record<string, string> = { [D1]: T1, [D2]: T2 };

const id = z.string();
const shared = { integration: 'store', effect: 'read', title: 'A tool', description: 'd' } as const;
const answer = { execute: async () => ({ done: true }) };
const list = defineTool({
  ...shared,
  ...answer,
  name: 'list',
  slug: 'LIST',
  scope: 'ninox:teams:read',
  defaultApproval: 'auto',
  parameters: z.object({}),
  target: () => ({}),
});
const get = defineTool({
  ...shared,
  ...answer,
  name: 'get',
  slug: 'GET',
  scope: 'ninox:databases:read',
  defaultApproval: 'auto',
  parameters: z.object({ team: id.describe('The team.'), database: id }),
  target: ({ team, database }) => ({ team, database }),
});
const remove = defineTool({
  ...shared,
  ...answer,
  effect: 'destructive',
  name: 'remove',
  slug: 'REMOVE',
  scope: 'ninox:records:delete',
  defaultApproval: 'ask',
  parameters: z.object({ team: id, database: id, table: id, record: id }),
  target: (args) => args,
});
const integration: Integration = {
  name: 'store',
  title: 'Store',
  description: 'd',
  category: 'databases',
  connect: { kind: 'api_key', places: [], keyHelp: '' },
  tools: [list, get, remove],
  resolveBaseUrl: () => 'https://store.invalid',
  inspect: async () => [],
  browse: async () => [],
  contains: async (_connection, { team, database = '' }) => teamOf[database] === team,
};
const catalog = createCatalog([integration]);

const some = <T>(...values: T[]) => fc.option(fc.subarray(values), { nil: undefined, freq: 2 });
const anyLimits = fc
  .record({ teams: some(T1, T2), databases: some(D1, D2), tables: some(`${D1}/A`, `${D2}/A`) })
  .map((lists) => Object.fromEntries(Object.entries(lists).filter(([, value]) => value !== undefined)));
/** Often wide, and often by team alone, which says nothing about the databases. */
const limits = fc.oneof(fc.constant({}), fc.constant({ teams: [T1] }), anyLimits);
/** Mostly all of them, so that the later rules are reached as well. */
const someScopes: fc.Arbitrary<Scope[]> = fc.oneof(
  { weight: 9, arbitrary: fc.constant<Scope[]>([...scopes]) },
  fc.subarray([...scopes]),
);

const persona: fc.Arbitrary<Persona> = fc
  .record({
    scopes: someScopes,
    limits,
    approvals: fc.dictionary(fc.constantFrom('list', 'get', 'remove'), fc.constantFrom(...approvalPolicies)),
    connections: fc.constantFrom({}, { store: 'c1' }),
    budget: fc.constant({ calls: 1 }),
  })
  .map((front) => {
    const whole = frontMatterSchema.parse({ name: 'P', description: 'd', ...front });
    return buildPersona({ id: 'p', file: null, revision: 1, front: whole, instructions: 'x' });
  });
const actor: fc.Arbitrary<Actor> = fc
  .record({
    role: fc.oneof({ weight: 9, arbitrary: fc.constant('member' as const) }, fc.constantFrom(...roles)),
    keyScopes: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, someScopes),
  })
  .map(({ role, keyScopes }) => ({
    kind: 'user',
    id: 'u1',
    name: 'U',
    organizationId: 'o1',
    role,
    keyScopes,
    apiKey: keyScopes === null ? null : { id: 'k1', name: 'Key' },
  }));
const connection: fc.Arbitrary<Connection | null> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 8,
    arbitrary: fc
      .record({
        scopes: someScopes,
        limits,
        ownerId: fc.constantFrom(null, null, null, 'u1', 'u1', 'u2'),
        status: fc.constantFrom(
          ...(['active', 'active', 'active', 'active', 'active', 'needs_reconnect', 'revoked'] as const),
        ),
      })
      .map(
        ({ scopes: held, limits: limited, ...rest }): Connection => ({
          id: 'c1',
          organizationId: 'o1',
          integration: 'store',
          label: 'C',
          baseUrl: 'https://store.invalid',
          secret: { organizationId: 'o1', holder: 'c1', field: 'api_key', version: 1 },
          fingerprint: 'f',
          origin: 'https://store.invalid',
          grant: { scopes: held, limits: limited },
          ...rest,
        }),
      ),
  },
);
const call = fc.record({
  tool: fc.oneof({ weight: 5, arbitrary: fc.constantFrom('get', 'remove') }, fc.constantFrom('list', 'nothing')),
  arguments: fc.record(
    {
      team: fc.constantFrom(T1, T2),
      database: fc.constantFrom(D1, D2),
      table: fc.constantFrom('A', 'B'),
      record: fc.constant('1'),
      more: fc.constant(1),
    },
    { requiredKeys: [] },
  ),
});
const fitting = call.map(({ tool, arguments: { team = T1, database = D1, table = 'A' } }) => {
  const whole: Record<string, object> = {
    list: {},
    get: { team, database },
    remove: { team, database, table, record: '1' },
  };
  return { tool, arguments: whole[tool] ?? {} };
});

function storeOf(found: Connection | null): ConnectionStore {
  return { find: async () => found, follow: (_connection, signal) => ({ signal, release: () => undefined }) };
}
const notUsed = () => Promise.reject(new Error('not used'));
const audit: AuditLog = {
  append: async (event) => event as unknown as AuditEvent,
  list: notUsed,
  find: notUsed,
  read: notUsed,
  verify: notUsed,
};

test('the X-ray and the guard give the same verdict, whatever the persona, the connection, the actor and the call', async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      persona,
      fc.constantFrom(true, ...Array.from({ length: 9 }, () => false)),
      actor,
      connection,
      fc.oneof({ weight: 4, arbitrary: fitting }, call),
      async (who, archived, onBehalfOf, found, asked) => {
        const connections = storeOf(found);
        const guard = createGuard({
          catalog,
          connections,
          personas: { find: async () => (archived ? null : who) },
          actors: { current: async (asked) => asked },
          audit,
          scrub: (text) => text,
          log: createLogger({ level: 'silent' }),
        });
        const identity = {
          runId: 'r',
          conversationId: 'c',
          channel: 'web',
          actor: onBehalfOf,
          persona: who,
          prompt: '',
        };
        const result = await guard(
          { callId: 'c', modelCallId: 'c', tool: asked.tool, rawInput: JSON.stringify(asked.arguments) },
          {
            identity,
            ledger: { calls: 0, seenCallIds: new Set(), startedAt: Date.now() },
            signal: new AbortController().signal,
          },
        );
        const xRay = createXRay({ catalog, connections, namesFor: async () => ({}) });
        const checked = await xRay.checkCall({ persona: who, archived, actor: onBehalfOf, ...asked });
        const guarded = result.ok ? null : { code: result.code, message: result.message };
        expect(checked.rule).toEqual(guarded);
        const needsApproval = guarded?.code === 'APPROVAL_REQUIRED';
        expect(checked.verdict).toBe(result.ok ? 'allowed' : needsApproval ? 'needs_approval' : 'denied');
        expect(checked.steps.map(({ passed }) => passed)).toEqual(
          checked.steps.map((_step, place) => result.ok || place < checked.steps.length - 1),
        );
        // What stands in the way whatever the arguments are stands in the way of this call too.
        const { tools } = await xRay.xRay({ persona: who, archived, actor: onBehalfOf });
        const whole = tools.find(({ tool }) => tool.name === asked.tool);
        if (result.ok) expect(whole?.blockedBy).toBeNull();
        const isForeign = guarded?.message.includes('is not in team') === true;
        const ending = isForeign ? 'another team’s database' : (guarded?.code ?? 'allowed');
        seen.set(ending, (seen.get(ending) ?? 0) + 1);
      },
    ),
    { numRuns: 1500 },
  );
  // The runs above were no empty talk: every kind of ending was among them.
  expect([...seen.keys()].sort()).toEqual([
    'APPROVAL_DENIED',
    'APPROVAL_REQUIRED',
    'ARG_INVALID',
    'CONNECTION_NEEDS_RECONNECT',
    'CONNECTION_NOT_FOUND',
    'CONNECTION_REVOKED',
    'RESOURCE_NOT_GRANTED',
    'TOOL_NOT_GRANTED',
    'TOOL_UNKNOWN',
    'allowed',
    'another team’s database',
  ]);
});
