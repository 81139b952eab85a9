import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultWidgetLimits } from '#channels/http/contract/widgets.ts';
import { Secret } from '#vault/secret.ts';
import { eventually } from '../support/eventually.ts';
import { company } from '../support/ninox-deletion.ts';
import { createGate } from '../support/scripted-app.ts';
import { openWidgetApp, type Step, type WidgetApp } from '../support/widget-app.ts';
import { bootedToken, changeWidget, newKey, newVisitor, newWidget, signIdentity } from '../support/widget-scene.ts';

const script = new Map<string, (step: number) => Step | Promise<Step>>();
/** What the model does for a message; the message is one of its own. */
function whenAsked(decide: (step: number) => Step | Promise<Step>): string {
  const message = `question ${randomUUID()}`;
  script.set(message, decide);
  return message;
}

let app: WidgetApp;
let time = 0;
beforeAll(async () => {
  app = await openWidgetApp({
    decide: (step, message) => script.get(message)?.(step) ?? { text: `You said: ${message}` },
    now: () => Date.now() + time,
  });
});
afterAll(() => app[Symbol.asyncDispose]());

const limits = (change: Partial<typeof defaultWidgetLimits>) => ({
  limits: { ...defaultWidgetLimits, visitorPerMinute: 60, ...change },
});
const limited = (words: string) => ({
  status: 429,
  body: { code: 'RATE_LIMITED', detail: expect.stringContaining(words) },
});
const teams = { tool: 'ninox_list_teams', input: {} };

test('a visitor writes, and finds the thread again after a reload', async () => {
  const id = await newWidget(app);
  const token = await bootedToken(app, id);
  const visitor = app.visitor(token);
  expect((await visitor.send('GET session')).body).toEqual({
    visitor: { kind: 'anonymous', name: expect.stringMatching(/^Visitor /) },
    persona: { name: 'Helper', description: 'Helps.', starters: ['What can you do?'] },
    appearance: expect.objectContaining({ title: 'Helper' }),
    messageCharacters: 2000,
    attachments: false,
    conversation: null,
    may: { decide: false, undo: false },
    // No more than a guest may have used.
    toolTitles: { ninox_list_teams: expect.any(String), ninox_get_team: expect.any(String) },
    standIns: { ninox: true, model: false },
  });
  const answer = await visitor.say('Hello', 'thread-1');
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  expect(answer.text).toContain('You said: Hello');
  expect(answer.text).toMatch(/data: \[DONE\]\n\n$/);
  const { body } = await visitor.send('GET session');
  expect(body.conversation).toMatchObject({ id: 'thread-1', running: false, personaId: 'helper' });
  const thread = (await visitor.send('GET conversations/thread-1')).body;
  expect(thread.messages).toMatchObject([
    { role: 'user', parts: [{ type: 'text', text: 'Hello' }] },
    { role: 'assistant', parts: [{ type: 'step-start' }, { type: 'text', text: 'You said: Hello' }] },
  ]);
  expect((await visitor.send('GET conversations/thread-1/stream')).status).toBe(204);
  const [run] = (await app.db.query.select().from(app.db.tables.runs)).filter(({ place }) => place === id);
  expect(run).toMatchObject({ channel: 'widget', actorKind: 'visitor', organizationId: 'org' });
});

test('guests see which tools were used, and nothing of what those were asked and answered', async () => {
  const id = await newWidget(app);
  const visitor = await newVisitor(app, id);
  const question = whenAsked((step) => (step === 1 ? teams : { text: 'Two teams.' }));
  const { text } = await visitor.say(question, 'thread-2');
  expect(text).toContain('"toolName":"ninox_list_teams"');
  expect(text).toContain('Two teams.');
  const { text: thread } = await visitor.send('GET conversations/thread-2');
  // What the tool has really answered.
  expect(JSON.stringify(await app.conversations.messages('org', 'thread-2'))).toContain(company.team);
  for (const shown of [text, thread]) {
    expect(shown).not.toContain(company.team);
    for (const word of ['personaVersion', 'scripted', 'inputTokens']) expect(shown).not.toContain(word);
  }
});

test('a secret in use is taken out of what guests are told, and the answer goes on', async () => {
  const secret = `s3cret-${randomUUID()}`;
  app.registry.keep(new Secret(secret));
  const visitor = await newVisitor(app, await newWidget(app));
  const question = whenAsked(() => ({ text: `It is ${secret}, they say.` }));
  const { text } = await visitor.say(question, 'thread-secret');
  expect(text).not.toContain(secret);
  expect(text).toContain('they say.');
  expect(text).toContain('"status":"succeeded"');
  expect((await visitor.send('GET conversations/thread-secret')).text).not.toContain(secret);
});

test('guests have no tools beyond their own grant, whatever the persona holds', async () => {
  const visitor = await newVisitor(app, await newWidget(app));
  const input = { team_id: 'x', database_id: 'x', table_id: 'A', record_id: '1' };
  const question = whenAsked((step) => (step === 1 ? { tool: 'ninox_delete_record', input } : { text: 'No.' }));
  const { text } = await visitor.say(question);
  expect(text).toContain('tool-output-error');
  const rows = (await app.audit.list({ organizationId: 'org', limit: 100 })).items;
  expect(rows.find(({ tool }) => tool === 'ninox_delete_record')).toMatchObject({ action: 'tool.denied' });
});

