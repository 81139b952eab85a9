import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { createToolOffer, personaTools } from '#agent/persona-tools.ts';
import type { StoredMessage } from '#agent/stored-message.ts';
import { createXRay } from '#agent/x-ray.ts';
import { createAuditLog } from '#audit/audit-log.ts';
import { directEvent } from '#audit/direct-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { Identity } from '#auth/identity.ts';
import { createHttpApp } from '#channels/http/create-http-app.ts';
import { createPersonaRoutes } from '#channels/http/routes/personas/create-persona-routes.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import { createOrganizationRepository } from '#db/repositories/organizations.ts';
import { createPersonaVersionRepository } from '#db/repositories/persona-versions.ts';
import { createPersonaRepository } from '#db/repositories/personas.ts';
import { createCatalog } from '#integrations/catalog.ts';
import type { Connection, ConnectionStore } from '#integrations/connection.ts';
import { createNinoxClient } from '#integrations/ninox/client.ts';
import { createNinoxIntegration } from '#integrations/ninox/ninox-integration.ts';
import { createLogger } from '#log';
import { openPersonaLibrary } from '#personas/load-personas.ts';
import { createPersonaDirectory } from '#personas/persona-directory.ts';
import { createPersonaService } from '#personas/persona-service.ts';
import { createSecretRegistry } from '#vault/secret-registry.ts';
import { composeAgent } from '../../src/compose-agent.ts';
import { listenLocally } from './listen-locally.ts';
import { connectionTo, createTestEgress } from './ninox-connection.ts';
import { plainDataKeys } from './plain-data-keys.ts';
import { json, startRawServer } from './raw-server.ts';
import { openTestDatabase } from './test-database.ts';
import { noMandates, noTouches } from './unattended.ts';

const person = (id: string, more: Partial<Actor> = {}): Actor => ({
  kind: 'user',
  id,
  name: id.charAt(0).toUpperCase() + id.slice(1),
  organizationId: 'organization-1',
  role: 'owner',
  keyScopes: null,
  apiKey: null,
  ...more,
});

export const people = {
  ann: person('ann'),
  bob: person('bob', { role: 'admin' }),
  mia: person('mia', { role: 'member' }),
  ida: person('ida', { role: 'auditor' }),
  eve: person('eve', { organizationId: 'organization-2' }),
  key: person('ann', { keyScopes: ['chat', 'personas:read'], apiKey: { id: 'key-1', name: 'Reporting' } }),
};
export type Who = keyof typeof people;

/** What the model does at each of its steps: a call of a tool, or an answer. */
export type Step = { readonly tool: string; readonly input: object } | { readonly text: string };

export interface PersonaAppOptions {
  /** Asked at the beginning of each step; counts from 1 in every run. */
  readonly decide?: (step: number) => Step | Promise<Step>;
}

export const teamId = 'TeamOneAAAAAAAAA1';
/** The one database in it. */
export const databaseId = 'dbone0000001';
export const fileId = 'file-clerk';
const fileText =
  '---\nname: File clerk\ndescription: From a file.\nscopes: [ninox:teams:read]\n---\nYou are a clerk.\n';

