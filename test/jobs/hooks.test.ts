import { afterEach, describe, expect, test } from 'vitest';
import { ann, type HookWorld, type HookWorldOptions, openHookWorld } from './hook-world.ts';

let world: HookWorld;
const open = async (options: HookWorldOptions = {}) => {
  world = await openHookWorld(options);
  return world;
};
afterEach(() => world.close());

const answerOf = async (sent: Promise<Response>) => {
  const response = await sent;
  return { status: response.status, body: (await response.json()) as { detail?: string; id?: string } };
};
const shown = (secret: string, more: Readonly<Record<string, string>> = {}) => ({
  'x-personas-secret': secret,
  ...more,
});
const reasonsOf = async (id: string) =>
  (await world.eventsOf(id)).map(({ outcome, reason }) => `${outcome}: ${reason ?? ''}`);

describe('an event', () => {
  test('that is signed starts the job once with its payload, and is answered before anything is done', async () => {
    const { makeHook, send, signed } = await open();
    const { url, secret, ninoxScript } = await makeHook('j1', { auth: 'signature' });
    expect(ninoxScript).toBeNull();
    const body = '{"order": {"id": "ü-7"}}';
    const sent = await send(url, body, signed(secret, body));
    expect(sent.headers.get('cache-control')).toBe('no-store');
    const [event] = await world.eventsOf('j1');
    expect([sent.status, await sent.json()]).toEqual([202, { accepted: true, id: event?.id }]);
    const [run] = await world.runs();
    expect(run).toMatchObject({ cause: 'event', causeKey: 'event:msg-1', payload: { order: { id: 'ü-7' } } });
    expect(event).toMatchObject({ outcome: 'accepted', messageId: 'msg-1', body, reason: null, jobRunId: run?.id });
    expect(await world.queued()).toMatchObject([{ topic: 'job-run', payload: { jobRunId: run?.id } }]);
  });

  test('the same message many times at once is one run, and answered alike', async () => {
    const { makeHook, send, signed } = await open();
    const { url, secret } = await makeHook('j1', { auth: 'signature' });
    const headers = signed(secret, '{"n":1}');
    const answers = await Promise.all(Array.from({ length: 50 }, () => answerOf(send(url, '{"n":1}', headers))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await world.runs()).toHaveLength(1);
    expect(await world.queued()).toHaveLength(1);
    expect(await world.eventsOf('j1')).toHaveLength(1);
    expect((await send(url, '{"n":1}', headers)).status).toBe(202);
    expect(await world.runs()).toHaveLength(1);
  });

  test('of a sender that cannot sign needs the secret; with an id it is known again', async () => {
    const { makeHook, send } = await open();
    const { url, secret } = await makeHook('j1');
    for (const id of ['A-1', 'A-1', 'A-2']) await send(url, '1', shown(secret, { 'x-personas-id': id }));
    expect(await world.runs()).toHaveLength(2);
    for (let time = 0; time < 2; time += 1) await send(url, '1', shown(secret));
    expect(await world.runs()).toHaveLength(4);
  });

  test('and its run are stored together or not at all', async () => {
    let fails = true;
    const { makeHook, send } = await open({
      onStart: () => {
        if (fails) throw new Error('cut');
      },
    });
    const { url, secret } = await makeHook('j1');
    const headers = shown(secret, { 'x-personas-id': 'A-1' });
    expect((await send(url, '1', headers)).status).toBe(500);
    expect([await world.runs(), await world.queued(), await world.eventsOf('j1')]).toEqual([[], [], []]);
    fails = false;
    expect((await send(url, '1', headers)).status).toBe(202);
    expect(await world.runs()).toHaveLength(1);
  });
});

describe('who has no right to send', () => {
  test('is answered alike, whether there is such a job or not', async () => {
    const { makeHook, send, signed, change, address } = await open();
    const { url } = await makeHook('j1', { auth: 'signature' });
    const paused = await makeHook('paused');
    await change('paused', { status: 'paused' });
    const wrong = signed(`whsec_${Buffer.from('somebody else').toString('base64')}`, '{}');
    const answers = [
      await answerOf(send(url, '{}', wrong)),
      await answerOf(send(url, '{}')),
      await answerOf(send(url, 'no JSON at all', wrong)),
      await answerOf(send(paused.url, '{}', shown('wrong'))),
      await answerOf(send(`${address}/hooks/org/nothing`, '{}', wrong)),
      await answerOf(send(`${address}/hooks/other/j1`, '{}', wrong)),
      await answerOf(send(`${address}/hooks/org/${'x'.repeat(300)}`, '{}', wrong)),
      await answerOf(send(`${address}/hooks/org/a%20b`, '{}', wrong)),
    ];
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'HOOK_REFUSED' } });
    expect(await world.runs()).toEqual([]);
  });

  test('leaves a few lines and nothing of what was sent; all are counted', async () => {
    const { makeHook, send, passes } = await open();
    const { url } = await makeHook('j1');
    for (let time = 0; time < 3; time += 1) await send(url, '{"a":"rude words"}', shown('wrong'));
    passes(1_000);
    await send(url, '{"a":"rude words"}', shown('wrong'));
    const refused = 'refused: Its X-Personas-Secret is not the secret of this job.';
    expect(await reasonsOf('j1')).toEqual([`${refused} 2 more came just before.`, refused]);
    for (let time = 0; time < 30; time += 1) {
      passes(1_000);
      await send(url, '{}', shown('wrong'));
    }
    const kept = await world.eventsOf('j1');
    expect(kept).toHaveLength(20);
    expect(kept.every(({ body }) => body === null)).toBe(true);
  });

  test('is stopped for a minute after too many trials; good events are not counted with them', async () => {
    const { makeHook, send } = await open({ limits: { perJob: 30, refused: 3 } });
    const { url, secret } = await makeHook('j1');
    for (let time = 0; time < 5; time += 1) expect((await send(url, '1', shown(secret))).status).toBe(202);
    const trials = [];
    for (let time = 0; time < 4; time += 1) trials.push((await send(url, '1', shown('wrong'))).status);
    expect(trials).toEqual([401, 401, 401, 429]);
    expect((await send(url, '1', shown(secret))).status).toBe(429);
  });

  test('may send so many events of one job in a minute, and others for themselves', async () => {
    const { makeHook, send } = await open({ limits: { perJob: 2, refused: 30 } });
    const [first, second] = [await makeHook('j1'), await makeHook('j2')];
    const statuses = [];
    for (let time = 0; time < 3; time += 1) statuses.push((await send(first.url, '1', shown(first.secret))).status);
    statuses.push((await send(second.url, '1', shown(second.secret))).status);
    expect(statuses).toEqual([202, 202, 429, 202]);
  });

  test('sends nothing twice and nothing late', async () => {
    const { makeHook, send, signed, passes, now } = await open();
    const { url, secret } = await makeHook('j1', { auth: 'signature' });
    const headers = signed(secret, '{}');
    passes(5 * 60_000 + 2_000);
    expect((await send(url, '{}', headers)).status).toBe(401);
    expect((await reasonsOf('j1'))[0]).toContain('more than five minutes ago');
    const early = signed(secret, '{}', { id: 'msg-2', at: now() + 5 * 60_000 + 2_000 });
    passes(1_000);
    expect(
      (await send(url, '{}', { ...early, 'webhook-timestamp': String(Math.floor(now() / 1000) + 400) })).status,
    ).toBe(401);
    expect(await world.runs()).toEqual([]);
  });
});

