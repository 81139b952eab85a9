import { expect, test } from 'vitest';
import { openAnswer } from '#test/support/answer-stream.ts';
import { chat } from '#test/support/chat.ts';
import type { Decide } from '#test/support/openai-script.ts';
import {
  type ServiceProcess,
  startInVain,
  startScriptedModel,
  startService,
  type Variables,
} from '#test/support/service-process.ts';
import { personaFile } from '#test/support/start-app.ts';
import { startWatchedNinox, watchedIds } from '#test/support/watched-ninox.ts';
import { chainOf, conversationOf, eventsOf, textOf } from './conversations.ts';

const personas = { deleter: personaFile(['approvals: { ninox_delete_record: auto }']) };
const personaId = 'deleter';
const never = new Promise<never>(() => undefined);
const record = {
  team_id: watchedIds.team,
  database_id: watchedIds.database,
  table_id: watchedIds.table,
  record_id: '1',
};
const interrupted = { status: 'interrupted', notice: expect.stringMatching(/service stopped.*again/) };

/** Kills the service and starts it again on the same data. */
async function crash(service: ServiceProcess, variables: Variables): Promise<ServiceProcess> {
  service.signal('SIGKILL');
  expect(await service.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  return startService({ directory: service.directory, personas, variables });
}

test('kill -9 in the middle of an answer: it is told as interrupted, nothing typed is lost, the conversation goes on', async () => {
  const decide: Decide = ({ userText }) =>
    userText === 'Tell me all'
      ? { deltas: ['The first half ', 'never ends'], gates: [{ at: 1, until: never }] }
      : { text: 'Here again.' };
  const { variables } = await startScriptedModel(decide);
  const service = await startService({ personas, variables });
  const { conversationId } = await chat(service, 'Hello', { personaId });
  const answer = await openAnswer(service, 'Tell me all', { conversationId });
  await answer.until('The first half');

  const restarted = await crash(service, variables);
  await expect(answer.whole()).rejects.toThrow();
  const { conversation, messages } = await conversationOf(restarted, conversationId);
  expect(conversation.running).toBe(false);
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
  expect(textOf(messages[2])).toBe('Tell me all');
  expect(messages[3]?.metadata).toMatchObject(interrupted);
  expect(await chat(restarted, 'Still there?', { conversationId })).toMatchObject({
    text: 'Here again.',
    metadata: { status: 'succeeded' },
  });
});

test('kill -9 in the middle of a deletion: its intent is on record, the chain holds, and it is not sent again', async () => {
  const deletionArrived = Promise.withResolvers<void>();
  await using ninox = await startWatchedNinox(3);
  // Takes the deletion and never answers it.
  ninox.intercept = async ({ method }) => {
    if (method !== 'DELETE') return true;
    deletionArrived.resolve();
    return false;
  };
  const decide: Decide = ({ userText }) =>
    userText === 'Delete it'
      ? { text: 'I delete it.', calls: [{ name: 'ninox_delete_record', args: record }] }
      : { text: 'Here again.' };
  const { model, variables: modelVariables } = await startScriptedModel(decide);
  const variables = { ...modelVariables, NINOX_API_KEY: ninox.key, NINOX_BASE_URL: ninox.baseUrl };
  const service = await startService({ personas, variables });
  const { conversationId } = await openAnswer(service, 'Delete it', { personaId });
  await deletionArrived.promise;

  const restarted = await crash(service, variables);
  const { conversation, messages } = await conversationOf(restarted, conversationId);
  expect(conversation.running).toBe(false);
  expect(textOf(messages[0])).toBe('Delete it');
  expect(messages.at(-1)).toMatchObject({ role: 'assistant', metadata: interrupted });
  const actions = (await eventsOf(restarted, conversationId)).map(({ action }) => action);
  // What became of it is looked up from then on.
  expect(actions.slice(0, 2)).toEqual(['tool.planned', 'tool.intended']);
  expect(await chainOf(restarted)).toMatchObject({ ok: true });

  expect((await chat(restarted, 'Still there?', { conversationId })).text).toBe('Here again.');
  expect(model.requests).toHaveLength(2);
  expect(ninox.deletionsOf(1)).toHaveLength(1);
});

test('a second start by mistake fails on the port and leaves the running answers of the first alone', async () => {
  const gate = Promise.withResolvers<void>();
  const deltas = ['The first half ', 'and the second.'];
  const { variables } = await startScriptedModel(() => ({ deltas, gates: [{ at: 1, until: gate.promise }] }));
  const service = await startService({ personas, variables });
  const answer = await openAnswer(service, 'Tell me all', { personaId });
  await answer.until('The first half');

  const { port } = new URL(service.address);
  const second = await startInVain({ directory: service.directory, personas, variables: { ...variables, PORT: port } });
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(`PORT: found “${port}”`) });
  expect((await conversationOf(service, answer.conversationId)).conversation.running).toBe(true);

  gate.resolve();
  expect((await answer.whole()).metadata).toMatchObject({ status: 'succeeded' });
  const { messages } = await conversationOf(service, answer.conversationId);
  expect(messages.at(-1)?.metadata).toMatchObject({ status: 'succeeded' });
});
