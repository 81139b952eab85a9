import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { expect, onTestFinished, test } from 'vitest';
import type { Actor } from '#auth/actor.ts';
import { openDatabase } from '#db/open-database.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import { createLogger } from '#log';
import { parsePersonaFile } from '#personas/parse-persona-file.ts';
import { noMandates } from '#test/support/unattended.ts';
import type { ConversationStore } from './conversation-store.ts';
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

const notUsed = () => Promise.reject(new Error('not used'));

type Store = ConversationStore & ReturnType<typeof createConversationRepository<StoredMessage>>;

async function openService(change: (store: Store) => Partial<ConversationStore>) {
  const db = await openDatabase({ url: ':memory:' });
  onTestFinished(db.close);
  const store: Store = createConversationRepository<StoredMessage>(db);
  const persona = readPersona();
  const runs = createRunService({
    store: { ...store, ...change(store) },
    actors: { current: async (actor) => actor },
    personas: { find: async () => persona, keepVersion: async () => undefined },
    models: { defaultModel: 'test/test', resolve: () => model },
    toolsFor: async () => [],
    mandates: noMandates,
    guard: notUsed,
    effectsIn: async () => () => false,
    approvals: { ofRun: notUsed, use: notUsed },
    ask: notUsed,
    withdraw: notUsed,
    transaction: db.transaction,
    namesOf: notUsed,
    processId: 'p1',
    scrub: (text) => text,
    log: createLogger({ level: 'silent' }),
  });
  return { store, runs };
}

const actor: Actor = {
  kind: 'user',
  id: 'ann',
  name: 'Ann',
  organizationId: 'org',
  role: 'member',
  keyScopes: null,
  apiKey: null,
};
const request = {
  actor,
  channel: 'web',
  conversationId: 'c1',
  personaId: 'tester',
  messageId: 'm1',
  text: 'Hi',
} as const;
const statuses = async (store: Store) =>
  (await store.messages('org', 'c1')).map(({ metadata }) => metadata?.status ?? null);

test('a stop waits also for a message that was let in before it and is still being stored', async () => {
  const gate = Promise.withResolvers<void>();
  const { store, runs } = await openService((real) => ({
    async startRun(start) {
      await gate.promise;
      return real.startRun(start);
    },
  }));
  const started = runs.start(request);
  const drained = runs.drain(60_000);
  await expect(runs.start(request)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  gate.resolve();
  await drained;
  expect(await statuses(store)).toEqual([null, 'succeeded']);
  expect((await started).conversationId).toBe('c1');
});

test('an end that cannot be stored is stored later, and only then the conversation takes the next message', async () => {
  let failures = 1;
  const { store, runs } = await openService((real) => ({
    async finishRun(finish) {
      failures -= 1;
      if (failures >= 0) throw new Error('the disk is busy');
      return real.finishRun(finish);
    },
  }));
  const run = await runs.start(request);
  await run.done;
  expect(await statuses(store)).toEqual([null, 'succeeded']);
  await (await runs.start({ ...request, messageId: 'm2' })).done;
  expect(await statuses(store)).toEqual([null, 'succeeded', null, 'succeeded']);
});

test('a history that cannot be read ends the run instead of leaving the conversation taken', async () => {
  const { store, runs } = await openService(() => ({ messages: () => Promise.reject(new Error('the disk is gone')) }));
  await (await runs.start(request)).done;
  expect(await statuses(store)).toEqual([null, 'failed']);
  expect(await store.find(actor, 'c1')).toMatchObject({ activeRunId: null });
});

test('an answer is stored with every word that was shown', async () => {
  const { store, runs } = await openService(() => ({}));
  const run = await runs.start(request);
  let shown = '';
  run.subscribe((event) => {
    if (event.type === 'text-delta') shown += event.delta;
  });
  await run.done;
  const [, answer] = await store.messages('org', 'c1');
  expect(answer?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')).toBe(shown);
  expect(shown).toBe('Hello');
});
