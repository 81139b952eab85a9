import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { AuditEvent, AuditLog } from '#audit/audit-event.ts';
import type { Actor } from '#auth/actor.ts';
import { guestRole, roles } from '#auth/permissions.ts';
import { createCatalog, type Integration } from '#integrations/catalog.ts';
import type { Connection, ConnectionStore } from '#integrations/connection.ts';
import { boundOf, plainPolicies, type Scope, scopes } from '#integrations/rights.ts';
import { defineTool } from '#integrations/tool-definition.ts';
import { createLogger } from '#log';
import type { Member } from '#personas/approvers.ts';
import { buildPersona } from '#personas/build-persona.ts';
import { frontMatterSchema, type Persona } from '#personas/persona-schema.ts';
import { attended, noMandates, noTouches } from '#test/support/unattended.ts';
import type { GateReason } from './approvals/approval.ts';
import type { ApprovalStore, NewApproval } from './approvals/approval-store.ts';
import { noAllowance } from './checkpoint.ts';
import type { EffectStore } from './effects/effect-store.ts';
import { createGuard, type GuardDeps } from './guard-tool-call.ts';
import type { CallResult } from './run-events.ts';
import { type CheckedCall, createXRay, type XRayResult } from './x-ray.ts';

const [T1, T2] = ['teamone0001', 'teamtwo0002'];
const [D1, D2] = ['database001', 'database002'];
/** Where each database really lies. */
const teamOf: Record<string, string> = { [D1]: T1, [D2]: T2 };

const id = z.string();
const shared = { integration: 'store', effect: 'read', title: 'A tool', description: 'd' } as const;
const answer = { readsRecords: false, execute: async () => ({ done: true }) };
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
    approvals: fc.record(
      {
        list: fc.constantFrom(...plainPolicies),
        get: fc.constantFrom(...plainPolicies),
        remove: fc.constantFrom(...plainPolicies, 'ask above 1', 'ask above 3'),
      },
      { requiredKeys: [] },
    ),
    outsideText: fc.constantFrom('ask', 'ask', 'trust'),
    guests: fc.option(fc.record({ scopes: someScopes, limits })),
    connections: fc.constantFrom({}, { store: 'c1' }),
    budget: fc.constant({ calls: 1 }),
  })
  .map((front) => {
    const whole = frontMatterSchema.parse({ name: 'P', description: 'd', ...front });
    return buildPersona({ id: 'p', file: null, revision: 1, front: whole, instructions: 'x' });
  });