describe('a payload', () => {
  test('that is no JSON, or does not fit, is refused with what is wrong, and may be sent again under its id', async () => {
    const { makeHook, send, passes } = await open();
    const schema = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } };
    const trigger = { kind: 'webhook', auth: 'header', schema } as const;
    const { url, secret } = await makeHook('j1', { trigger });
    const headers = shown(secret, { 'x-personas-id': 'A-1' });
    expect(await answerOf(send(url, '{"id":', headers))).toMatchObject({
      status: 400,
      body: { code: 'INPUT_INVALID' },
    });
    passes(1);
    expect(await answerOf(send(url, '{"id":"7"}', headers))).toMatchObject({
      status: 422,
      body: { code: 'PAYLOAD_INVALID', detail: expect.stringContaining('id must be integer') },
    });
    passes(1);
    const deep = `{"id":1,"x":${'['.repeat(100)}${']'.repeat(100)}}`;
    expect(await answerOf(send(url, deep, headers))).toMatchObject({ status: 422 });
    expect(await reasonsOf('j1')).toEqual([
      'refused: The payload does not fit: It is nested deeper than 64 levels.',
      'refused: The payload does not fit: id must be integer.',
      'refused: The body is not valid JSON.',
    ]);
    expect((await send(url, '{"id":7}', headers)).status).toBe(202);
    expect((await world.runs()).map(({ payload }) => payload)).toEqual([{ id: 7 }]);
  });

  test('of one megabyte is taken, a larger one, a packed one and one of another kind are not', async () => {
    const { makeHook, send } = await open();
    const { url, secret } = await makeHook('j1');
    const long = (length: number) => JSON.stringify('x'.repeat(length - 2));
    expect((await send(url, long(1024 * 1024), shown(secret))).status).toBe(202);
    expect(await answerOf(send(url, long(1024 * 1024 + 1), shown(secret)))).toMatchObject({ status: 413 });
    expect((await send(url, '1', shown(secret, { 'content-encoding': 'gzip' }))).status).toBe(415);
    expect((await send(url, '1', shown(secret, { 'content-type': 'text/plain' }))).status).toBe(415);
    const [event] = await world.eventsOf('j1');
    expect(event?.body).toHaveLength(64 * 1024);
    expect(await world.runs()).toHaveLength(1);
  });

  test('that does not meet the conditions, and one for a paused job, start nothing and are listed', async () => {
    const { makeHook, send, change } = await open();
    const conditions = [{ field: 'state', is: 'equals', value: 'paid' }] as const;
    const { url, secret } = await makeHook('j1', { conditions: [...conditions] });
    expect((await send(url, '{"state":"open"}', shown(secret))).status).toBe(202);
    expect((await send(url, '{"state":"paid"}', shown(secret))).status).toBe(202);
    await change('j1', { status: 'paused' });
    expect((await send(url, '{"state":"paid"}', shown(secret))).status).toBe(202);
    expect(await reasonsOf('j1')).toEqual(
      expect.arrayContaining([
        'filtered: The job was paused.',
        'accepted: ',
        'filtered: It does not meet the conditions of the job.',
      ]),
    );
    expect(await world.runs()).toHaveLength(1);
  });

  test('about a record that a job has just written starts no loop', async () => {
    const { makeHook, send, touched, asked, now } = await open();
    const { url, secret } = await makeHook('j1');
    touched.push({ organizationId: 'org', database: 'db1', table: 'A', record: '7' });
    const about = (record: unknown) => JSON.stringify({ ninox: { database: 'db1', table: 'A', record }, fields: {} });
    for (const record of [7, '7', 8]) await send(url, about(record), shown(secret));
    expect((await world.runs()).map(({ payload }) => payload)).toEqual([JSON.parse(about(8))]);
    expect(asked).toEqual(Array(3).fill(new Date(now() - 120_000)));
    expect((await reasonsOf('j1')).filter((reason) => reason.includes('written by a job'))).toHaveLength(2);
    await send(url, '{"ninox":"no record"}', shown(secret));
    expect(asked).toHaveLength(3);
  });
});

