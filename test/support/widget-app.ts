import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import express from 'express';
import { createToolOffer } from '#agent/persona-tools.ts';
import type { StoredMessage } from '#agent/stored-message.ts';
import { createAuditLog } from '#audit/audit-log.ts';
import { createChange } from '#auth/change.ts';
import { createCurrentActors } from '#auth/current-actor.ts';
import type { Identity } from '#auth/identity.ts';
import { personActor } from '#auth/person-actor.ts';
import { createHttpApp } from '#channels/http/create-http-app.ts';
import { createProblemHandler } from '#channels/http/problem-response.ts';
import { refuseForeignHosts } from '#channels/http/refuse-foreign-hosts.ts';
import { createWidgetRoutes } from '#channels/http/routes/widgets/create-widget-routes.ts';
import { mountWidgetFace } from '#channels/widget/create-widget-face.ts';
import { createWidgetService } from '#channels/widget/widget-service.ts';
import { createActorNames } from '#db/repositories/actor-names.ts';
import { createApiKeyRepository } from '#db/repositories/api-keys.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import { createEndedTokenRepository } from '#db/repositories/ended-tokens.ts';
import { createMessageCountRepository } from '#db/repositories/message-counts.ts';
import { createOrganizationRepository } from '#db/repositories/organizations.ts';
import { createPersonaVersionRepository } from '#db/repositories/persona-versions.ts';
import { createPersonaRepository } from '#db/repositories/personas.ts';
import { createSecretRepository } from '#db/repositories/secrets.ts';
import { createWidgetConversationRepository } from '#db/repositories/widget-conversations.ts';
import { createWidgetKeyRepository } from '#db/repositories/widget-keys.ts';
import { createWidgetUsageRepository } from '#db/repositories/widget-usage.ts';
import { createWidgetRepository } from '#db/repositories/widgets.ts';
import { createCatalog } from '#integrations/catalog.ts';
import { createNinoxClient } from '#integrations/ninox/client.ts';
import { createNinoxIntegration } from '#integrations/ninox/ninox-integration.ts';
import { createLogger } from '#log';
import { openPersonaLibrary } from '#personas/load-personas.ts';
import { createPersonaDirectory } from '#personas/persona-directory.ts';
import { openVault } from '#vault/open-vault.ts';
import { createSecretRegistry } from '#vault/secret-registry.ts';
import { createVisitorTokens } from '#vault/visitor-tokens.ts';
import { createWidgetKeys } from '#vault/widget-keys.ts';
import { composeAgent } from '../../src/compose-agent.ts';
import { composeOutside } from '../../src/compose-outside.ts';
import { testKeys } from './approvals.ts';
import { listenLocally } from './listen-locally.ts';
import { connectionTo, createTestEgress } from './ninox-connection.ts';
import { openStandIn } from './ninox-deletion.ts';
import { plainDataKeys } from './plain-data-keys.ts';
import { openTestDatabase } from './test-database.ts';
import { noMandates, noTouches } from './unattended.ts';

/** Eve belongs to another organization. */
const cast = { olga: 'owner', mia: 'member', max: 'member', eve: 'owner' } as const;
export type Who = keyof typeof cast;
const homeOf = (who: Who) => (who === 'eve' ? 'other' : 'org');

export type Step = { readonly tool: string; readonly input: object } | { readonly text: string };

export interface WidgetAppOptions {
  /** Asked at the beginning of each step with the newest message of a person; counts from 1 in every answer. */
  readonly decide?: (step: number, message: string) => Step | Promise<Step>;
  readonly now?: () => number;
}

const personas = {
  helper:
    'name: Helper\ndescription: Helps.\nchannels: [web, widget]\nscopes: [ninox:teams:read, ninox:records:delete]\nguests: { scopes: [ninox:teams:read] }\nstarters: [What can you do?]',
  insider: 'name: Insider\ndescription: For members.\nchannels: [widget]\nscopes: [ninox:teams:read]',
  desk: 'name: Desk\ndescription: Not on sites.\nchannels: [web]',
};

