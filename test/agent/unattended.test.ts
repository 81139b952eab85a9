import { afterEach, beforeEach, expect, test } from 'vitest';
import type { GuardedRun } from '#agent/guarded-call.ts';
import type { MandateRule, MandateStore } from '#agent/mandates.ts';
import { createMandateRepository, type NewMandate } from '#db/repositories/mandates.ts';
import type { Persona } from '#personas/persona-schema.ts';
import { type GuardedNinox, openGuardedNinox, record, runOf } from '../support/guarded-ninox.ts';

const organizationId = 'organization-1';
const deletion = 'ninox_delete_record';
const otherTable = `${record.database_id}/Z`;
const hour = 3_600_000;

let guarded: GuardedNinox;
let rule: MandateRule;
beforeEach(async () => {
  guarded = await openGuardedNinox();
  rule = 'pre_approved';
});
afterEach(() => guarded.close());

/** What the job was told, kept in the database as it is in the service. */
function mandates(): MandateStore {
  const rows = createMandateRepository(guarded.db);
  return {
    ruleOf: async () => rule,
    async inForce(question) {
      return (await rows.inForce(question)).map((row) => ({ ...row, limits: row.limits as object }));
    },
    use: (use) => rows.use(use),
  };
}

function give(change: Partial<NewMandate> = {}) {
  return createMandateRepository(guarded.db).insert({
    organizationId,
    id: 'mandate-1',
    jobId: 'job-1',
    tool: deletion,
    limits: {},
    count: 2,
    afterOutsideText: false,
    expiresAt: new Date(Date.now() + hour),
    givenBy: 'user-1',
    givenAt: new Date(),
    ...change,
  });
}

/** A run that a job has started. */
function jobRun(front: object = {}, change: Partial<GuardedRun['identity']> = {}): GuardedRun {
  const run = runOf(front);
  const identity = { ...run.identity, channel: 'job', place: 'job-1', jobRunId: 'job-run-1', ...change };
  return { ...run, identity };
}

const deps = (running: Persona) => ({ ...guarded.deps(running), mandates: mandates() });
const ask = (run: GuardedRun, args: object = record) => guarded.ask(run, deletion, { args, deps });
const actions = async () => (await guarded.rows()).map(({ action }) => action).reverse();

test('a standing approval lets a call through, and its row says which one', async () => {
  await give();
  expect(await ask(jobRun())).toMatchObject({ type: 'answered', result: { ok: true } });
  expect(guarded.deletes()).toBe(1);
  const intent = (await guarded.rows()).find(({ action }) => action === 'tool.intended');
  expect(JSON.stringify(await guarded.audit.find(organizationId, intent?.id ?? ''))).toContain('mandate-1');
});

test('it holds for as many records as it says, and a person is asked for the next', async () => {
  await give();
  for (let call = 0; call < 2; call += 1) expect(await ask(jobRun())).toMatchObject({ type: 'answered' });
  expect(await ask(jobRun())).toMatchObject({ type: 'waiting' });
  expect(guarded.deletes()).toBe(2);
});

test('of many calls at once no more go through than it holds', async () => {
  await give({ count: 3 });
  const verdicts = await Promise.all(Array.from({ length: 12 }, () => ask(jobRun())));
  expect(guarded.deletes()).toBe(3);
  expect(verdicts.filter(({ type }) => type === 'waiting')).toHaveLength(9);
});

test.each([
  ['is over', { expiresAt: new Date(Date.now() - 1) }],
  ['is for another tool', { tool: 'ninox_get_team' }],
  ['is another job’s', { jobId: 'job-2' }],
  ['is another organization’s', { organizationId: 'organization-2' }],
  ['is for other tables', { limits: { tables: [otherTable] } }],
])('one that %s lets nothing through', async (_what, change) => {
  await give(change);
  expect(await ask(jobRun())).toMatchObject({ type: 'waiting' });
  expect(guarded.deletes()).toBe(0);
});

test('after text from outside only one that says so counts', async () => {
  await give();
  const tainted = () => {
    const run = jobRun();
    run.ledger.outsideText = 'the payload of an event';
    return run;
  };
  expect(await ask(tainted())).toMatchObject({ type: 'waiting' });
  await give({ id: 'mandate-2', afterOutsideText: true });
  expect(await ask(tainted())).toMatchObject({ type: 'answered', result: { ok: true } });
});

test('whoever may not decide on the tool cannot have decided in advance', async () => {
  await give();
  const named = { approvers: { [deletion]: { people: ['user-2'] } } };
  expect(await ask(jobRun(named))).toMatchObject({ type: 'waiting' });
  const fourEyes = { approvers: { [deletion]: { fourEyes: true } } };
  expect(await ask(jobRun(fourEyes))).toMatchObject({ type: 'waiting' });
  await give({ id: 'mandate-2', givenBy: 'user-2' });
  expect(await ask(jobRun(named))).toMatchObject({ type: 'answered', result: { ok: true } });
});

test('it does not go beyond what the persona may do, or how much', async () => {
  await give({ count: 100 });
  const denied = { approvals: { [deletion]: 'deny' } };
  expect(await ask(jobRun(denied))).toMatchObject({ result: { ok: false, code: 'APPROVAL_DENIED' } });
  const limited = { limits: { tables: [otherTable] } };
  expect(await ask(jobRun(limited))).toMatchObject({ result: { ok: false, code: 'RESOURCE_NOT_GRANTED' } });
  const budget = { effects: { [deletion]: { run: 1 } } };
  expect(await ask(jobRun(budget))).toMatchObject({ result: { ok: true } });
  expect(await ask(jobRun(budget))).toMatchObject({ type: 'waiting' });
});

test('a run that nobody has a job for is asked about, whatever stands approved', async () => {
  await give();
  expect(await ask(runOf())).toMatchObject({ type: 'waiting' });
});

test('told to deny, it is refused instead of waiting; told to park, it waits', async () => {
  rule = 'deny';
  await give();
  expect(await ask(jobRun())).toMatchObject({ type: 'answered', result: { ok: false, code: 'APPROVAL_DENIED' } });
  expect(await actions()).toEqual(['tool.planned', 'tool.denied']);
  rule = 'park';
  expect(await ask(jobRun())).toMatchObject({ type: 'waiting' });
  expect(guarded.deletes()).toBe(0);
});

test('a trial plans every change and sends none, whatever the policy and the mandates say', async () => {
  await give();
  for (const policy of ['auto', 'ask'] as const) {
    const run = jobRun({ approvals: { [deletion]: policy } }, { trial: true });
    const verdict = await ask(run);
    expect(verdict).toMatchObject({
      type: 'answered',
      result: { ok: true, output: { trial: true, wouldDo: 'Delete 1 record from Customers', records: 1 } },
    });
    // What the record holds is for people: the persona may not be one that reads records.
    expect(JSON.stringify(verdict)).not.toContain('Anna');
  }
  expect(guarded.deletes()).toBe(0);
  expect(await actions()).toEqual(['tool.planned', 'tool.tried', 'tool.planned', 'tool.tried']);
});

test('in a trial nobody is asked: a call that only reads is refused where the policy asks', async () => {
  const run = jobRun({ approvals: { ninox_list_teams: 'ask' } }, { trial: true });
  const verdict = await guarded.ask(run, 'ninox_list_teams', { args: {}, deps });
  expect(verdict).toMatchObject({ type: 'answered', result: { ok: false, code: 'APPROVAL_REQUIRED' } });
});
