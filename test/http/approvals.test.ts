import { expect, test } from 'vitest';
import type { ApprovalListView, ApprovalView } from '#channels/http/contract/approvals.ts';
import { type ApprovalApp, openApprovalApp } from '../support/approval-app.ts';
import { budgetQuestion, callQuestion, undoQuestion } from '../support/approvals.ts';

const later = () => new Date(Date.now() + 3_600_000);
const see = (app: ApprovalApp, who: string, id: string) => app.ask<ApprovalView>(who, `GET /api/v1/approvals/${id}`);

test('shows exactly what would happen, what the model said apart, and who may decide', async () => {
  await using app = await openApprovalApp();
  const asked = await app.add({ expiresAt: later(), approvers: ['mia', 'max'] });
  const { status, body } = await see(app, 'mia', asked.id);
  expect(status).toBe(200);
  const { plan, words, arguments: args } = callQuestion();
  expect(body).toEqual({
    id: asked.id,
    kind: 'call',
    status: 'pending',
    hash: asked.hash,
    tool: { name: 'ninox_delete_record', title: 'Delete a record' },
    persona: { id: 'clerk', name: 'Clerk' },
    requester: { id: 'mia', name: 'Mia' },
    connection: { id: 'connection-1', label: 'Main key' },
    conversationId: 'c1',
    callId: 'call-1',
    channel: 'web',
    arguments: args,
    plan,
    words,
    why: 'policy',
    askedFor: null,
    editor: null,
    budget: null,
    approvers: [
      { id: 'mia', name: 'Mia' },
      { id: 'max', name: 'Max' },
    ],
    fourEyes: false,
    mayDecide: true,
    mayNotBecause: null,
    createdAt: expect.any(String),
    expiresAt: asked.expiresAt.toISOString(),
    decidedBy: null,
    decidedAt: null,
    reason: null,
    more: null,
    replacedBy: null,
    outcome: null,
  });
  const byAda = (await see(app, 'ada', asked.id)).body;
  expect(byAda).toMatchObject({
    conversationId: null,
    mayDecide: false,
    mayNotBecause: expect.stringContaining('named'),
  });
  expect((await see(app, 'eve', asked.id)).status).toBe(404);
});

test('shows limits and undos as what they are, and how an approved call went', async () => {
  await using app = await openApprovalApp();
  const budget = await app.add({ expiresAt: later(), callId: null, question: budgetQuestion(), personaId: 'gone' });
  expect((await see(app, 'mia', budget.id)).body).toMatchObject({
    kind: 'budget',
    tool: { title: 'Delete a record' },
    persona: { id: 'gone', name: 'gone' },
    plan: null,
    arguments: null,
    budget: { name: 'effects_day', limit: 5, used: 5, more: 5 },
  });
  const wholeRun = budgetQuestion({ budget: 'steps', tool: null, title: null });
  const steps = await app.add({ expiresAt: later(), callId: null, question: wholeRun });
  expect((await see(app, 'mia', steps.id)).body).toMatchObject({ tool: null, callId: null });

  const [call, undo] = [
    await app.add({ expiresAt: later() }),
    await app.add({ expiresAt: later(), question: undoQuestion() }),
  ];
  app.effects.set('org call-1', { state: 'succeeded', happened: true, code: null });
  app.effects.set('undo org call-1', { state: 'failed', happened: false, code: 'UPSTREAM_NOT_FOUND' });
  for (const { id, hash } of [call, undo]) {
    await app.store.decide({
      organizationId: 'org',
      id,
      hash,
      status: 'approved',
      by: 'mia',
      reason: null,
      more: null,
    });
    expect((await see(app, 'mia', id)).body.outcome).toBeNull();
    await app.store.use({ organizationId: 'org', id, hash });
  }
  expect((await see(app, 'mia', call.id)).body).toMatchObject({
    status: 'used',
    mayDecide: false,
    mayNotBecause: null,
    outcome: { state: 'succeeded', happened: true, code: null },
  });
  expect((await see(app, 'mia', undo.id)).body).toMatchObject({ kind: 'undo', outcome: { state: 'failed' } });
});

test('lists are paged, by what waits and what is over', async () => {
  await using app = await openApprovalApp();
  const all = [];
  for (let turn = 0; turn < 5; turn += 1) all.push(await app.add({ expiresAt: later() }));
  await app.add({ expiresAt: later(), requesterId: 'max' });
  const over = all[2];
  if (over === undefined) throw new Error('There are five.');
  await app.ask('mia', `POST /api/v1/approvals/${over.id}/decision`, { decision: 'deny', hash: over.hash });
  const seen: string[] = [];
  let cursor = '';
  do {
    const { body } = await app.ask<ApprovalListView>('mia', `GET /api/v1/approvals?limit=3${cursor}`);
    seen.push(...body.items.map(({ id }) => id));
    cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
  } while (cursor !== '');
  expect(seen.sort()).toEqual(all.flatMap(({ id }) => (id === over.id ? [] : [id])).sort());
  const { body } = await app.ask<ApprovalListView>('mia', 'GET /api/v1/approvals?status=over');
  expect(body.items.map(({ id, status }) => [id, status])).toEqual([[over.id, 'denied']]);
  expect(await app.ask('mia', 'GET /api/v1/approvals?cursor=x')).toMatchObject({ status: 400 });
});