/** Widgets over a real SQLite file, a real port and the Ninox stand-in, with a scripted model. */
export async function openWidgetApp({ decide = () => ({ text: 'Done.' }), now = Date.now }: WidgetAppOptions = {}) {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'widget-app-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const clock = () => new Date(now());
  const log = createLogger({ level: 'silent' });
  const db = await openTestDatabase(path.join(folder, 'test.db'));
  opened.defer(() => db.close());
  const registry = createSecretRegistry();
  const vault = await openVault({ repository: createSecretRepository(db), keys: testKeys(), registry });
  const audit = createAuditLog({ repository: createAuditRepository(db), key: Buffer.alloc(32, 7) });
  const organizations = createOrganizationRepository(db, { newId: randomUUID });
  const names = createActorNames(db);
  const namesOf = (organizationId: string, ids: readonly string[]) => names.namesOf(organizationId, ids);
  const outside = composeOutside({ db, audit });

  const ninox = await openStandIn();
  opened.defer(() => ninox.standIn.close());
  const catalog = createCatalog([
    createNinoxIntegration({ client: createNinoxClient({ egress: createTestEgress() }) }),
  ]);
  const personasFolder = path.join(folder, 'personas');
  await mkdir(personasFolder);
  for (const [id, front] of Object.entries(personas)) {
    await writeFile(path.join(personasFolder, `${id}.md`), `---\n${front}\n---\nYou are a test.\n`);
  }
  const files = await openPersonaLibrary({
    directory: personasFolder,
    knownTools: catalog.tools,
    modelProblem: () => null,
    log,
  });
  opened.defer(() => files.close());
  const directory = createPersonaDirectory({
    files,
    personas: createPersonaRepository(db),
    versions: createPersonaVersionRepository(db),
  });
  const conversations = createConversationRepository<StoredMessage>(db);
  const model = scriptedModel(decide);
  const toolsFor = createToolOffer(catalog);
  const agent = composeAgent({
    config: { snapshotDays: 30 },
    log,
    db,
    registry,
    audit,
    dataKeys: plainDataKeys,
    catalog,
    connections: {
      find: async ({ organizationId }) => ({ ...connectionTo(ninox.baseUrl), organizationId }),
      follow: (_connection, signal) => ({ signal, release: () => undefined }),
    },
    directory,
    actors: createCurrentActors({ organizations, apiKeys: createApiKeyRepository(db), visitors: outside.people }),
    names,
    organizations,
    conversations,
    models: { defaultModel: 'test/scripted', resolve: () => model },
    toolsFor,
    mandates: noMandates,
    touches: noTouches,
    mailer: null,
    publicUrl: () => 'https://personas.example',
  });
  opened.defer(() => agent.close(0));

  const widgets = createWidgetRepository(db, clock);
  const keys = createWidgetKeyRepository(db, clock);
  const usage = createWidgetUsageRepository(db);
  const keyMaker = createWidgetKeys({ vault, clock });
  const service = createWidgetService({
    widgets,
    keys,
    usage,
    keyMaker,
    personas: directory,
    audit,
    change: createChange(db),
    namesOf,
    publicUrl: () => 'https://personas.example',
    clock,
  });

  const webDirectory = path.join(folder, 'web');
  await mkdir(webDirectory);
  await writeFile(path.join(webDirectory, 'index.html'), '<!doctype html><title>Pages</title>');
  await writeFile(path.join(webDirectory, 'widget.js'), '/* the launcher */');
  await writeFile(path.join(webDirectory, 'widget-frame.html'), '<!doctype html><title>Chat</title>');
  const app = express();
  app.set('trust proxy', 1);
  app.use((_request, response, next) => {
    response.setHeader('content-security-policy', "default-src 'none';script-src 'self';frame-ancestors 'none'");
    response.setHeader('x-frame-options', 'SAMEORIGIN');
    response.setHeader('cross-origin-resource-policy', 'same-origin');
    next();
  });
  mountWidgetFace(app, {
    widgets,
    keys,
    ended: createEndedTokenRepository(db, clock),
    tokens: createVisitorTokens({ secret: Buffer.alloc(32, 5), clock }),
    identities: keyMaker,
    people: outside.people,
    links: outside.links,
    threads: createWidgetConversationRepository(db),
    counts: createMessageCountRepository(db),
    usage,
    runs: agent.runs,
    conversations,
    personas: directory,
    toolTitles: async (persona, actor) => {
      const offered = await toolsFor(persona, actor);
      return Object.fromEntries(offered.map(({ name }) => [name, catalog.findTool(name)?.title ?? name]));
    },
    standIns: () => ({ ninox: true, model: false }),
    approvals: agent.approvals,
    approvalView: {
      actorNames: names,
      catalog,
      personaName: async (organizationId, id) => (await directory.find(organizationId, id))?.name ?? null,
      connectionLabel: async () => 'Main key',
      effectOf: (organizationId, callId) => agent.effects.find(organizationId, callId),
      undoOf: (organizationId, callId) => agent.effects.undoOf(organizationId, callId),
    },
    effects: { undo: agent.undo },
    scrub: registry.scrubJson,
    webDirectory,
    refuseForeign: refuseForeignHosts([]),
    clock,
  });
  app.use(
    createHttpApp({
      routes: createWidgetRoutes({ widgets: service }),
      identify: (request) => identityOf(request.headers['x-person']),
      scrub: registry.scrub,
      allowedHosts: [],
      webDirectory,
      log,
    }),
  );
  app.use(createProblemHandler(log, registry.scrub));

  for (const organizationId of ['org', 'other']) {
    await organizations.insert({ id: organizationId, name: organizationId, isDemo: false });
  }
  for (const [id, role] of Object.entries(cast)) {
    const at = new Date();
    const row = { id, name: nameOf(id), email: `${id}@example.com`, emailVerified: true, image: null };
    await db.query.insert(db.tables.users).values({ ...row, createdAt: at, updatedAt: at });
    await organizations.addMember({ organizationId: homeOf(id as Who), userId: id, role });
  }

  async function actorOf(who: Who) {
    const organizationId = homeOf(who);
    const member = await organizations.findMember(organizationId, who);
    return personActor({ id: who, name: nameOf(who) }, { organizationId, role: member?.role ?? 'member' });
  }
  async function identityOf(header: string | string[] | undefined): Promise<Identity | null> {
    if (typeof header !== 'string' || !(header in cast)) return null;
    const actor = await actorOf(header as Who);
    return { user: { id: actor.id, name: actor.name, email: `${header}@example.com` }, sessionId: 'session', actor };
  }

  const { address, close } = await listenLocally(app);
  opened.defer(close);
  const all = opened.move();
  return {
    address,
    db,
    audit,
    ninox,
    conversations,
    organizations,
    registry,
    agent,
    outside,
    actorOf,
    ...createClients(address),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
export type WidgetApp = Awaited<ReturnType<typeof openWidgetApp>>;

function nameOf(id: string): string {
  return id.charAt(0).toUpperCase() + id.slice(1);
}

export type Body = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

function createClients(address: string) {
  const ask = async (
    where: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  ) => {
    const [method = '', url = ''] = where.split(' ');
    const response = await fetch(address + url, {
      method,
      headers: { ...(method === 'GET' ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body ?? {}) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : null,
    } as Answer;
  };
  return {
    ask,
    /** The console, as somebody who is signed in. */
    as: (who: Who, where: string, body?: unknown) => ask(where, { body, headers: { 'x-person': who } }),
    /** What the launcher does on a page. */
    boot: (widgetId: string, origin: string, visitorToken: string | null = null) =>
      ask(`POST /api/widget/v1/${widgetId}/boot`, { body: { visitorToken }, headers: { origin } }),
    /** What the chat in the frame does, in somebody’s browser. */
    visitor: (token: string, identity: string | null = null, further: Record<string, string> = {}) => {
      const headers = {
        authorization: `Bearer ${token}`,
        ...(identity === null ? {} : { 'x-widget-identity': identity }),
        ...further,
      };
      const send = (where: string, body?: unknown) => {
        const [method, rest] = where.split(' ');
        return ask(`${method} /api/widget/v1/${rest}`, { body, headers });
      };
      return {
        send,
        say: (text: string, conversationId: string = randomUUID(), id: string = randomUUID()) =>
          send('POST messages', { conversationId, message: { id, text } }),
        headers,
      };
    },
  };
}

function scriptedModel(decide: NonNullable<WidgetAppOptions['decide']>): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'test',
    modelId: 'scripted',
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error('not used')),
    async doStream({ prompt }) {
      const last = prompt.findLastIndex(({ role }) => role === 'user');
      const content = prompt[last]?.content;
      const text = Array.isArray(content)
        ? content.map((part) => (part.type === 'text' ? part.text : '')).join('')
        : '';
      const step = prompt.slice(last + 1).filter(({ role }) => role === 'assistant').length + 1;
      const parts = partsOf(await decide(step, text));
      const stream = new ReadableStream<LanguageModelV4StreamPart>({
        start(controller) {
          for (const part of parts) controller.enqueue(part);
          controller.close();
        },
      });
      return { stream };
    },
  };
}

function partsOf(step: Step): LanguageModelV4StreamPart[] {
  const usage = {
    inputTokens: { total: 10, noCache: 10, cacheRead: undefined, cacheWrite: undefined },
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
  return [
    { type: 'tool-call', toolCallId: randomUUID(), toolName: step.tool, input: JSON.stringify(step.input) },
    { type: 'finish', finishReason: { unified: 'tool-calls', raw: 'tool_calls' }, usage },
  ];
}
