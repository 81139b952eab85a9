import { afterAll, expect, test } from 'vitest';
import { openAnswer } from '#test/support/answer-stream.ts';
import { chat } from '#test/support/chat.ts';
import type { Decide } from '#test/support/openai-script.ts';
import { startPostgres } from '#test/support/postgres.ts';
import { runCommand, startScriptedModel, startService } from '#test/support/service-process.ts';
import { setUpEvents, signInEvents } from '#test/support/sign-in.ts';
import { personaFile } from '#test/support/start-app.ts';
import { chainOf, conversationOf, eventsOf, textOf } from './conversations.ts';

const personas = { tester: personaFile() };
const personaId = 'tester';
const listTeams = { name: 'ninox_list_teams', args: {} };
const server = await startPostgres();

if ('unavailable' in server) {
  console.warn(`No Postgres for the service’s tests: ${server.unavailable}`);
  test.skip('Postgres', () => {});
} else {
  afterAll(server.stop);

  test('the service works on Postgres, is verified, stopped, and started again', async () => {
    const decide: Decide = ({ step }) => (step === 0 ? { calls: [listTeams] } : { text: 'Done.' });
    const { variables: modelVariables } = await startScriptedModel(decide);
    const variables = { ...modelVariables, DATABASE_URL: await server.createDatabase() };
    const service = await startService({ personas, variables });
    expect(service.printed()).toContain('Data    Postgres (DATABASE_URL)\n');
    const { conversationId, text } = await chat(service, 'Which teams?', { personaId });
    expect(text).toBe('Done.');
    const actions = (await eventsOf(service)).map(({ action }) => action);
    expect(actions.filter((action) => action.startsWith('tool.'))).toEqual(['tool.intended', 'tool.succeeded']);
    const verify = () => runCommand(service.directory, ['audit', 'verify'], variables);
    expect(await verify()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`The audit holds: ${2 + setUpEvents} rows.`),
    });
    service.signal('SIGTERM');
    expect(await service.ended).toMatchObject({ code: 0, stderr: '' });

    const restarted = await startService({ directory: service.directory, personas, variables });
    expect(textOf((await conversationOf(restarted, conversationId)).messages.at(-1))).toBe('Done.');
    expect(await chat(restarted, 'And now?', { conversationId })).toMatchObject({ metadata: { status: 'succeeded' } });
    expect(await verify()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`The audit holds: ${4 + setUpEvents + signInEvents} rows.`),
    });
  });

  test('two services share it: one chain, and a start leaves the other’s running answers alone', async () => {
    const gate = Promise.withResolvers<void>();
    const decide: Decide = ({ step, userText }) => {
      if (step === 0) return { calls: [listTeams, listTeams] };
      if (userText !== 'Take your time') return { text: 'Done.' };
      return { deltas: ['The first half ', 'and the second.'], gates: [{ at: 1, until: gate.promise }] };
    };
    const { variables: modelVariables } = await startScriptedModel(decide);
    const key = Buffer.alloc(32, 7).toString('base64');
    const shared = { AUDIT_KEY: key, VAULT_KEYS: `one:${key}`, DATABASE_URL: await server.createDatabase() };
    const variables = { ...modelVariables, ...shared };
    const first = await startService({ personas, variables });
    const answer = await openAnswer(first, 'Take your time', { personaId });
    await answer.until('The first half');

    const second = await startService({ personas, variables });
    expect((await conversationOf(second, answer.conversationId)).conversation.running).toBe(true);
    const services = [first, second, first, second, first, second];
    await Promise.all(services.map((service) => chat(service, 'Quickly', { personaId })));
    gate.resolve();
    expect((await answer.whole()).metadata).toMatchObject({ status: 'succeeded' });
    expect(await chainOf(second)).toMatchObject({ ok: true, events: 28 + setUpEvents + signInEvents });
  });
}