test('a persona that answers members only refuses guests in plain words', async () => {
  const visitor = await newVisitor(app, await newWidget(app, { personaId: 'insider' }));
  expect((await visitor.send('GET session')).status).toBe(200);
  const detail = expect.stringContaining('answers only people who belong to its organization');
  expect(await visitor.say('Hello')).toMatchObject({ status: 403, body: { code: 'FORBIDDEN', detail } });
});

test('what is written in a widget is taken as text from outside', async () => {
  const visitor = await newVisitor(app, await newWidget(app));
  const thread = randomUUID();
  await visitor.say('Hello', thread);
  const [row] = (await app.db.query.select().from(app.db.tables.conversations)).filter(({ id }) => id === thread);
  expect(row?.outsideText).toContain('visitor');
});

test.each<[string, unknown]>([
  ['a message that claims parts', { conversationId: 'c', message: { id: 'm', text: 'x', parts: [] } }],
  ['a message that claims a persona', { conversationId: 'c', personaId: 'insider', message: { id: 'm', text: 'x' } }],
  ['an empty message', { conversationId: 'c', message: { id: 'm', text: ' ' } }],
  ['a bad conversation', { conversationId: '../c', message: { id: 'm', text: 'x' } }],
])('%s is refused', async (_what, body) => {
  const visitor = await newVisitor(app, await newWidget(app));
  expect(await visitor.send('POST messages', body)).toMatchObject({ status: 400, body: { code: 'INPUT_INVALID' } });
});

test('without a visitor’s token nothing is answered, and a cookie is none', async () => {
  const session = await app.ask('GET /api/widget/v1/session', { headers: { 'x-person': 'olga', cookie: 'session=1' } });
  expect(session).toMatchObject({ status: 401, body: { code: 'VISITOR_INVALID' } });
  expect(session.headers.get('cache-control')).toBe('no-store');
  const visitor = await newVisitor(app, await newWidget(app));
  const answer = await visitor.send('GET session');
  expect(answer.headers.getSetCookie()).toEqual([]);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  // It opens nothing else of the service.
  const console = await app.ask('GET /api/v1/widgets', { headers: visitor.headers });
  expect(console.status).toBe(401);
});

