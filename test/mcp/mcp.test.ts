import { describe, expect, test } from 'vitest';
import { callsThenText } from '#test/support/openai-script.ts';
import { personaFile } from '#test/support/start-app.ts';
import { nameOf, watchedIds } from '#test/support/watched-ninox.ts';
import { allScopes, call, deletionOf, onApi, startMcpApp } from './mcp-app.ts';

const teams = { teams: [{ id: watchedIds.team, name: 'Failpoint Ltd' }] };

describe('what is offered', () => {
  test('personas on the API and the tools that a persona and the key both hold, described as they are', async () => {
    await using app = await startMcpApp({
      personas: {
        tester: onApi(),
        'web-only': personaFile(),
        reader: onApi(['name: Reader', 'approvals: { ninox_delete_record: deny, ninox_delete_records: deny }']).replace(
          'name: Tester\n',
          '',
        ),
      },
    });
    const client = await app.client();
    expect(client.getServerVersion()).toMatchObject({ name: 'personas-for-ninox', title: 'Personas for Ninox' });
    expect(client.getInstructions()).toContain('decideAt');
    const { tools } = await client.listTools();
    const byName = new Map(tools.map((tool) => [tool.name, tool]));
    expect([...byName.keys()].toSorted()).toEqual([
      'ask_reader',
      'ask_tester',
      'get_run',
      'ninox_delete_record',
      'ninox_delete_records',
      'ninox_get_databases',
      'ninox_get_schema',
      'ninox_get_team',
      'ninox_list_tables',
      'ninox_list_teams',
    ]);
    expect(byName.get('ask_tester')).toMatchObject({
      title: 'Ask Tester',
      description: expect.stringContaining('For tests.'),
      inputSchema: { required: ['message'], additionalProperties: false },
      annotations: { readOnlyHint: false, destructiveHint: true },
    });
    expect(byName.get('ask_reader')?.annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
    expect(byName.get('ninox_get_team')).toMatchObject({
      inputSchema: {
        properties: { team_id: { type: 'string' }, persona: { enum: ['reader', 'tester'] }, wait: { type: 'integer' } },
        required: ['team_id', 'persona'],
        additionalProperties: false,
      },
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
    });
    // Only one of them may delete, so it need not be named.
    expect(byName.get('ninox_delete_record')).toMatchObject({
      inputSchema: {
        properties: { persona: { enum: ['tester'] } },
        required: ['team_id', 'database_id', 'table_id', 'record_id'],
      },
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
    });
  });

  test('a key without the scope neither sees the tool nor reaches it', async () => {
    await using app = await startMcpApp();
    const client = await app.client(['chat', 'ninox:teams:read']);
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names.toSorted()).toEqual(['ask_tester', 'get_run', 'ninox_get_team', 'ninox_list_teams']);
    const answer = await call(client, 'ninox_delete_record', deletionOf(1));
    expect(answer).toMatchObject({ isError: true, text: expect.stringContaining('no tool “ninox_delete_record”') });
    expect(await call(client, 'ask_nobody', { message: 'Hi' })).toMatchObject({ isError: true });
    expect(await app.approvals()).toEqual([]);
    expect(app.ninox.has(1)).toBe(true);
  });

  test('what a narrow key asks a persona for is held against the key by the guard', async () => {
    const decide = callsThenText([{ name: 'ninox_delete_record', args: deletionOf(2) }], 'I tried.');
    await using app = await startMcpApp({
      decide,
      personas: { tester: onApi(['approvals: { ninox_delete_record: auto }']) },
    });
    const answer = await call(await app.client(['chat']), 'ask_tester', { message: 'Delete record 2' });
    expect(answer.facts).toMatchObject({
      status: 'succeeded',
      toolCalls: [{ state: 'denied', message: expect.stringContaining('was not given ninox:records:delete') }],
    });
    expect(app.ninox.has(2)).toBe(true);
  });

  test('a persona that is archived, or leaves the API, is gone for whoever asks then', async () => {
    await using app = await startMcpApp({ personas: {} });
    const definition = {
      name: 'Clerk',
      description: 'Made in the browser.',
      instructions: 'You are a clerk.',
      channels: ['api'],
    };
    const made = await app.app.send('POST', '/api/v1/personas', {
      definition: { ...definition, scopes: ['ninox:teams:read'] },
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const { id } = (made.body as { persona: { id: string } }).persona;
    const client = await app.client();
    const name = (await client.listTools()).tools.find(({ title }) => title === 'Ask Clerk')?.name ?? '';
    expect(name).toMatch(/^ask_[A-Za-z0-9_-]{1,60}$/);
    expect(await call(client, name, { message: 'Hi' })).toMatchObject({
      isError: false,
      texts: ['Hello.', expect.anything()],
    });
    expect((await app.app.send('POST', `/api/v1/personas/${id}/archive`)).status).toBe(200);
    expect(await call(client, name, { message: 'Hi' })).toMatchObject({ isError: true });
    expect(await call(client, 'ninox_list_teams')).toMatchObject({ isError: true });
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['get_run']);
  });
});

describe('asking a persona', () => {
  test('answers its text with what it did, tells of progress, and goes on with the conversation', async () => {
    const decide = callsThenText([{ name: 'ninox_list_teams' }], 'There is one team.');
    await using app = await startMcpApp({ decide });
    const client = await app.client();
    const progress: string[] = [];
    const counts: number[] = [];
    const first = await call(
      client,
      'ask_tester',
      { message: 'Which teams?' },
      {
        onprogress: (told) => {
          progress.push(told.message ?? '');
          counts.push(told.progress);
        },
      },
    );
    expect(first).toMatchObject({
      isError: false,
      texts: ['There is one team.', expect.stringContaining(first.facts.conversationId ?? '?')],
      facts: {
        personaId: 'tester',
        status: 'succeeded',
        text: 'There is one team.',
        toolCalls: [{ tool: 'ninox_list_teams', state: 'succeeded', output: teams }],
        waitingFor: [],
        decideAt: null,
      },
    });
    expect(progress).toEqual(['At work.', 'List Ninox teams …', 'List Ninox teams: done.']);
    expect(counts).toEqual([1, 2, 3]);
    const { conversationId = '' } = first.facts;
    const second = await call(client, 'ask_tester', { message: 'And again?', conversationId });
    expect(second.facts).toMatchObject({ conversationId, status: 'succeeded' });
    const events = await app.events(conversationId);
    expect(events.map(({ action }) => action)).toContain('tool.succeeded');
    expect(new Set(events.map(({ channel, actor }) => `${channel} ${actor.kind}`))).toEqual(new Set(['api key']));
    const run = await call(client, 'get_run', { runId: first.facts.runId });
    expect(run.facts).toMatchObject({ status: 'succeeded', text: 'There is one team.' });
    expect(JSON.parse(run.text)).toEqual(run.facts);
  });

  test('what cannot be is said in plain words', async () => {
    await using app = await startMcpApp({ personas: { tester: onApi(), other: onApi() } });
    const client = await app.client();
    const { conversationId } = (await call(client, 'ask_tester', { message: 'Hi' })).facts;
    const told = async (name: string, args: object) => {
      const { isError, text } = await call(client, name, args);
      return isError ? text : 'no error';
    };
    expect(await told('ask_tester', {})).toContain('The arguments do not fit the tool. message:');
    expect(await told('ask_tester', { message: '  ' })).toContain('message: must not be empty');
    expect(await told('ask_tester', { message: 'x'.repeat(16_001) })).toContain('at most 16000 characters');
    expect(await told('ask_tester', { message: 'Hi', model: 'direct/call' })).toContain('model');
    expect(await told('ask_tester', { message: 'Hi', wait: 51 })).toContain('a whole number from 0 to 50');
    expect(await told('ask_tester', { message: 'Hi', conversationId: 'nothing-here' })).toContain(
      'no such conversation',
    );
    expect(await told('ask_other', { message: 'Hi', conversationId })).toContain('A conversation keeps its persona');
    expect(await told('get_run', { runId: 'nothing-here' })).toContain('There is no such run');
  });

  test('a message that looks like a call of a tool is only a message', async () => {
    await using app = await startMcpApp({ personas: { tester: onApi(['approvals: { ninox_delete_record: auto }']) } });
    const message = `Call ninox_delete_record ${JSON.stringify(deletionOf(3))}`;
    const { facts } = await call(await app.client(), 'ask_tester', { message });
    expect(facts).toMatchObject({ text: 'Hello.', toolCalls: [] });
    expect(app.ninox.has(3)).toBe(true);
  });
});

describe('a granted tool', () => {
  test('reads what the persona may read, without asking any model', async () => {
    await using app = await startMcpApp();
    const client = await app.client();
    const answer = await call(client, 'ninox_list_teams');
    expect(answer).toMatchObject({ isError: false, facts: teams, meta: { conversationId: expect.any(String) } });
    expect(JSON.parse(answer.text)).toEqual(teams);
    expect(app.model.requests).toEqual([]);
    const { conversationId } = answer.meta as { conversationId: string };
    const { body } = await app.app.get(`/api/v1/conversations/${conversationId}`);
    expect(body).toMatchObject({ conversation: { title: 'Call ninox_list_teams {}', personaId: 'tester' } });
    const events = await app.events(conversationId);
    expect(events.map(({ tool, channel, actor }) => [tool, channel, actor.kind])).toContainEqual([
      'ninox_list_teams',
      'api',
      'key',
    ]);
  });

  test('goes by the rules of the persona that is named', async () => {
    await using app = await startMcpApp({
      personas: { tester: onApi(['approvals: { ninox_delete_record: auto }']), none: onApi(['limits: { teams: [] }']) },
    });
    const client = await app.client();
    const nobody = await call(client, 'ninox_list_teams');
    expect(nobody).toMatchObject({ isError: true, text: expect.stringContaining('as persona: none, tester') });
    expect((await call(client, 'ninox_list_teams', { persona: 'missing' })).text).toContain('“missing” cannot do this');
    expect((await call(client, 'ninox_list_teams', { persona: 'none' })).facts).toEqual({ teams: [] });
    expect((await call(client, 'ninox_list_teams', { persona: 'tester' })).facts).toEqual(teams);
    const refused = await call(client, 'ninox_get_team', { persona: 'none', team_id: watchedIds.team });
    expect(refused).toMatchObject({ isError: true, text: expect.stringContaining('limited to other resources') });
    const { conversationId = '' } = refused.facts;
    expect((await app.events(conversationId)).map(({ code }) => code)).toContain('RESOURCE_NOT_GRANTED');
    expect(await call(client, 'ninox_delete_record', { ...deletionOf(4), persona: 'tester' })).toMatchObject({
      isError: false,
    });
    expect(app.ninox.has(4)).toBe(false);
  });

  test('arguments that do not fit are refused by the guard, and recorded', async () => {
    await using app = await startMcpApp();
    const client = await app.client();
    for (const args of [{}, { ...deletionOf(1), record_id: '..' }, { ...deletionOf(1), all: true }]) {
      const { isError, text, facts } = await call(client, 'ninox_delete_record', args);
      expect([isError, text]).toEqual([true, expect.stringContaining('The arguments do not fit the tool.')]);
      expect((await app.events(facts.conversationId ?? '')).map(({ code }) => code)).toContain('ARG_INVALID');
    }
    const long = await call(client, 'ninox_get_team', { team_id: 'x'.repeat(70_000) });
    expect(long).toMatchObject({ isError: true, text: expect.stringContaining('64000 characters') });
  });

  test('does not leave a run behind that asks for more steps to say that it is done', async () => {
    await using app = await startMcpApp({ personas: { tester: onApi(['budget: { steps: 1, calls: 1 }']) } });
    const answer = await call(await app.client(), 'ninox_list_teams');
    expect(answer).toMatchObject({ isError: false, facts: teams });
    expect((await app.approvals()).filter(({ status }) => status === 'pending')).toEqual([]);
  });
});

describe('a call that a person must approve', () => {
  test('waits; once it is approved it is made, and get_run tells of it', async () => {
    await using app = await startMcpApp();
    const client = await app.client();
    const asked = await call(client, 'ninox_delete_record', { ...deletionOf(5), wait: 0 });
    const { runId = '', approvals: ids = [], decideAt } = asked.facts;
    // With nothing to wait for it may have been answered before it was asked.
    const waiting = await app.eventually(async () => {
      const run = await call(client, 'get_run', { runId, wait: 0 });
      return run.facts.status === 'waiting' ? run : null;
    }, 'it does not wait');
    expect(asked.isError).toBe(false);
    const [approval] = await app.approvals();
    if (approval === undefined) throw new Error('Nothing was asked.');
    expect(waiting.facts).toMatchObject({
      waitingFor: [approval.id],
      decideAt: `${app.app.address}/approvals/${approval.id}`,
      toolCalls: [{ tool: 'ninox_delete_record', state: 'waiting' }],
    });
    expect(waiting.text).toContain('until a person has decided');
    expect(ids.length === 0 || decideAt === waiting.facts.decideAt).toBe(true);
    expect(approval).toMatchObject({ channel: 'api', tool: { name: 'ninox_delete_record' } });
    expect(approval.plan?.records).toMatchObject([{ id: '5', title: expect.stringContaining(nameOf(5)) }]);
    expect(app.ninox.has(5)).toBe(true);

    const outcome = call(client, 'get_run', { runId, wait: 50 });
    expect((await app.decide(approval)).status).toBe(200);
    expect((await outcome).facts).toMatchObject({ status: 'succeeded', toolCalls: [{ state: 'succeeded' }] });
    expect(app.ninox.deletionsOf(5)).toHaveLength(1);
    expect(app.ninox.has(5)).toBe(false);
    expect(app.model.requests).toEqual([]);
  });

  test('is answered as soon as somebody decides while the client waits, and tells what it waits for', async () => {
    await using app = await startMcpApp();
    const client = await app.client();
    for (const [record, decision] of [
      [6, 'approve'],
      [7, 'deny'],
    ] as const) {
      const progress: string[] = [];
      const answer = call(
        client,
        'ninox_delete_record',
        { ...deletionOf(record), wait: 50 },
        {
          onprogress: ({ message }) => progress.push(message ?? ''),
        },
      );
      const approval = await app.eventually(
        async () => (await app.approvals()).find(({ status }) => status === 'pending') ?? null,
        'nothing was asked',
      );
      await app.decide(approval, decision);
      const { isError, text, facts } = await answer;
      expect(isError).toBe(decision === 'deny');
      if (decision === 'deny') expect(text).toMatch(/denied|refused|said no|not/);
      else expect(facts).toMatchObject({ deleted: expect.anything() });
      expect(progress).toContain('Delete a Ninox record: waits for a person to decide.');
      expect(progress.filter((told) => told === 'Delete a Ninox record …')).toHaveLength(1);
    }
    expect([app.ninox.has(6), app.ninox.has(7)]).toEqual([false, true]);
  });

  test('the wait ends with what there is to do, without an error', async () => {
    await using app = await startMcpApp();
    const answer = await call(await app.client(), 'ninox_delete_record', { ...deletionOf(8), wait: 2 });
    const [approval] = await app.approvals();
    expect(answer).toMatchObject({
      isError: false,
      facts: { status: 'waiting', approvals: [approval?.id], decideAt: `${app.app.address}/approvals/${approval?.id}` },
    });
    expect(answer.text).toContain(`get_run with runId ${answer.facts.runId}`);
  });

  test('20 at once are one deletion, whichever of them are approved', async () => {
    await using app = await startMcpApp();
    const { key } = await app.makeKey();
    const clients = await Promise.all(Array.from({ length: 4 }, () => app.connect(key)));
    const asked = Array.from({ length: 20 }, (_, at) => {
      const client = clients[at % clients.length];
      if (client === undefined) throw new Error('No client.');
      return call(client, 'ninox_delete_record', { ...deletionOf(9), wait: 50 });
    });
    const pending = await app.eventually(async () => {
      const all = await app.approvals();
      return all.length === 20 ? all : null;
    }, 'not all were asked');
    expect(app.ninox.deletionsOf(9)).toHaveLength(0);
    const [first, ...others] = pending;
    if (first === undefined) throw new Error('Nothing was asked.');
    await Promise.all(Array.from({ length: 20 }, () => app.decide(first)));
    await app.eventually(async () => (app.ninox.has(9) ? null : true), 'it was not deleted');
    expect(app.ninox.deletionsOf(9)).toHaveLength(1);
    await Promise.all(others.map((one) => app.decide(one)));
    const answers = await Promise.all(asked);
    expect(answers.filter(({ isError }) => !isError)).toHaveLength(1);
    expect(app.ninox.deletionsOf(9)).toHaveLength(1);
  });

  test('an API key decides on nothing it has asked for', async () => {
    await using app = await startMcpApp();
    const { key } = await app.makeKey([...allScopes, 'approvals:read']);
    const { facts } = await call(await app.connect(key), 'ninox_delete_record', { ...deletionOf(10), wait: 2 });
    const [approval] = await app.approvals();
    const response = await fetch(`${app.app.address}/api/v1/approvals/${facts.approvals?.[0]}/decision`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ decision: 'approve', hash: approval?.hash }),
    });
    expect(response.status).toBe(403);
    expect(app.ninox.has(10)).toBe(true);
  });
});
