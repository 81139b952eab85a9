import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConversationDetailView } from '#channels/http/contract/conversations.ts';
import { eventually } from '../support/eventually.ts';
import { doubleContact } from '../support/ninox-deletion.ts';
import { openWidgetApp, type Who, type WidgetApp } from '../support/widget-app.ts';
import { bootedToken, newKey, newVisitor, newWidget, signIdentity } from '../support/widget-scene.ts';

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

const generous = {
  limits: {
    visitorPerMinute: 60,
    visitorPerDay: 1,
    visitorTokensPerDay: 1,
    widgetPerDay: 1,
    widgetTokensPerDay: 1,
    messageCharacters: 2000,
  },
};

/** A visitor whom the customer’s server knows, and how to link them with a member. */
async function open(who: Who = 'mia') {
  const id = await newWidget(app, generous);
  const key = await newKey(app, id);
  const token = await bootedToken(app, id);
  const visitor = app.visitor(token, await signIdentity(key, id, { sub: `customer ${who}`, name: 'Karla' }));
  return {
    id,
    key,
    token,
    visitor,
    link: async () => {
      const { code } = await app.outside.links.makeCode(await app.actorOf(who));
      const linked = await visitor.send('POST link', { code });
      if (linked.status !== 200) throw new Error(linked.text);
      return linked.body;
    },
  };
}

test('who types a member’s code acts as that member from then on, in every browser', async () => {
  const { visitor, link, id, key } = await open();
  expect((await visitor.send('GET session')).body.visitor).toEqual({ kind: 'identified', name: 'Karla' });
  const session = await link();
  const member = { visitor: { kind: 'member', name: 'Mia' }, may: { decide: true, undo: true } };
  expect(session).toMatchObject(member);
  expect((await visitor.send('GET session')).body).toMatchObject(member);
  const elsewhere = app.visitor(await bootedToken(app, id), await signIdentity(key, id, { sub: 'customer mia' }));
  expect((await elsewhere.send('GET session')).body).toMatchObject(member);
});

test('a code is good once, and only for whom somebody has identified', async () => {
  const { visitor, token } = await open();
  const { code } = await app.outside.links.makeCode(await app.actorOf('mia'));
  expect(await app.visitor(token).send('POST link', { code })).toMatchObject({
    status: 403,
    body: { code: 'FORBIDDEN' },
  });
  expect((await visitor.send('POST link', { code })).status).toBe(200);
  const { visitor: second } = await open('max');
  expect(await second.send('POST link', { code })).toMatchObject({ status: 400, body: { code: 'INPUT_INVALID' } });
  expect(await second.send('POST link', { code: 'x'.repeat(41) })).toMatchObject({ status: 400 });
});

test('what was said before the link is not shown after it, nor the member’s own threads of other places', async () => {
  const { visitor, link, id } = await open();
  await visitor.say('As a guest', 'thread-guest');
  await link();
  expect((await visitor.send('GET session')).body.conversation).toBeNull();
  expect((await visitor.send('GET conversations/thread-guest')).status).toBe(404);
  expect((await visitor.say('Mine?', 'thread-guest')).status).toBe(404);
  const mia = await app.actorOf('mia');
  const start = (conversationId: string, place: { channel: 'web' | 'widget'; place?: string }) =>
    app.agent.runs.start({
      actor: mia,
      conversationId,
      personaId: 'helper',
      messageId: randomUUID(),
      text: 'x',
      ...place,
    });
  await (await start('thread-console', { channel: 'web' })).done;
  await (await start('thread-other', { channel: 'widget', place: await newWidget(app) })).done;
  for (const thread of ['thread-console', 'thread-other']) {
    expect((await visitor.send(`GET conversations/${thread}`)).status).toBe(404);
    expect((await visitor.send(`GET conversations/${thread}/stream`)).status).toBe(404);
    expect((await visitor.send(`POST conversations/${thread}/stop`)).status).toBe(404);
    expect((await visitor.say('Mine?', thread)).status).toBe(404);
  }
  expect((await visitor.say('Here', 'thread-here')).status).toBe(200);
  expect((await visitor.send('GET session')).body.conversation).toMatchObject({ id: 'thread-here' });
  const days = (await app.as('olga', `GET /api/v1/widgets/${id}/usage`)).body.days as { visitors: number }[];
  expect(days.at(-1)).toMatchObject({ visitors: 2, messages: 2 });
});

