import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '#db/open-database.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import { createLogger } from '#log';
import { parsePersonaFile } from '#personas/parse-persona-file.ts';
import { createRunService } from './run-service.ts';
import type { StoredMessage } from './stored-message.ts';

const finish: LanguageModelV4StreamPart = {
  type: 'finish',
  finishReason: { unified: 'stop', raw: 'stop' },
  usage: {
    inputTokens: { total: 1, noCache: 1, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: 1, text: 1, reasoning: undefined },
  },
};
const model: LanguageModelV4 = {
  specificationVersion: 'v4',
  provider: 'test',
  modelId: 'test',
  supportedUrls: {},
  doGenerate: () => Promise.reject(new Error('not used')),
  doStream: async () => ({
    stream: ReadableStream.from<LanguageModelV4StreamPart>([
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', delta: 'Hello' },
      { type: 'text-end', id: 't' },
      finish,
    ]) as ReadableStream<LanguageModelV4StreamPart>,
  }),
};

function readPersona() {
  const parsed = parsePersonaFile({
    file: 'personas/tester.md',
    text: '---\nname: Tester\ndescription: For tests.\n---\nHi.\n',
    knownTools: [],
  });
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.persona;
}

test('a stop waits also for a message that was let in before it and is still being stored', async () => {
  const db = await openDatabase({ url: ':memory:' });
  onTestFinished(db.close);
  const store = createConversationRepository<StoredMessage>(db);
  const gate = Promise.withResolvers<void>();
  const persona = readPersona();
  const runs = createRunService({
    store: {
      ...store,
      async startRun(start) {
        await gate.promise;
        return store.startRun(start);
      },
    },
    personas: { find: () => persona },
    models: { defaultModel: 'test/test', resolve: () => model },
    toolsFor: () => [],
    guard: () => Promise.reject(new Error('not used')),
    log: createLogger({ level: 'silent' }),
  });
  const actor = { kind: 'user', id: 'ann', name: 'Ann', organizationId: 'org' } as const;
  const request = {
    actor,
    channel: 'web',
    conversationId: 'c1',
    personaId: 'tester',
    messageId: 'm1',
    text: 'Hi',
  } as const;
  const started = runs.start(request);
  const drained = runs.drain(60_000);
  await expect(runs.start(request)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  gate.resolve();
  await drained;

  const messages = await store.messages('org', 'c1');
  expect(messages.map(({ metadata }) => metadata?.status)).toEqual([undefined, 'succeeded']);
  expect((await started).conversationId).toBe('c1');
});
