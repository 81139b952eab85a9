import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { PersonaListView } from '#channels/http/contract/personas.ts';
import { openAnswer } from '#test/support/answer-stream.ts';
import { chat } from '#test/support/chat.ts';
import type { Decide } from '#test/support/openai-script.ts';
import { type ServiceProcess, startScriptedModel, startService } from '#test/support/service-process.ts';
import { setUpEvents } from '#test/support/sign-in.ts';
import { personaFile } from '#test/support/start-app.ts';
import { chainOf, conversationOf, eventsOf } from './conversations.ts';

const personas = { tester: personaFile() };
const personaId = 'tester';
const listTeams = { calls: [{ name: 'ninox_list_teams', args: {} }] };

/** Writes the persona's file and waits until the service has said what it makes of it. */
async function rewrite(service: ServiceProcess, text: string, expected: RegExp): Promise<void> {
  const from = service.printed().length;
  await writeFile(path.join(service.directory, 'personas', 'tester.md'), text);
  await service.whenPrinted(expected, from);
}

async function personaOf(service: ServiceProcess) {
  const { items, problems } = (await service.get('/api/v1/personas')).body as PersonaListView;
  expect(problems).toEqual([]);
  return items[0];
}

test('a changed persona file counts from the next run on; runs before and under way keep their version', async () => {
  const gate = Promise.withResolvers<void>();
  // The run under way has called once when the file changes, and calls again after that.
  const decide: Decide = ({ userText, step }) => {
    const calls = userText === 'Take your time' ? 2 : 1;
    if (step >= calls) return { text: 'Done.' };
    return step === 1 ? { ...listTeams, gates: [{ at: 'start', until: gate.promise }] } : listTeams;
  };
  const { model, variables } = await startScriptedModel(decide);
  const service = await startService({ personas, variables });
  const before = (await personaOf(service))?.version;
  const first = await chat(service, 'Quickly', { personaId });
  const underWay = await openAnswer(service, 'Take your time', { personaId });
  await model.whenRequested(4);

  await rewrite(service, `${personaFile()}Be brief.\n`, /"persona":"tester".*persona loaded/);
  const after = (await personaOf(service))?.version;
  expect(after).not.toBe(before);
  const next = await chat(service, 'Quickly', { conversationId: first.conversationId });
  gate.resolve();
  const last = await underWay.whole();

  expect(first.metadata.personaVersion).toBe(before);
  expect(last.metadata).toMatchObject({ personaVersion: before, status: 'succeeded' });
  expect(next.metadata.personaVersion).toBe(after);
  const versions = async (id: string) => (await eventsOf(service, id)).map(({ personaVersion }) => personaVersion);
  expect(await versions(first.conversationId)).toEqual([before, before, after, after]);
  expect(await versions(last.conversationId)).toEqual([before, before, before, before]);
  const { messages } = await conversationOf(service, first.conversationId);
  expect(messages.map(({ metadata }) => metadata?.personaVersion)).toEqual([undefined, before, undefined, after]);
  expect(model.requests.at(-1)?.messages[0]).not.toMatchObject({ text: expect.stringContaining('Be brief.') });
  expect(await chainOf(service)).toMatchObject({ ok: true, events: 8 + setUpEvents });
});

test('a broken persona file keeps its last good version, says so, and is mended by a good one', async () => {
  const { variables } = await startScriptedModel(() => ({ text: 'Here.' }));
  const service = await startService({ personas, variables });
  const good = await personaOf(service);
  expect(good?.problem).toBeNull();

  await rewrite(service, personaFile(['scopes: 7']), /persona file is broken, its last good version stays in use/);
  const kept = await personaOf(service);
  expect(kept).toMatchObject({ version: good?.version, problem: expect.stringMatching(/^Line \d+: /) });
  expect((await chat(service, 'Hello', { personaId })).metadata.personaVersion).toBe(good?.version);

  await rewrite(service, `${personaFile()}Be brief.\n`, /"persona":"tester".*persona loaded/);
  const mended = await personaOf(service);
  expect(mended?.problem).toBeNull();
  expect((await chat(service, 'Hello', { personaId })).metadata.personaVersion).toBe(mended?.version);
  expect(mended?.version).not.toBe(good?.version);
});
