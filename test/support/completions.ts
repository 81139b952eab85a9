import OpenAI, { APIError } from 'openai';
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type { CompletionRunView } from '#channels/http/contract/completions.ts';
import type { ConversationDetailView, ConversationListView } from '#channels/http/contract/conversations.ts';
import { sampleIds } from '#sandbox/ninox-data.ts';
import { makeKey } from './api-key.ts';
import type { Decide } from './openai-script.ts';
import type { OpenAiServer } from './openai-server.ts';
import { startScriptedApp } from './scripted-app.ts';
import { personaFile, type TestApp } from './start-app.ts';

/* What tests of the endpoints for OpenAI's clients share. */

export const model = 'tester';
export const listTeams = { name: 'ninox_list_teams', args: {} };
export const remove = {
  name: 'ninox_delete_record',
  args: { team_id: sampleIds.company.team, database_id: sampleIds.company.crm, table_id: 'A', record_id: '1' },
};
const personas = {
  tester: personaFile(['channels: [web, api]', 'outsideText: ask']),
  deleter: personaFile(['channels: [web, api]', 'approvals: { ninox_delete_record: auto }', 'outsideText: ask']),
  shy: personaFile(['channels: [web]']),
};

export interface CompletionScene extends AsyncDisposable {
  readonly app: TestApp;
  readonly script: OpenAiServer;
  readonly client: OpenAI;
}

/** A service with a scripted model, and OpenAI's client with a key for it. */
export async function startCompletions(decide: Decide): Promise<CompletionScene> {
  await using opened = new AsyncDisposableStack();
  const { app, model: script } = opened.use(await startScriptedApp(decide, { personas }));
  const client = await clientOf(app);
  const all = opened.move();
  return { app, script, client, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

export async function clientOf(app: TestApp, options: { maxRetries?: number; scopes?: readonly string[] } = {}) {
  const { key } = await makeKey(app.address, app, options.scopes);
  return new OpenAI({ apiKey: key, baseURL: `${app.address}/v1`, maxRetries: options.maxRetries ?? 0 });
}

export const user = (content: string): ChatCompletionMessageParam => ({ role: 'user', content });
export const assistant = (content: string): ChatCompletionMessageParam => ({ role: 'assistant', content });
export const system = (content: string): ChatCompletionMessageParam => ({ role: 'system', content });
export const textOf = (completion: ChatCompletion) => completion.choices[0]?.message.content ?? '';
export const runOf = (completion: ChatCompletion | ChatCompletionChunk) =>
  (completion as unknown as { persona: CompletionRunView }).persona;

export async function conversationsOf(app: TestApp) {
  return ((await app.get('/api/v1/conversations')).body as ConversationListView).items;
}

export async function stored(app: TestApp, id: string) {
  return (await app.get(`/api/v1/conversations/${id}`)).body as ConversationDetailView;
}

export async function read(stream: AsyncIterable<ChatCompletionChunk>) {
  const chunks: ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { chunks, text: chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('') };
}

/** What the client threw. */
export async function thrown(asked: Promise<unknown>): Promise<APIError> {
  const error = await asked.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof APIError) return error;
  throw new Error(`No API error: ${String(error)}`);
}
