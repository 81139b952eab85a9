import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Approval } from '#agent/approvals/approval.ts';
import type { CallVerdict, GuardedRun } from '#agent/guarded-call.ts';
import { scopes } from '#integrations/rights.ts';
import type { CallContext } from '#integrations/tool-definition.ts';
import { type GuardedNinox, openGuardedNinox, runOf } from '../support/guarded-ninox.ts';
import { connectionTo } from '../support/ninox-connection.ts';
import { company, openStandIn, type StandInScene } from '../support/ninox-deletion.ts';

const organizationId = 'organization-1';
const contacts = { team_id: company.team, database_id: company.crm, table_id: 'B' };
const creation = {
  tool: 'ninox_create_records',
  args: { ...contacts, records: [{ fields: { 'First name': 'Ada' } }] },
};
const update = { tool: 'ninox_update_record', args: { ...contacts, record_id: '5', fields: { Note: 'Moved' } } };
const deletion = { tool: 'ninox_delete_records', args: { ...contacts, record_ids: ['12', '31'] } };
const cases = [
  ['a creation', creation],
  ['an update', update],
  ['a deletion of several', deletion],
] as const;
type Ask = (typeof cases)[number][1];
const withoutAsking = runOf({
  approvals: { ninox_create_records: 'auto', ninox_update_record: 'auto', ninox_delete_records: 'auto' },
});

let guarded: GuardedNinox;
let ninox: StandInScene;
beforeEach(async () => {
  guarded = await openGuardedNinox();
  ninox = await openStandIn();
  const connection = connectionTo(ninox.baseUrl);
  guarded.scene.connection = { ...connection, grant: { scopes: [...scopes], limits: {} } };
});
afterEach(async () => {
  await guarded.close();
  await ninox.standIn.close();
});

const changesSent = () => ninox.requests().filter((request) => !request.startsWith('GET'));
const actions = async () => (await guarded.rows()).map(({ action }) => action).reverse();
const call = (run: GuardedRun, { tool, args }: Ask) => guarded.call(run, tool, args);

async function ask({ tool, args }: Ask, run = runOf()) {
  const callId = randomUUID();
  const verdict = await guarded.ask(run, tool, { callId, args });
  if (verdict.type !== 'waiting') throw new Error(`It does not wait: ${JSON.stringify(verdict)}`);
  const approval = await approvalAt(verdict.approvalId);
  const goOn = async (): Promise<CallVerdict> => {
    const { id, hash } = approval;
    const decision = { organizationId, id, hash, status: 'approved', by: 'user-9', reason: null, more: null } as const;
    expect(await guarded.approvals.decide(decision)).toBe(true);
    return guarded.ask(run, tool, { callId, args, resumedWith: await approvalAt(id) });
  };
  return { callId, approval, goOn };
}

async function approvalAt(id: string): Promise<Approval> {
  const approval = await guarded.approvals.find(organizationId, id);
  if (approval === null) throw new Error('There is no such approval.');
  return approval;
}

/** What an undo of the call would do, with nothing but what the service has stored of it. */
async function undone(callId: string, { tool, args }: Ask) {
  const { connection } = guarded.scene;
  const prepared = guarded.catalog.findTool(tool)?.prepare(args);
  const snapshot = await guarded.effects.snapshot(organizationId, callId);
  if (connection === null || prepared?.ok !== true || snapshot === null) throw new Error('Nothing can be taken back.');
  const { undo } = prepared.change ?? {};
  const context: CallContext = { connection, signal: new AbortController().signal, allows: () => true };
  expect(await undo?.obstacle(context, snapshot.content)).toBeNull();
  return undo?.restore(context, snapshot.content);
}