test('a decision takes a signed-in person who may, and exactly what was shown', async () => {
  await using app = await openApprovalApp();
  const asked = await app.add({ expiresAt: later() });
  const decide = (who: string, change: object = {}) =>
    app.ask(who, `POST /api/v1/approvals/${asked.id}/decision`, { decision: 'approve', hash: asked.hash, ...change });
  expect(await decide('nobody')).toMatchObject({ status: 401 });
  expect(await decide('key mia')).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  expect(await decide('ida')).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  expect(await decide('max')).toMatchObject({ status: 404 });
  expect(await decide('eve')).toMatchObject({ status: 404 });
  expect(await decide('mia', { hash: 'x' })).toMatchObject({ status: 400 });
  expect(await decide('mia', { decision: 'perhaps' })).toMatchObject({ status: 400 });
  expect(await decide('mia', { hash: '0'.repeat(64) })).toMatchObject({
    status: 409,
    body: { code: 'APPROVAL_INVALID', detail: 'What you saw has changed; look again, then decide.' },
  });
  const answer = await decide('mia', { reason: '  ' });
  expect(answer).toMatchObject({ status: 200, body: { status: 'approved', decidedBy: { name: 'Mia' }, reason: null } });
  expect(await decide('ada', { decision: 'deny' })).toMatchObject({
    status: 409,
    body: { detail: 'Mia has approved this already.' },
  });
});

test('changed arguments are answered as the approval that asks now', async () => {
  await using app = await openApprovalApp();
  const asked = await app.add({ expiresAt: later() });
  const change = (who: string) =>
    app.ask<ApprovalView>(who, `POST /api/v1/approvals/${asked.id}/arguments`, {
      hash: asked.hash,
      arguments: { record_id: '8' },
    });
  expect((await change('key mia')).status).toBe(403);
  expect((await change('max')).status).toBe(404);
  const { status, body } = await change('ada');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    status: 'pending',
    editor: { name: 'Ada' },
    requester: { name: 'Mia' },
    arguments: { record_id: '8' },
    askedFor: { as: 'before' },
    mayDecide: true,
  });
  expect((await see(app, 'mia', asked.id)).body).toMatchObject({ status: 'replaced', replacedBy: body.id });
});

test('counts what the caller may decide; a key reads and decides nothing', async () => {
  await using app = await openApprovalApp();
  await app.add({ expiresAt: later() });
  const count = async (who: string) => (await app.ask(who, 'GET /api/v1/approval-count')).body;
  expect(await count('mia')).toEqual({ pending: 1 });
  expect(await count('ida')).toEqual({ pending: 0 });
  expect(await count('key mia')).toEqual({ pending: 0 });
  expect((await app.ask<ApprovalListView>('key mia', 'GET /api/v1/approvals')).body.items).toMatchObject([
    { mayDecide: false, mayNotBecause: expect.stringContaining('signed in') },
  ]);
});

/** Reads server-sent events one by one. */
async function follow(app: ApprovalApp, who: string) {
  const leaving = new AbortController();
  const response = await app.fetch(who, '/api/v1/approval-events', { signal: leaving.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  /** The next one that fits; null at the end of the stream. */
  const next = async (fits: (event: string) => boolean): Promise<string | null> => {
    for (;;) {
      const [event, ...rest] = text.split('\n\n');
      if (rest.length > 0) {
        text = rest.join('\n\n');
        if (fits(event ?? '')) return event ?? '';
        continue;
      }
      const { done, value } = await reader.read();
      if (done) return null;
      text += value;
    }
  };
  return {
    next,
    count: () => next((event) => event.startsWith('event: approvals')),
    leave: () => leaving.abort(),
  };
}
const pending = (count: number) => `event: approvals\ndata: {"pending":${count}}`;

test('whoever follows is told at the beginning, and of changes here and by another process', async () => {
  await using app = await openApprovalApp();
  await using other = await openApprovalApp({ beside: app });
  const asked = await app.add({ expiresAt: later() });
  const mia = await follow(app, 'mia');
  const eve = await follow(app, 'eve');
  expect(await mia.count()).toBe(pending(1));
  expect(await eve.count()).toBe(pending(0));
  await other.add({ expiresAt: later() });
  expect(await mia.count()).toBe(pending(2));
  await app.ask('mia', `POST /api/v1/approvals/${asked.id}/decision`, { decision: 'deny', hash: asked.hash });
  expect(await mia.count()).toBe(pending(1));
  // Nothing of it reaches another organization, whose stream is alive all the same.
  expect(await eve.next(() => true)).toBe(': keep-alive');
  mia.leave();
  eve.leave();
});

test('the stream ends with the session, with the right to read, and when the service stops', async () => {
  await using app = await openApprovalApp();
  const mia = await follow(app, 'mia');
  const max = await follow(app, 'max');
  const ada = await follow(app, 'ada');
  for (const person of [mia, max, ada]) expect(await person.count()).toBe(pending(0));
  app.scene.signedOut.add('mia');
  await app.add({ expiresAt: later() });
  app.feed.changed('org');
  expect(await mia.next((event) => event.startsWith('event'))).toBeNull();
  // Without any change it is noticed as well.
  app.scene.signedOut.add('max');
  expect(await max.next((event) => event === 'never')).toBeNull();
  app.feed.close();
  expect(await ada.next((event) => event === 'never')).toBeNull();
  const late = await app.fetch('ada', '/api/v1/approval-events');
  expect(await late.text()).toBe('');
});

test('one person follows in so many places and no more, until they close one; others are not kept out', async () => {
  await using app = await openApprovalApp();
  const leaving = new AbortController();
  const follow = (who: string, signal = leaving.signal) => app.fetch(who, '/api/v1/approval-events', { signal });
  const one = new AbortController();
  await follow('mia', one.signal);
  await Promise.all(Array.from({ length: 29 }, () => follow('mia')));
  const refused = await follow('mia');
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED' });
  expect((await follow('ada')).status).toBe(200);
  one.abort();
  await expect.poll(async () => (await follow('mia')).status).toBe(200);
  leaving.abort();
});
