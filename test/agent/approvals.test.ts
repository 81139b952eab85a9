import { expect, test } from 'vitest';
import { hashQuestion } from '#agent/approvals/approval.ts';
import type { NewApproval } from '#agent/approvals/approval-store.ts';
import type { DecisionRequest } from '#agent/approvals/decide-approval.ts';
import { inArray } from '#db/drizzle.ts';
import { type ApprovalApp, openApprovalApp, type Who } from '../support/approval-app.ts';
import { budgetQuestion, callQuestion, undoQuestion } from '../support/approvals.ts';

const later = () => new Date(Date.now() + 3_600_000);
const request = (asked: Pick<NewApproval, 'id' | 'hash'>, change: Partial<DecisionRequest> = {}) => ({
  id: asked.id,
  hash: asked.hash,
  decision: 'approve' as const,
  reason: null,
  more: null,
  ...change,
});
const decide = async (app: ApprovalApp, who: Who, asked: NewApproval, change: Partial<DecisionRequest> = {}) =>
  app.service.decide(await app.actorOf(who), request(asked, change));
const actionsOf = async (app: ApprovalApp) => (await app.recorded()).map(({ action }) => action);

test('a decision is stored with who made it and a row beside the call, and the run goes on', async () => {
  await using app = await openApprovalApp();
  const asked = await app.add({ expiresAt: later() });
  const decided = await decide(app, 'mia', asked, { reason: 'It is old.' });
  expect(decided).toMatchObject({ status: 'approved', decidedBy: 'mia', reason: 'It is old.', more: null });
  await app.service.settled();
  expect(app.resumed).toEqual(['org run-1']);
  const [row] = await app.recorded();
  expect(row).toMatchObject({
    action: 'approval.approved',
    actorKind: 'user',
    actorId: 'mia',
    channel: 'web',
    conversationId: 'c1',
    runId: 'run-1',
    callId: 'call-1',
    tool: 'ninox_delete_record',
    connectionId: 'connection-1',
    personaId: 'clerk',
    personaVersion: 'v1',
    arguments: { record_id: '7' },
    details: { approval: asked.id, hash: asked.hash, summary: 'Delete 1 record from Customers', reason: 'It is old.' },
  });
});

test('of a hundred who click at once in two processes one decides, is recorded and takes the run up', async () => {
  await using app = await openApprovalApp();
  await using other = await openApprovalApp({ beside: app });
  const asked = await app.add({ expiresAt: later() });
  const people = ['mia', 'ada', 'olga'] as const;
  const clicks = Array.from({ length: 100 }, (_, turn) =>
    decide(turn % 2 === 0 ? app : other, people[turn % 3] ?? 'mia', asked, {
      decision: turn % 5 === 0 ? 'deny' : 'approve',
    }).then(
      () => 'decided',
      (error: { code: string }) => error.code,
    ),
  );
  const answers = new Set(await Promise.all(clicks));
  await Promise.all([app.service.settled(), other.service.settled()]);
  expect([...answers].sort()).toEqual(['APPROVAL_INVALID', 'decided']);
  expect([...app.resumed, ...other.resumed]).toEqual(['org run-1']);
  expect(await app.recorded()).toHaveLength(1);
});

test('the same decision twice changes nothing; another one is told who was first', async () => {
  await using app = await openApprovalApp();
  const asked = await app.add({ expiresAt: later() });
  const first = await decide(app, 'ada', asked);
  expect(await decide(app, 'ada', asked)).toEqual(first);
  await app.store.use(asked);
  expect(await decide(app, 'ada', asked)).toMatchObject({ status: 'used' });
  const refused = (message: string) => ({ code: 'APPROVAL_INVALID', status: 409, message });
  const approved = refused('Ada has approved this already.');
  await expect(decide(app, 'ada', asked, { decision: 'deny' })).rejects.toMatchObject(approved);
  await expect(decide(app, 'mia', asked)).rejects.toMatchObject(approved);
  const denied = await app.add({ expiresAt: later() });
  await decide(app, 'mia', denied, { decision: 'deny', reason: 'wrong record' });
  await expect(decide(app, 'mia', denied)).rejects.toMatchObject(
    refused('Mia has denied this already: “wrong record”.'),
  );
  expect(await actionsOf(app)).toEqual(['approval.approved', 'approval.denied']);
});