describe('the secret', () => {
  test('before the newest counts a day longer, and the making is recorded without it', async () => {
    const { makeHook, send, service, jobOf, passes, audit } = await open();
    const first = await makeHook('j1');
    const second = await service.makeSecret(ann, await jobOf('j1'));
    expect(second.url).toBe(first.url);
    expect(second.ninoxScript).toContain(second.secret);
    for (const { secret } of [first, second]) expect((await send(first.url, '1', shown(secret))).status).toBe(202);
    passes(24 * 3600_000);
    expect((await send(first.url, '1', shown(first.secret))).status).toBe(401);
    expect((await send(first.url, '1', shown(second.secret))).status).toBe(202);
    const { items } = await audit.list({ organizationId: 'org', limit: 10 });
    expect(items.map(({ action, actorId }) => [action, actorId])).toEqual(
      Array(2).fill(['job.hook_secret_made', 'ann']),
    );
    const found = await audit.find('org', items[0]?.id ?? '');
    expect(JSON.stringify(found)).toContain('"version":2');
    expect(JSON.stringify(found)).not.toContain(second.secret);
  });

  test('of two that are made at the same time, one is refused', async () => {
    const { makeHook, service, jobOf } = await open();
    await makeHook('j1');
    const job = await jobOf('j1');
    const made = await Promise.allSettled([service.makeSecret(ann, job), service.makeSecret(ann, job)]);
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(made.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'JOB_CHANGED' } });
  });

  test('is of no use any more, and nothing is left, once the job is gone or no hook', async () => {
    const { makeHook, send, service, jobOf, change, db } = await open();
    const { url, secret } = await makeHook('j1');
    await service.makeOutboundSecret(ann, await jobOf('j1'));
    await send(url, '1', shown(secret));
    await change('j1', { definition: { ...(await jobOf('j1')).definition, trigger: { kind: 'manual' } } });
    expect((await send(url, '1', shown(secret))).status).toBe(401);
    await expect(service.makeSecret(ann, await jobOf('j1'))).rejects.toMatchObject({ code: 'CONFLICT' });
    await service.forget(await jobOf('j1'));
    expect([await db.query.select().from(db.tables.secrets), await world.eventsOf('j1')]).toEqual([[], []]);
  });
});