describe.each(cases)('%s', (_name, asked) => {
  test('is looked up and asked for, and nothing is changed before that', async () => {
    const { approval } = await ask(asked);
    expect(changesSent()).toEqual([]);
    expect(approval).toMatchObject({ status: 'pending', question: { kind: 'call', arguments: asked.args } });
    expect(await actions()).toEqual(['tool.planned', 'approval.requested']);
  });

  test('once approved is sent once', async () => {
    const { goOn, callId, approval } = await ask(asked);
    expect(await goOn()).toMatchObject({ type: 'answered', result: { ok: true } });
    expect(changesSent()).toHaveLength(1);
    expect(await actions()).toEqual(['tool.planned', 'approval.requested', 'tool.intended', 'tool.succeeded']);
    expect((await approvalAt(approval.id)).status).toBe('used');
    expect(await guarded.effects.find(organizationId, callId)).toMatchObject({ state: 'succeeded', happened: true });
  });

  test('is taken back with what was stored of it', async () => {
    const before = JSON.stringify([...ninox.record('B', 5).fields]);
    const { goOn, callId } = await ask(asked);
    await goOn();
    await undone(callId, asked);
    expect(JSON.stringify([...ninox.record('B', 5).fields])).toBe(before);
    expect(ninox.table('B').records.size).toBe(40);
  });

  test('is not sent in a trial, whatever the policy says', async () => {
    const run = { ...withoutAsking, identity: { ...withoutAsking.identity, trial: true } };
    expect(await call(run, asked)).toMatchObject({ ok: true, output: { trial: true, wouldDo: expect.any(String) } });
    expect(changesSent()).toEqual([]);
    expect(await guarded.effects.isAnyUnsettled()).toBe(false);
  });

  test('whose answer is lost is not sent again, and its outcome is open', async () => {
    ninox.standIn.faults.set({ match: /\/records/, method: 'POST', kind: 'applied-then-cut' });
    ninox.standIn.faults.set({ match: /\/records/, method: 'PUT', kind: 'applied-then-cut' });
    ninox.standIn.faults.set({ match: /\/records/, method: 'DELETE', kind: 'applied-then-cut' });
    const { goOn, callId } = await ask(asked);
    expect(await goOn()).toMatchObject({ result: { ok: false, code: 'OUTCOME_UNKNOWN' } });
    expect(changesSent()).toHaveLength(1);
    expect(await guarded.effects.find(organizationId, callId)).toMatchObject({ state: 'outcome_unknown' });
  });

  test('is refused to a persona that may not, with nothing looked up', async () => {
    const run = runOf({ scopes: ['ninox:records:read'] });
    expect(await call(run, asked)).toMatchObject({ ok: false, code: 'TOOL_NOT_GRANTED' });
    expect(ninox.requests()).toEqual([]);
  });
});

test.each<[string, Ask, () => void]>([
  ['what it would overwrite', update, () => ninox.record('B', 5).fields.set('Note', 'Somebody else')],
  ['one of those it would delete', deletion, () => ninox.record('B', 31).fields.set('Note', 'Somebody else')],
])('where %s has changed since it was asked, nothing is sent and it is asked anew', async (_name, asked, move) => {
  const { goOn, approval } = await ask(asked);
  move();
  expect(await goOn()).toMatchObject({ result: { ok: false, code: 'APPROVAL_INVALID' } });
  expect(changesSent()).toEqual([]);
  expect((await approvalAt(approval.id)).status).toBe('void');
  const again = await ask(asked);
  expect(again.approval.hash).not.toBe(approval.hash);
  expect(await again.goOn()).toMatchObject({ result: { ok: true } });
});

test('a wrong field is told to the model before anybody is asked', async () => {
  const wrong = { tool: update.tool, args: { ...contacts, record_id: '5', fields: { Notes: 'x' } } };
  expect(await guarded.call(runOf(), wrong.tool, wrong.args)).toMatchObject({
    ok: false,
    code: 'UPSTREAM_INVALID',
    message: expect.stringContaining('There is no field “Notes”; near to it is “Note”.'),
  });
  expect(changesSent()).toEqual([]);
});

test('an update that changes nothing is answered with nobody asked and nothing sent', async () => {
  const same = { Newsletter: true };
  const result = await guarded.call(runOf(), update.tool, { ...contacts, record_id: '5', fields: same });
  expect(result).toMatchObject({ ok: true, output: { updated: false } });
  expect(changesSent()).toEqual([]);
});

test('more records than the persona may change in one call are refused', async () => {
  const run = runOf({ approvals: { ninox_delete_records: 'auto' }, effects: { ninox_delete_records: { rows: 1 } } });
  expect(await call(run, deletion)).toMatchObject({ ok: false, code: 'BUDGET_EXCEEDED' });
  expect(changesSent()).toEqual([]);
});

test('what came of a creation is stored once it is known, so that its undo knows the records', async () => {
  const { goOn, callId } = await ask(creation);
  expect((await guarded.effects.snapshot(organizationId, callId)) ?? null).toBeNull();
  await goOn();
  const snapshot = await guarded.effects.snapshot(organizationId, callId);
  expect(snapshot?.content).toMatchObject({ created: [{ id: '41' }] });
});