test('a linked member sees everything of an answer, and is limited by the minute alone', async () => {
  const { visitor, link } = await open();
  await link();
  for (let at = 0; at < 3; at += 1) expect((await visitor.say('Hello')).status).toBe(200);
  const { text } = await visitor.say('Hello');
  expect(text).toContain('"personaVersion"');
  expect(text).toContain('"model"');
});

test('a member decides in the widget on what was asked on their behalf, and takes it back there', async () => {
  const { visitor, link, token } = await open();
  await link();
  const thread = randomUUID();
  const asked = await visitor.say('Delete 12', thread);
  const [, approvalId = ''] = /"approvalId":"([^"]+)"/.exec(asked.text) ?? [];
  expect(approvalId).not.toBe('');
  const guest = app.visitor(token);
  const decision = (hash: unknown) => ({ decision: 'approve', hash });
  const { body: approval } = await visitor.send(`GET approvals/${approvalId}`);
  expect(approval).toMatchObject({ status: 'pending', mayDecide: true, channel: 'widget', requester: { name: 'Mia' } });
  const forbidden = { status: 403, body: { code: 'FORBIDDEN' } };
  expect(await guest.send(`GET approvals/${approvalId}`)).toMatchObject(forbidden);
  expect(await guest.send(`POST approvals/${approvalId}/decision`, decision(approval.hash))).toMatchObject(forbidden);
  const decided = await visitor.send(`POST approvals/${approvalId}/decision`, decision(approval.hash));
  expect(decided).toMatchObject({ status: 200, body: { decidedBy: { name: 'Mia' } } });
  const rest = await visitor.send(`GET conversations/${thread}/stream`);
  expect([200, 204]).toContain(rest.status);
  const isOver = async () => {
    const { conversation } = (await visitor.send(`GET conversations/${thread}`))
      .body as unknown as ConversationDetailView;
    return conversation.running || conversation.waiting ? null : true;
  };
  await eventually(isOver, { why: () => 'The answer does not end.' });
  const callId = String(approval.callId);
  const effect = await visitor.send(`GET effects/${callId}`);
  expect(effect).toMatchObject({ status: 200, body: { state: 'succeeded', undo: { possible: true } } });
  expect(await guest.send(`GET effects/${callId}`)).toMatchObject(forbidden);
  expect(await guest.send(`POST effects/${callId}/undo`)).toMatchObject(forbidden);
  expect(await visitor.send(`POST effects/${callId}/undo`)).toMatchObject({ status: 200, body: { status: 'done' } });
});

test('another member, and a guest, do not see it', async () => {
  const { visitor, link } = await open();
  await link();
  const asked = await visitor.say('Delete 11');
  const [, approvalId = ''] = /"approvalId":"([^"]+)"/.exec(asked.text) ?? [];
  expect(approvalId).not.toBe('');
  const other = await open('max');
  await other.link();
  expect((await other.visitor.send(`GET approvals/${approvalId}`)).status).toBe(404);
  const anonymous = await newVisitor(app, other.id);
  expect((await anonymous.send(`GET approvals/${approvalId}`)).status).toBe(403);
});

test('who has left the organization is a guest again, from the next request on', async () => {
  const { visitor, link } = await open('max');
  await link();
  expect((await visitor.send('GET session')).body.visitor).toMatchObject({ kind: 'member' });
  await app.organizations.removeMember('org', 'max');
  expect((await visitor.send('GET session')).body).toMatchObject({
    visitor: { kind: 'identified' },
    may: { decide: false, undo: false },
  });
});

test('nothing of the rest of the API is reached below the widget’s', async () => {
  const { visitor, link } = await open();
  await link();
  for (const where of ['GET approvals', 'GET widgets', 'GET members', 'POST approvals/x/arguments']) {
    expect((await visitor.send(where)).status).toBe(404);
  }
});