const actor: fc.Arbitrary<Actor> = fc
  .record({
    role: fc.oneof(
      { weight: 8, arbitrary: fc.constant('member' as const) },
      { weight: 2, arbitrary: fc.constant(guestRole) },
      fc.constantFrom(...roles),
    ),
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
const approvals: ApprovalStore = {
  seal: notUsed,
  insert: notUsed,
  find: notUsed,
  ofRun: notUsed,
  list: notUsed,
  decide: notUsed,
  use: notUsed,
  end: notUsed,
  replace: notUsed,
  openOfConnection: notUsed,
};
/** Where the persona has changed so many records with the tool before. */
function effectsAfter(run: number): EffectStore {
  return {
    seal: async (effect) => ({ effect, arguments: '', snapshot: null }),
    insert: async () => undefined,
    lockCounts: async () => undefined,
    counts: async () => ({ run, hour: run, day: run }),
    markSent: async () => true,
    end: async () => true,
    find: notUsed,
    undoOf: notUsed,
    listLost: notUsed,
    claimUnknown: notUsed,
    tryAgain: notUsed,
    isAnyUnsettled: notUsed,
    listUntold: notUsed,
    markTold: notUsed,
    snapshot: notUsed,
    sealSnapshot: notUsed,
    replaceSnapshot: notUsed,
    takeSnapshot: notUsed,
    settleSnapshot: notUsed,
    eraseExpired: notUsed,
  };
}

/** What happened in the run before the call. */
interface Past {
  readonly outsideText: string | null;
  readonly changed: number;
}
const past: fc.Arbitrary<Past> = fc.record({
  outsideText: fc.constantFrom(null, null, 'a table'),
  changed: fc.constantFrom(0, 0, 1, 3),
});

interface Asked {
  readonly who: Persona;
  readonly archived: boolean;
  readonly onBehalfOf: Actor;
  readonly found: Connection | null;
  readonly call: { readonly tool: string; readonly arguments: object };
  readonly past: Past;
}

/** What the guard answers, and why it asks a person where it does. */
async function askGuard({ who, archived, onBehalfOf, found, call: { tool, arguments: args }, past: before }: Asked) {
  const asked: NewApproval[] = [];
  const deps: GuardDeps = {
    catalog,
    connections: storeOf(found),
    personas: { find: async () => (archived ? null : who) },
    actors: { current: async (actorOfRun) => actorOfRun },
    audit,
    approvals,
    ask: async (approval) => void asked.push(approval),
    effects: effectsAfter(before.changed),
    mandates: noMandates,
    touches: noTouches,
    transaction: (work) => work(),
    durable: async () => undefined,
    processId: 'p',
    snapshotDays: 30,
    onUnknown: () => undefined,
    clock: () => new Date(),
    scrub: (text) => text,
    log: createLogger({ level: 'silent' }),
  };
  const identity = { runId: 'r', conversationId: 'c', messageId: 'm', channel: 'web', prompt: '' };
  const verdict = await createGuard(deps)(
    { callId: 'c', modelCallId: 'c', tool, rawInput: JSON.stringify(args), words: '', resumedWith: null },
    {
      identity: { ...identity, ...attended, place: null, ownerId: onBehalfOf.id, actor: onBehalfOf, persona: who },
      ledger: {
        calls: 0,
        seenCallIds: new Set(),
        startedAt: Date.now(),
        spentMs: 0,
        outsideText: before.outsideText,
        allowance: noAllowance,
      },
      signal: new AbortController().signal,
    },
  );
  if (verdict.type === 'answered') return { result: verdict.result, why: null };
  const [question] = asked.map((approval) => approval.question);
  if (question?.kind !== 'call') throw new Error('it asks about something else');
  return { result: null, why: question.why };
}

/** Which of the gates that the X-ray names stands in the way after what happened before. */
function gateAfter(gates: XRayResult['tools'][number]['gates'], who: Persona, { outsideText, changed }: Past) {
  const named = (why: string) => gates.some((gate) => gate.why === why);
  const bound = boundOf(who.approvals.remove ?? 'ask');
  if (named('policy')) return 'policy';
  if (named('outside_text') && outsideText !== null) return 'outside_text';
  return named('bound') && bound !== null && changed + 1 > bound ? 'bound' : null;
}

type Verdicts = Asked & {
  readonly result: CallResult | null;
  readonly why: GateReason | null;
  readonly checked: CheckedCall;
};

/** Holds the two against each other; answers how it ended. */
function compare({ who, past: before, result, why, checked }: Verdicts): string {
  const denied = result === null || result.ok ? null : { code: result.code, message: result.message };
  expect(checked.rule).toEqual(denied);
  expect(checked.steps.map(({ passed }) => passed)).toEqual(
    checked.steps.map((_step, place) => denied === null || place < checked.steps.length - 1),
  );
  if (denied !== null) {
    expect(checked).toMatchObject({ verdict: 'denied', gates: [] });
    return denied.message.includes('is not in team') ? 'another team’s database' : denied.code;
  }
  const isGated = checked.gates.some(({ when }) => when === 'at_once');
  expect(checked.verdict).toBe(isGated ? 'needs_approval' : 'allowed');
  expect(why).toBe(gateAfter(checked.gates, who, before));
  return why ?? 'allowed';
}

test('the X-ray and the guard give the same verdict, whatever the persona, the connection, the actor and the call', async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      persona,
      fc.constantFrom(true, ...Array.from({ length: 9 }, () => false)),
      actor,
      connection,
      fc.oneof({ weight: 4, arbitrary: fitting }, call),
      past,
      async (who, archived, onBehalfOf, found, asked, before) => {
        const whole = { who, archived, onBehalfOf, found, call: asked, past: before };
        const answer = await askGuard(whole);
        const xRay = createXRay({ catalog, connections: storeOf(found), namesFor: async () => ({}), membersOf });
        const subject = { persona: who, archived, actor: onBehalfOf };
        const checked = await xRay.checkCall({ ...subject, ...asked });
        const ending = compare({ ...whole, ...answer, checked });
        // What stands in the way whatever the arguments are stands in the way of this call too.
        const { tools } = await xRay.xRay(subject);
        const all = tools.find(({ tool }) => tool.name === asked.tool);
        if (checked.rule === null) expect(all).toMatchObject({ blockedBy: null, gates: checked.gates });
        seen.set(ending, (seen.get(ending) ?? 0) + 1);
      },
    ),
    { numRuns: 1500 },
  );
  // The runs above were no empty talk: every kind of ending was among them.
  expect([...seen.keys()].sort()).toEqual([
    'APPROVAL_DENIED',
    'ARG_INVALID',
    'CONNECTION_NEEDS_RECONNECT',
    'CONNECTION_NOT_FOUND',
    'CONNECTION_REVOKED',
    'RESOURCE_NOT_GRANTED',
    'TOOL_NOT_GRANTED',
    'TOOL_UNKNOWN',
    'allowed',
    'another team’s database',
    'bound',
    'outside_text',
    'policy',
  ]);
});

const members: readonly Member[] = [
  { id: 'u1', name: 'Uma', role: 'member', decides: true },
  { id: 'u2', name: 'Ove', role: 'owner', decides: true },
  { id: 'u3', name: 'Ada', role: 'admin', decides: true },
  { id: 'u4', name: 'Mia', role: 'member', decides: true },
  { id: 'u5', name: 'Aud', role: 'auditor', decides: false },
];
const membersOf = async () => members;

test.each<[string, object, string[]]>([
  ['whoever asks, owners and admins', {}, ['Uma', 'Ove', 'Ada']],
  ['owners and admins alone', { fourEyes: true }, ['Ove', 'Ada']],
  ['those who are named, and nobody else', { people: ['u4', 'u1'] }, ['Uma', 'Mia']],
  ['with four eyes not whoever asks', { people: ['u4', 'u1'], fourEyes: true }, ['Mia']],
  ['nobody, where it is only whoever asks', { people: ['u1'], fourEyes: true }, []],
  ['nobody, where all have left or decide nothing', { people: ['gone', 'u5'] }, []],
])('the X-ray names who decides: %s', async (_who, rule, expected) => {
  const front = { name: 'P', description: 'd', scopes: [...scopes], approvers: { remove: rule } };
  const who = buildPersona({
    id: 'p',
    file: null,
    revision: 1,
    front: frontMatterSchema.parse(front),
    instructions: 'x',
  });
  const xRay = createXRay({ catalog, connections: storeOf(null), namesFor: async () => ({}), membersOf });
  const [uma] = fc.sample(actor, 1);
  if (uma === undefined) throw new Error('no actor');
  const { tools } = await xRay.xRay({ persona: who, archived: false, actor: { ...uma, role: 'member' } });
  expect(tools.find(({ tool }) => tool.name === 'remove')?.deciders.map(({ name }) => name)).toEqual(expected);
});