test('what is over cannot be decided, and why is said', async () => {
  let now = Date.now();
  await using app = await openApprovalApp({ now: () => now });
  const expiresAt = later();
  const [moved, withdrawn, late, seen] = [
    await app.add({ expiresAt }),
    await app.add({ expiresAt }),
    await app.add({ expiresAt }),
    await app.add({ expiresAt }),
  ];
  const end = { organizationId: 'org', reason: 'The record has changed.' };
  await app.store.end({ ...end, id: moved.id, status: 'void' });
  await app.store.end({ ...end, id: withdrawn.id, status: 'withdrawn' });
  const refused = (message: RegExp) => ({ code: 'APPROVAL_INVALID', message: expect.stringMatching(message) });
  await expect(decide(app, 'mia', moved)).rejects.toMatchObject(refused(/over: The record has changed/));
  await expect(decide(app, 'mia', withdrawn)).rejects.toMatchObject(refused(/was stopped/));
  const altered = seen.hash.replace(/^./, (first) => (first === '0' ? '1' : '0'));
  await expect(decide(app, 'mia', seen, { hash: altered })).rejects.toMatchObject(refused(/what you saw has changed/i));
  now = expiresAt.getTime();
  await expect(decide(app, 'mia', late)).rejects.toMatchObject(refused(/expired/));
  expect(await app.recorded()).toEqual([]);
  expect(app.resumed).toEqual([]);
});