describe('replaying an event', () => {
  test('starts the job with it again, whatever its conditions say and however long it is', async () => {
    const { makeHook, send, service, jobOf } = await open();
    const { url, secret } = await makeHook('j1', { conditions: [{ field: 'state', is: 'equals', value: 'paid' }] });
    const long = { state: 'paid', text: 'x'.repeat(100_000) };
    await send(url, JSON.stringify(long), shown(secret, { 'x-personas-id': 'long' }));
    await send(url, '{"state":"open"}', shown(secret, { 'x-personas-id': 'open' }));
    const job = await jobOf('j1');
    for (const event of await world.eventsOf('j1')) {
      const run = await service.replayEvent(ann, job, event.id);
      expect(run).toMatchObject({ cause: 'replay', startedBy: 'ann' });
      expect(run.causeKey).toMatch(new RegExp(`^replay:${event.id}:`));
      expect(run.payload).toEqual(event.messageId === 'long' ? long : { state: 'open' });
    }
    expect(await world.runs()).toHaveLength(3);
  });

  test('is refused where nothing is kept, it does not fit, or it is another job’s', async () => {
    const { makeHook, send, service, jobOf, passes } = await open();
    const schema = { type: 'object' };
    const { url, secret } = await makeHook('j1', { trigger: { kind: 'webhook', auth: 'header', schema } });
    await makeHook('j2');
    await send(url, '{}', shown('wrong'));
    passes(1_000);
    await send(url, '[]', shown(secret));
    passes(1_000);
    await send(url, '{"a":', shown(secret));
    const [broken, misfit, unproved] = await world.eventsOf('j1');
    const job = await jobOf('j1');
    const replayed = (id = '') => service.replayEvent(ann, job, id);
    await expect(replayed(unproved?.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(replayed(misfit?.id)).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' });
    await expect(replayed(broken?.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(replayed('nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(service.replayEvent(ann, await jobOf('j2'), misfit?.id ?? '')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await world.runs()).toEqual([]);
  });
});

test('old events are forgotten, and a message that comes again then still starts nothing', async () => {
  const { makeHook, send, service, passes } = await open();
  const { url, secret } = await makeHook('j1');
  const headers = shown(secret, { 'x-personas-id': 'A-1' });
  await send(url, '1', headers);
  passes(31 * 24 * 3600_000);
  await service.prune();
  expect(await world.eventsOf('j1')).toEqual([]);
  expect((await send(url, '1', headers)).status).toBe(202);
  expect(await world.runs()).toHaveLength(1);
  expect(await reasonsOf('j1')).toEqual(['filtered: This message was received before.']);
});

test('nothing but events is met there', async () => {
  const { makeHook } = await open();
  const { url } = await makeHook('j1');
  for (const method of ['GET', 'PUT', 'DELETE']) {
    expect(await answerOf(fetch(url, { method }))).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  }
});
