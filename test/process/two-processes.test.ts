import { expect, test } from 'vitest';
import { chat } from '#test/support/chat.ts';
import { callsThenText } from '#test/support/openai-script.ts';
import { runCommand, startScriptedModel, startService } from '#test/support/service-process.ts';
import { setUpEvents, signInEvents } from '#test/support/sign-in.ts';
import { personaFile } from '#test/support/start-app.ts';
import { chainOf, eventsOf } from './conversations.ts';

const personas = { tester: personaFile() };
const listTeams = { name: 'ninox_list_teams', args: {} };

test('two processes on one SQLite file write one unbroken chain', async () => {
  const { variables } = await startScriptedModel(callsThenText([listTeams, listTeams], 'Done.'));
  const first = await startService({ personas, variables });
  const second = await startService({ personas, variables, directory: first.directory });
  const messages = Array.from({ length: 20 }, (_, place) => (place % 2 === 0 ? first : second));
  const answers = await Promise.all(messages.map((service) => chat(service, 'Which teams?', { personaId: 'tester' })));

  expect(answers.map(({ metadata }) => metadata.status)).toEqual(messages.map(() => 'succeeded'));
  const events = await eventsOf(first);
  const rows = 80 + setUpEvents + signInEvents;
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: rows }, (_, place) => place + 1));
  for (const { conversationId } of answers) {
    const actions = events.filter((event) => event.conversationId === conversationId).map(({ action }) => action);
    expect(actions.toSorted()).toEqual(['tool.intended', 'tool.intended', 'tool.succeeded', 'tool.succeeded']);
  }
  expect(await chainOf(first)).toEqual(await chainOf(second));
  // Also beside two services at work.
  expect(await runCommand(first.directory, ['audit', 'verify'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`The audit holds: ${rows} rows.`),
  });
});