test('nobody reads, joins, stops or goes on with the thread of another', async () => {
  const [one, two] = [await newWidget(app), await newWidget(app)];
  const foreign = await newWidget(app, {}, 'eve');
  const gate = createGate();
  const question = whenAsked(() => gate.until.then(() => ({ text: 'Private.' })));
  const thread = randomUUID();
  const owner = await newVisitor(app, one);
  const answering = owner.say(question, thread);
  await running(thread);
  const strangers = [await newVisitor(app, one), await newVisitor(app, two), await newVisitor(app, foreign)];
  for (const stranger of strangers) {
    for (const where of [
      `GET conversations/${thread}`,
      `GET conversations/${thread}/stream`,
      `POST conversations/${thread}/stop`,
    ]) {
      expect(await stranger.send(where)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
  }
  for (const stranger of strangers.slice(0, 2)) expect((await stranger.say('Mine?', thread)).status).toBe(404);
  // In another organization the id means another thread.
  expect((await strangers[2]?.say('Mine', thread))?.text).toContain('You said: Mine');
  gate.open();
  expect((await answering).text).toContain('Private.');
});

const isRunning = async (thread: string) => {
  const rows = await app.db.query.select().from(app.db.tables.conversations);
  return rows.some(({ id, activeRunId }) => id === thread && activeRunId !== null);
};
const running = (thread: string) =>
  eventually(async () => ((await isRunning(thread)) ? true : null), { why: () => 'Nothing is being answered.' });

test('after a reload the answer that is being written is told from its beginning, and can be stopped', async () => {
  const visitor = await newVisitor(app, await newWidget(app));
  const gate = createGate();
  const question = whenAsked(async (step) => {
    if (step === 1) return teams;
    await gate.until;
    return { text: 'Late.' };
  });
  const thread = randomUUID();
  const first = visitor.say(question, thread);
  await running(thread);
  expect((await visitor.send('GET session')).body.conversation).toMatchObject({ id: thread, running: true });
  expect(((await visitor.send(`GET conversations/${thread}`)).body.messages as object[]).length).toBe(1);
  const resumed = visitor.send(`GET conversations/${thread}/stream`);
  expect(await visitor.say('Another', thread)).toMatchObject({ status: 409, body: { code: 'CONVERSATION_BUSY' } });
  expect((await visitor.send(`POST conversations/${thread}/stop`)).body).toEqual({ stopped: true });
  gate.open();
  const [told, again] = [(await first).text, (await resumed).text];
  for (const text of [told, again]) {
    expect(text).toContain('"toolName":"ninox_list_teams"');
    expect(text).toContain('"status":"stopped"');
    expect(text).not.toContain('personaVersion');
  }
});

test('a widget that is switched off in the middle of an answer lets no further tool be used', async () => {
  const id = await newWidget(app);
  const visitor = await newVisitor(app, id);
  const gate = createGate();
  const question = whenAsked(async (step) => {
    if (step === 1) await gate.until;
    return step === 1 ? teams : { text: 'Nothing.' };
  });
  const thread = randomUUID();
  const answering = visitor.say(question, thread);
  await running(thread);
  await changeWidget(app, id, { isOn: false });
  const before = app.ninox.standIn.requests.length;
  gate.open();
  expect((await answering).text).toContain('tool-output-error');
  expect(app.ninox.standIn.requests.length).toBe(before);
  const off = { status: 403, body: { code: 'WIDGET_OFF' } };
  expect(await visitor.say('Still there?', thread)).toMatchObject(off);
  expect(await visitor.send('GET session')).toMatchObject(off);
  expect(await visitor.send(`GET conversations/${thread}`)).toMatchObject(off);
  await changeWidget(app, id, { isOn: true });
  expect((await visitor.say('Back?', thread)).status).toBe(200);
});

test('a minute takes so many messages of a visitor, and of an address four times as many', async () => {
  const id = await newWidget(app, limits({ visitorPerMinute: 1 }));
  const from = async (address: string) => app.visitor(await bootedToken(app, id), null, { 'x-forwarded-for': address });
  const visitor = await from('2001:db8:5:5::1');
  expect((await visitor.say('One')).status).toBe(200);
  expect(await visitor.say('Two')).toMatchObject(limited('within a minute'));
  for (let at = 2; at <= 4; at += 1) expect((await (await from(`2001:db8:5:5::${at}`)).say('One')).status).toBe(200);
  expect(await (await from('2001:db8:5:5::5')).say('One')).toMatchObject(limited('within a minute'));
  expect((await (await from('2001:db8:5:6::1')).say('One')).status).toBe(200);
  time += 60_000;
  expect((await visitor.say('Three')).status).toBe(200);
});

test('a day takes so many messages, and a new token or browser does not give an identified person more', async () => {
  const id = await newWidget(app, limits({ visitorPerDay: 2 }));
  const key = await newKey(app, id);
  const claims = () => ({
    iat: Math.floor((Date.now() + time) / 1000),
    exp: Math.floor((Date.now() + time) / 1000) + 300,
  });
  const known = async () => app.visitor(await bootedToken(app, id), await signIdentity(key, id, claims()));
  for (const text of ['One', 'Two']) expect((await (await known()).say(text)).status).toBe(200);
  expect(await (await known()).say('Three')).toMatchObject(limited('in a day. Come back in about'));
});

test('a day takes so many messages of all visitors, and many at once get no more', async () => {
  const id = await newWidget(app, limits({ widgetPerDay: 3 }));
  const visitors = await Promise.all(Array.from({ length: 8 }, () => newVisitor(app, id)));
  const statuses = (await Promise.all(visitors.map((visitor) => visitor.say('Hello')))).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(3);
  expect(statuses.filter((status) => status === 429)).toHaveLength(5);
});

test('answers may cost so many tokens a day', async () => {
  const id = await newWidget(app, limits({ visitorTokensPerDay: 11, widgetTokensPerDay: 22 }));
  const [one, two, three] = [await newVisitor(app, id), await newVisitor(app, id), await newVisitor(app, id)];
  // Each answer costs 11.
  expect((await one.say('Hello')).status).toBe(200);
  expect(await one.say('Again')).toMatchObject(limited('one visitor'));
  expect((await two.say('Hello')).status).toBe(200);
  expect(await three.say('Hello')).toMatchObject(limited('This chat has answered'));
});

test('messages that came to nothing are not counted', async () => {
  const id = await newWidget(app, limits({ visitorPerDay: 2 }));
  const visitor = await newVisitor(app, id);
  const [thread, message] = [randomUUID(), randomUUID()];
  expect((await visitor.say('Hello', thread, message)).status).toBe(200);
  for (let at = 0; at < 3; at += 1) {
    expect(await visitor.say('Hello', thread, message)).toMatchObject({
      status: 409,
      body: { code: 'DUPLICATE_MESSAGE' },
    });
  }
  expect((await visitor.say('Hello', thread)).status).toBe(200);
  expect((await visitor.say('Hello', thread)).status).toBe(429);
});

test('a message may be so long', async () => {
  const visitor = await newVisitor(app, await newWidget(app, limits({ messageCharacters: 10 })));
  expect((await visitor.say('x'.repeat(10))).status).toBe(200);
  expect(await visitor.say('x'.repeat(11))).toMatchObject({ status: 400, body: { code: 'INPUT_INVALID' } });
});

test('with another persona a new thread begins', async () => {
  const id = await newWidget(app);
  const visitor = await newVisitor(app, id);
  await visitor.say('Hello', 'thread-9');
  await changeWidget(app, id, { personaId: 'insider' });
  expect((await visitor.send('GET session')).body.conversation).toBeNull();
});