test('who may not see it finds nothing, who may not decide is told why, and the role of now counts', async () => {
  await using app = await openApprovalApp();
  const asked = await app.add({ expiresAt: later() });
  await expect(decide(app, 'max', asked)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(decide(app, 'eve', asked)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(decide(app, 'ida', asked)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(decide(app, 'mia', { ...asked, id: 'unknown' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const fourEyes = await app.add({ expiresAt: later(), fourEyes: true });
  await expect(decide(app, 'mia', fourEyes)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const ada = await app.actorOf('ada');
  await app.organizations.setRole('org', 'ada', 'auditor');
  await expect(app.service.decide(ada, request(asked))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await app.organizations.removeMember('org', 'ada');
  await expect(app.service.decide(ada, request(asked))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await app.store.find('org', asked.id)).toMatchObject({ status: 'pending' });
});

test('who decides on a limit says how many more, at most what was asked for', async () => {
  await using app = await openApprovalApp();
  const budget = (more: number) =>
    app.add({ expiresAt: later(), callId: null, managersOnly: true, question: budgetQuestion({ more }) });
  const [first, second, third] = [await budget(5), await budget(6), await budget(7)];
  await expect(decide(app, 'mia', first)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(decide(app, 'ada', first, { more: 6 })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  expect(await decide(app, 'ada', first, { more: 2 })).toMatchObject({ status: 'approved', more: 2 });
  expect(await decide(app, 'ada', second)).toMatchObject({ status: 'approved', more: 6 });
  expect(await decide(app, 'ada', third, { decision: 'deny' })).toMatchObject({ status: 'denied', more: null });
  const call = await app.add({ expiresAt: later() });
  await expect(decide(app, 'mia', call, { more: 1 })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  await app.service.settled();
  expect(app.resumed).toHaveLength(3);
});

test('an approved undo is done and no run is taken up; a denied one is not done', async () => {
  await using app = await openApprovalApp();
  const [done, denied] = [
    await app.add({ expiresAt: later(), question: undoQuestion() }),
    await app.add({ expiresAt: later(), question: undoQuestion() }),
  ];
  await decide(app, 'mia', done);
  await decide(app, 'mia', denied, { decision: 'deny' });
  await app.service.settled();
  expect(app.undone).toEqual([`${done.id} approved`]);
  expect(app.resumed).toEqual([]);
});

test('an undo whose process was lost after its approval is taken up again', async () => {
  let now = Date.now();
  await using app = await openApprovalApp({ now: () => now });
  const undo = await app.add({ expiresAt: later(), question: undoQuestion() });
  const decision = { organizationId: 'org', id: undo.id, hash: undo.hash, by: 'mia', reason: null, more: null };
  await app.store.decide({ ...decision, status: 'approved' });
  await app.service.takeUpUndos();
  await app.service.settled();
  expect(app.undone).toEqual([]);
  now += 61_000;
  await app.service.takeUpUndos();
  await app.service.settled();
  expect(app.undone).toEqual([`${undo.id} approved`]);
});

test('a run that cannot be taken up takes nothing back from the decision', async () => {
  await using app = await openApprovalApp();
  app.scene.resume = () => Promise.reject(new Error('no model'));
  const asked = await app.add({ expiresAt: later() });
  expect(await decide(app, 'mia', asked)).toMatchObject({ status: 'approved' });
  await app.service.settled();
  expect(await app.store.find('org', asked.id)).toMatchObject({ status: 'approved' });
});

test('changed arguments are planned anew and asked in the place of the old ones', async () => {
  await using app = await openApprovalApp();
  const asked = await app.add({ expiresAt: later(), approvers: ['mia', 'max'], fourEyes: false });
  const mia = await app.actorOf('mia');
  const change = { id: asked.id, hash: asked.hash, arguments: { record_id: '8' } };
  const next = await app.service.changeArguments(mia, change);
  expect(next).toMatchObject({
    status: 'pending',
    editorId: 'mia',
    requesterId: 'mia',
    approvers: ['mia', 'max'],
    expiresAt: asked.expiresAt,
    question: { arguments: { record_id: '8' }, askedFor: { as: 'before' } },
  });
  expect(next.hash).not.toBe(asked.hash);
  expect(await app.store.find('org', asked.id)).toMatchObject({ status: 'replaced', replacedBy: next.id });
  await expect(decide(app, 'mia', asked)).rejects.toMatchObject({ code: 'APPROVAL_INVALID' });
  await expect(app.service.changeArguments(mia, change)).rejects.toMatchObject({ code: 'APPROVAL_INVALID' });
  expect(app.resumed).toEqual([]);
  expect(await app.recorded()).toMatchObject([
    {
      action: 'approval.edited',
      actorId: 'mia',
      arguments: { record_id: '8' },
      details: { approval: asked.id, replacedBy: next.id, hash: next.hash, before: { hash: asked.hash } },
    },
  ]);
  expect(await decide(app, 'max', { ...asked, ...next })).toMatchObject({ status: 'approved' });
});

test('arguments that the rules refuse change nothing, and neither do the same ones', async () => {
  await using app = await openApprovalApp();
  const asked = await app.add({ expiresAt: later() });
  const mia = await app.actorOf('mia');
  const change = (hash = asked.hash) =>
    app.service.changeArguments(mia, { id: asked.id, hash, arguments: { record_id: '..' } });
  app.scene.replan = async () => ({ ok: false, problem: 'record_id: must be a number.' });
  await expect(change()).rejects.toMatchObject({ code: 'INPUT_INVALID', message: 'record_id: must be a number.' });
  app.scene.replan = async () => ({ ok: true, question: callQuestion({ askedFor: 'other' }) });
  expect(await change()).toMatchObject({ id: asked.id, status: 'pending' });
  await expect(change('0'.repeat(64))).rejects.toMatchObject({ code: 'APPROVAL_INVALID' });
  const budget = await app.add({ expiresAt: later(), question: budgetQuestion() });
  const wrong = { id: budget.id, hash: budget.hash, arguments: {} };
  await expect(app.service.changeArguments(mia, wrong)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  const foreign = { id: asked.id, hash: asked.hash, arguments: {} };
  const eve = await app.actorOf('eve');
  await expect(app.service.changeArguments(eve, foreign)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const max = await app.actorOf('max');
  await expect(app.service.changeArguments(max, foreign)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await app.recorded()).toEqual([]);
});

test('under four eyes whoever changes the arguments cannot approve them, so somebody else must be there', async () => {
  await using app = await openApprovalApp();
  const ada = await app.actorOf('ada');
  const asked = await app.add({ expiresAt: later(), fourEyes: true });
  const next = await app.service.changeArguments(ada, { ...asked, arguments: { record_id: '8' } });
  await expect(app.service.decide(ada, request(next))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(await app.service.decide(await app.actorOf('olga'), request(next))).toMatchObject({ status: 'approved' });
  const alone = await app.add({ expiresAt: later(), fourEyes: true, approvers: ['ada'] });
  const change = app.service.changeArguments(ada, { ...alone, arguments: { record_id: '9' } });
  await expect(change).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await app.store.find('org', alone.id)).toMatchObject({ status: 'pending' });
});

test('what nobody decides expires once over two processes, is recorded, and its run goes on', async () => {
  let now = Date.now();
  await using app = await openApprovalApp({ now: () => now });
  await using other = await openApprovalApp({ beside: app, now: () => now });
  const expiresAt = later();
  const asked = await app.add({ expiresAt });
  const undo = await app.add({ expiresAt, question: undoQuestion() });
  const kept = await app.add({ expiresAt: new Date(expiresAt.getTime() + 1), runId: 'run-2' });
  expect(await app.service.expireDue()).toBe(0);
  now = expiresAt.getTime();
  const ended = await Promise.all([app, other, app, other].map(({ service }) => service.expireDue()));
  await Promise.all([app.service.settled(), other.service.settled()]);
  expect(ended.reduce((sum, count) => sum + count)).toBe(2);
  expect([...app.resumed, ...other.resumed]).toEqual(['org run-1']);
  expect(await app.store.find('org', asked.id)).toMatchObject({ status: 'expired', decidedBy: null });
  expect(await app.store.find('org', undo.id)).toMatchObject({ status: 'expired' });
  expect(await app.store.find('org', kept.id)).toMatchObject({ status: 'pending' });
  const expired = { action: 'approval.expired', actorKind: 'schedule', actorId: 'service', callId: 'call-1' };
  expect(await app.recorded()).toMatchObject([expired, expired]);
});

test('even what cannot be read any more expires', async () => {
  let now = Date.now();
  await using app = await openApprovalApp({ now: () => now });
  const asked = await app.add({ expiresAt: later() });
  await app.db.query.update(app.db.tables.approvals).set({ body: 'damaged' });
  now = asked.expiresAt.getTime();
  expect(await app.service.expireDue()).toBe(1);
  await app.service.settled();
  expect(app.resumed).toEqual(['org run-1']);
  expect(await actionsOf(app)).toEqual(['approval.expired']);
});

test('what waits for a connection falls with it', async () => {
  await using app = await openApprovalApp();
  const [pending, approved, undo, elsewhere] = [
    await app.add({ expiresAt: later() }),
    await app.add({ expiresAt: later(), runId: 'run-2' }),
    await app.add({ expiresAt: later(), runId: 'run-3', question: undoQuestion() }),
    await app.add({ expiresAt: later(), runId: 'run-4', connectionId: 'connection-2' }),
  ];
  const decision = { organizationId: 'org', id: approved.id, hash: approved.hash, by: 'mia', reason: null, more: null };
  await app.store.decide({ ...decision, status: 'approved' });
  await app.service.fallOfConnection('org', 'connection-1');
  await app.service.fallOfConnection('org', 'connection-1');
  await app.service.settled();
  for (const { id } of [pending, approved, undo]) {
    expect(await app.store.find('org', id)).toMatchObject({ status: 'void' });
  }
  expect(await app.store.find('org', elsewhere.id)).toMatchObject({ status: 'pending' });
  expect(await app.store.use(approved)).toBe(false);
  expect(app.resumed.sort()).toEqual(['org run-1', 'org run-2']);
  expect(await actionsOf(app)).toEqual(Array(3).fill('approval.fell'));
});

test('each sees and counts what is theirs', async () => {
  await using app = await openApprovalApp();
  await app.add({ expiresAt: later() });
  await app.add({ expiresAt: later(), requesterId: 'max', approvers: ['mia'] });
  await app.add({ expiresAt: later(), requesterId: 'max', fourEyes: true });
  await app.add({ expiresAt: later(), requesterId: 'ada', managersOnly: true });
  const foreign = await app.add({ expiresAt: later(), organizationId: 'other', requesterId: 'eve' });
  const counts: Record<string, unknown> = {};
  for (const who of ['mia', 'max', 'ada', 'olga', 'ida', 'eve'] as const) {
    const actor = await app.actorOf(who);
    const seen = await app.service.list(actor, { status: 'pending', after: null, limit: 10 });
    counts[who] = [seen.length, await app.service.pendingCount(actor)];
  }
  expect(counts).toEqual({ mia: [2, 2], max: [2, 0], ada: [4, 3], olga: [4, 3], ida: [4, 0], eve: [1, 1] });
  await expect(app.service.find(await app.actorOf('olga'), foreign.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('an approval that cannot be read any more holds up nothing: it is listed, denied, and lets nothing through', async () => {
  await using app = await openApprovalApp();
  const [lost, other] = [await app.add({ expiresAt: later() }), await app.add({ expiresAt: later() })];
  const limit = await app.add({ expiresAt: later(), question: budgetQuestion({ budget: 'effects_run' }) });
  const { approvals } = app.db.tables;
  await app.db.query
    .update(approvals)
    .set({ body: 'altered' })
    .where(inArray(approvals.id, [lost.id, limit.id]));
  const mia = await app.actorOf('mia');
  const listed = await app.service.list(mia, { status: 'pending', after: null, limit: 10 });
  expect(new Set(listed.map(({ id }) => id))).toEqual(new Set([lost.id, other.id, limit.id]));
  const found = await app.service.find(mia, lost.id);
  expect(found.question).toMatchObject({ kind: 'call', arguments: null, plan: { count: 0 } });
  expect(hashQuestion(found.question)).not.toBe(found.hash);
  for (const unread of [lost, limit]) {
    await expect(decide(app, 'mia', unread)).rejects.toMatchObject({ code: 'APPROVAL_INVALID' });
  }
  expect(await decide(app, 'mia', lost, { decision: 'deny' })).toMatchObject({ status: 'denied' });
  expect(await app.store.ofRun('org', 'run-1')).toHaveLength(3);
});

test('what others ask, however much, does not crowd out what one may decide oneself', async () => {
  await using app = await openApprovalApp();
  const body = 'not read';
  const { approvals } = app.db.tables;
  const first = await app.add({ expiresAt: later(), requesterId: 'max' });
  const row = await app.rows.find({ organizationId: 'org', id: first.id });
  const others = Array.from({ length: 1000 }, (_, turn) => ({ ...row, id: `other-${turn}`, body }));
  while (others.length > 0) await app.db.query.insert(approvals).values(others.splice(0, 100) as never);
  await app.add({ expiresAt: later(), requesterId: 'mia' });
  await app.add({ expiresAt: later(), requesterId: 'max', approvers: ['mia'] });
  expect(await app.service.pendingCount(await app.actorOf('mia'))).toBe(2);
});
