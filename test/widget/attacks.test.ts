import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { doubleContact } from '../support/ninox-deletion.ts';
import { openWidgetApp, type Who, type WidgetApp } from '../support/widget-app.ts';
import { bootedToken, newKey, newVisitor, newWidget, type SharedKey, signIdentity } from '../support/widget-scene.ts';

/* What somebody tries who runs the site, holds its key, or only visits it. */

let app: WidgetApp;
beforeAll(async () => {
  app = await openWidgetApp({
    decide: (step, message) => {
      const [, record] = /^Delete (\d+)$/.exec(message) ?? [];
      if (record === undefined) return { text: `You said: ${message}` };
      if (step > 1) return { text: 'Over.' };
      return { tool: 'ninox_delete_record', input: { ...doubleContact, record_id: record } };
    },
  });
});
afterAll(() => app[Symbol.asyncDispose]());

const nothingThere = { status: 404, body: { code: 'NOT_FOUND' } };

/** Somebody who can sign as anybody on the widget. */
async function openSite() {
  const id = await newWidget(app);
  const key = await newKey(app, id);
  return { id, as: async (sub: string) => visitorOf(id, key, sub) };
}

async function visitorOf(id: string, key: SharedKey, sub: string) {
  return app.visitor(await bootedToken(app, id), await signIdentity(key, id, { sub, name: sub }));
}

async function linked(site: Awaited<ReturnType<typeof openSite>>, who: Who) {
  const visitor = await site.as(`customer ${who}`);
  const { code } = await app.outside.links.makeCode(await app.actorOf(who));
  const answer = await visitor.send('POST link', { code });
  if (answer.status !== 200) throw new Error(answer.text);
  return visitor;
}

/** What a person asks for in the console, until it waits for a decision. */
async function askInConsole(who: Who, record: string) {
  const actor = await app.actorOf(who);
  const start = { actor, channel: 'web', conversationId: randomUUID(), personaId: 'helper' } as const;
  const run = await app.agent.runs.start({ ...start, messageId: randomUUID(), text: `Delete ${record}` });
  await run.done;
  const [approval] = await app.agent.approvals.list(actor, { status: 'pending', after: null, limit: 1 });
  if (approval === undefined) throw new Error('Nothing is asked.');
  return approval;
}

test('whoever can sign for a linked owner decides on nothing that was asked elsewhere', async () => {
  const owner = await linked(await openSite(), 'olga');
  for (const who of ['olga', 'mia'] as const) {
    const { id, hash } = await askInConsole(who, '12');
    expect(await owner.send(`GET approvals/${id}`)).toMatchObject(nothingThere);
    const decision = { decision: 'approve', hash };
    expect(await owner.send(`POST approvals/${id}/decision`, decision)).toMatchObject(nothingThere);
    const olga = await app.actorOf('olga');
    expect(await app.agent.approvals.find(olga, id)).toMatchObject({ status: 'pending' });
    await app.agent.approvals.decide(olga, { id, decision: 'deny', hash, reason: null, more: null });
  }
});

test('nor takes back what was done elsewhere', async () => {
  const owner = await linked(await openSite(), 'olga');
  const { id, hash, callId } = await askInConsole('mia', '12');
  const olga = await app.actorOf('olga');
  await app.agent.approvals.decide(olga, { id, decision: 'approve', hash, reason: null, more: null });
  await eventually(
    async () =>
      (await app.agent.undo.view(olga, String(callId)).catch(() => null))?.undo.possible === true ? true : null,
    { why: () => 'It is not deleted.' },
  );
  expect(await owner.send(`GET effects/${callId}`)).toMatchObject(nothingThere);
  expect(await owner.send(`POST effects/${callId}/undo`)).toMatchObject(nothingThere);
  expect((await app.agent.undo.view(olga, String(callId))).undo.state).toBe('none');
  await app.agent.undo.undo(olga, String(callId));
});

test('nor in one widget on what was asked in another', async () => {
  const [here, there] = [await linked(await openSite(), 'mia'), await linked(await openSite(), 'mia')];
  const asked = await here.say('Delete 11');
  const [, approvalId = ''] = /"approvalId":"([^"]+)"/.exec(asked.text) ?? [];
  expect(await there.send(`GET approvals/${approvalId}`)).toMatchObject(nothingThere);
  expect(await here.send(`GET approvals/${approvalId}`)).toMatchObject({ status: 200 });
});

test('the record says that it was decided, taken back and linked in the widget', async () => {
  const mia = await linked(await openSite(), 'mia');
  const asked = await mia.say('Delete 11');
  const [, approvalId = ''] = /"approvalId":"([^"]+)"/.exec(asked.text) ?? [];
  const { hash, callId } = (await mia.send(`GET approvals/${approvalId}`)).body;
  await mia.send(`POST approvals/${approvalId}/decision`, { decision: 'approve', hash });
  const undo = async () => ((await mia.send(`POST effects/${String(callId)}/undo`)).status === 200 ? true : null);
  await eventually(undo, { why: () => 'It is not taken back.' });
  const { items } = await app.audit.list({ organizationId: 'org', limit: 50 });
  const channelOf = (action: string) => items.find((event) => event.action === action)?.channel;
  for (const action of ['visitor.linked', 'approval.approved', 'undo.intended', 'undo.succeeded']) {
    expect([action, channelOf(action)]).toEqual([action, 'widget']);
  }
});

test('visitors who have said nothing leave nothing behind for long, however often they leave', async () => {
  const id = await newWidget(app);
  const leave = async (...texts: readonly string[]) => {
    await app.db.query.delete(app.db.tables.endedTokens);
    const visitor = await newVisitor(app, id);
    for (const text of texts) await visitor.say(text);
    expect((await visitor.send('POST logout')).status).toBe(200);
    expect((await visitor.send('GET session')).body.code).toBe('VISITOR_INVALID');
    const [row] = await app.db.query.select().from(app.db.tables.endedTokens);
    return ((row?.expiresAt.getTime() ?? 0) - Date.now()) / 60_000;
  };
  expect(await leave()).toBeLessThan(20);
  expect(await leave('Hello')).toBeGreaterThan(30 * 24 * 60);
});