/** The persona parts of the service over a real SQLite file, a real port and a real HTTP server in the place of Ninox. */
export async function openPersonaApp({ decide = () => ({ text: 'Done.' }) }: PersonaAppOptions = {}) {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'persona-app-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const log = createLogger({ level: 'silent' });
  const db = await openTestDatabase(path.join(folder, 'data', 'test.db'));
  opened.defer(() => db.close());
  const team = { id: teamId, name: 'One' };
  const lists: Readonly<Record<string, object>> = { teams: [team], databases: [{ id: databaseId, name: 'One' }] };
  const ninox = await startRawServer(({ url }, response) =>
    json(response, lists[url?.split('/').at(-1) ?? ''] ?? team),
  );
  opened.defer(() => ninox.close());

  const connections = createConnections(`${ninox.baseUrl}/v1`);
  const catalog = createCatalog([
    createNinoxIntegration({ client: createNinoxClient({ egress: createTestEgress() }) }),
  ]);
  const audit = createAuditLog({ repository: createAuditRepository(db), key: randomBytes(32) });
  const modelProblem = (id: string) =>
    id.startsWith('test/') ? null : `The model “${id}” has no configured provider.`;

  const personasFolder = path.join(folder, 'personas');
  await mkdir(personasFolder);
  await writeFile(path.join(personasFolder, `${fileId}.md`), fileText);
  const files = await openPersonaLibrary({ directory: personasFolder, knownTools: catalog.tools, modelProblem, log });
  opened.defer(() => files.close());

  const personas = createPersonaRepository(db);
  const versions = createPersonaVersionRepository(db);
  const directory = createPersonaDirectory({ files, personas, versions });
  const namesOf = async (_organizationId: string, ids: readonly string[]) =>
    new Map(Object.values(people).flatMap(({ id, name }) => (ids.includes(id) ? [[id, name] as const] : [])));
  const left = new Set<string>();
  const membersOf = async (organizationId: string) => {
    const all = Object.values(people).filter((one) => one.organizationId === organizationId && one.apiKey === null);
    const members = all.filter(({ id }) => !left.has(id));
    return members.flatMap(({ id, name, role }) =>
      role === 'guest' ? [] : [{ id, name, role, decides: role !== 'auditor' }],
    );
  };
  const service = createPersonaService({
    directory,
    files,
    personas,
    transaction: db.transaction,
    record: (event) => audit.append(directEvent(event)),
    knownTools: catalog.tools,
    modelProblem,
    findConnection: async (organizationId, id) =>
      connections.all.find((found) => found.organizationId === organizationId && found.id === id) ?? null,
    namesOf,
    membersOf,
  });
  const scrub = (text: string) => text;
  const store = createConversationRepository<StoredMessage>(db);
  const model = scriptedModel(decide);
  const agent = composeAgent({
    config: { snapshotDays: 30 },
    log,
    db,
    registry: createSecretRegistry(),
    audit,
    dataKeys: plainDataKeys,
    catalog,
    connections: connections.store,
    directory,
    actors: { current: async (actor) => actor },
    names: { namesOf },
    organizations: createOrganizationRepository(db, { newId: randomUUID }),
    conversations: store,
    models: { defaultModel: 'test/scripted', resolve: () => model },
    toolsFor: createToolOffer(catalog),
    mandates: noMandates,
    touches: noTouches,
    mailer: null,
    publicUrl: () => 'http://localhost',
  });
  const { runs } = agent;
  opened.defer(() => agent.close(0));

  const http = createHttpApp({
    routes: createPersonaRoutes({
      directory,
      service,
      xRay: createXRay({
        catalog,
        connections: connections.store,
        namesFor: async () => ({ [teamId]: 'One' }),
        membersOf,
      }),
      toolsOf: async (organizationId, persona) => personaTools(await catalog.of(organizationId), persona),
      providers: ['demo', 'openai', 'test'],
      defaultModel: 'test/scripted',
      modelProblem,
      namesOf,
      membersOf,
    }),
    identify: async (request) => identityOf(request.headers['x-person']),
    scrub,
    allowedHosts: [],
    webDirectory: path.join(folder, 'no-pages'),
    log,
  });
  const { address, close } = await listenLocally(http);
  opened.defer(close);
  const all = opened.move();
  return {
    /** Takes somebody out of their organization. */
    leave: (id: string) => void left.add(id),
    db,
    audit,
    ninox,
    connections,
    catalog,
    directory,
    service,
    runs,
    store,
    versions,
    personasFolder,
    ask: createAsk(address),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
export type PersonaApp = Awaited<ReturnType<typeof openPersonaApp>>;

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

function createAsk(address: string) {
  return async <Body = Record<string, unknown>>(
    who: Who | null,
    where: `${'GET' | 'POST' | 'PUT'} /${string}`,
    body: object = {},
  ): Promise<Answer<Body>> => {
    const [method = '', url = ''] = where.split(' ');
    const response = await fetch(address + url, {
      method,
      headers: { 'content-type': 'application/json', ...(who === null ? {} : { 'x-person': who }) },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Body };
  };
}

function identityOf(header: string | string[] | undefined): Identity | null {
  const who = Object.keys(people).find((known): known is Who => known === header);
  if (who === undefined) return null;
  const actor = people[who];
  const sessionId = actor.apiKey === null ? `session of ${who}` : null;
  return { user: { id: actor.id, name: actor.name, email: `${who}@example.com` }, sessionId, actor };
}

function createConnections(baseUrl: string) {
  const main = { ...connectionTo(baseUrl), id: 'main' };
  const all: Connection[] = [
    main,
    { ...main, id: 'personal', ownerId: 'ann' },
    { ...main, id: 'elsewhere', organizationId: 'organization-2' },
    { ...main, id: 'mail', integration: 'email' },
  ];
  const store: ConnectionStore = {
    async find({ organizationId, integration, attached }) {
      return (
        all.find(
          (found) =>
            found.organizationId === organizationId &&
            found.integration === integration &&
            found.id === (attached ?? (organizationId === 'organization-1' ? 'main' : 'elsewhere')),
        ) ?? null
      );
    },
    follow: (_connection, signal) => ({ signal, release: () => undefined }),
  };
  return { all, store };
}

function scriptedModel(decide: (step: number) => Step | Promise<Step>): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'test',
    modelId: 'scripted',
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error('not used')),
    async doStream({ prompt }) {
      const step = await decide(prompt.filter(({ role }) => role === 'assistant').length + 1);
      const stream = ReadableStream.from(partsOf(step)) as ReadableStream<LanguageModelV4StreamPart>;
      return { stream };
    },
  };
}

let calls = 0;

function partsOf(step: Step): LanguageModelV4StreamPart[] {
  const usage = {
    inputTokens: { total: 1, noCache: 1, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: 1, text: 1, reasoning: undefined },
  };
  if ('text' in step) {
    return [
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', delta: step.text },
      { type: 'text-end', id: 't' },
      { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage },
    ];
  }
  calls += 1;
  return [
    { type: 'tool-call', toolCallId: `call-${calls}`, toolName: step.tool, input: JSON.stringify(step.input) },
    { type: 'finish', finishReason: { unified: 'tool-calls', raw: 'tool_calls' }, usage },
  ];
}
