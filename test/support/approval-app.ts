import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Approval } from '#agent/approvals/approval.ts';
import { createApprovalFeed } from '#agent/approvals/approval-feed.ts';
import { createApprovalService } from '#agent/approvals/approval-service.ts';
import type { Replan } from '#agent/approvals/change-arguments.ts';
import type { Effect } from '#agent/effects/effect.ts';
import { createAuditLog } from '#audit/audit-log.ts';
import { directEvent } from '#audit/direct-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { Client } from '#auth/client.ts';
import { createCurrentActors } from '#auth/current-actor.ts';
import type { Identity } from '#auth/identity.ts';
import type { Mail } from '#auth/mailer.ts';
import type { Role } from '#auth/permissions.ts';
import { personActor } from '#auth/person-actor.ts';
import { createHttpApp } from '#channels/http/create-http-app.ts';
import { createApprovalRoutes } from '#channels/http/routes/approvals/create-approval-routes.ts';
import { createActorNames } from '#db/repositories/actor-names.ts';
import { createApiKeyRepository } from '#db/repositories/api-keys.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { createOrganizationRepository } from '#db/repositories/organizations.ts';
import { createVisitorRepository } from '#db/repositories/visitors.ts';
import { createCatalog } from '#integrations/catalog.ts';
import { createLogger } from '#log';
import type { VaultKeys } from '#vault/key-ring.ts';
import { callQuestion, insertConversation, openApprovals, testKeys } from './approvals.ts';
import { listenLocally } from './listen-locally.ts';
import { openTestDatabase } from './test-database.ts';

/** Everybody but Eve belongs to `org`. */
const cast = { mia: 'member', max: 'member', ada: 'admin', olga: 'owner', ida: 'auditor', eve: 'owner' } as const;
export type Who = keyof typeof cast;

const nameOf = (id: string) => id.charAt(0).toUpperCase() + id.slice(1);
const homeOf = (who: Who) => (who === 'eve' ? 'other' : 'org');

export interface ApprovalAppOptions {
  /** Another one: this is a second process on its database then. */
  readonly beside?: { readonly folder: string; readonly keys: VaultKeys };
  readonly now?: () => number;
}

/** Approvals behind the real door, over a real SQLite file, with the people of an organization and no runs. */
export async function openApprovalApp({ beside, now = () => Date.now() }: ApprovalAppOptions = {}) {
  await using opened = new AsyncDisposableStack();
  const folder = beside?.folder ?? (await mkdtemp(path.join(tmpdir(), 'approval-app-')));
  if (beside === undefined) opened.defer(() => rm(folder, { recursive: true, force: true }));
  const keys = beside?.keys ?? testKeys();
  const clock = () => new Date(now());
  const log = createLogger({ level: 'silent' });
  const db = await openTestDatabase(path.join(folder, 'test.db'));
  opened.defer(() => db.close());
  const audit = createAuditLog({ repository: createAuditRepository(db), key: Buffer.alloc(32, 7) });
  const organizations = createOrganizationRepository(db, { newId: randomUUID });
  const approvals = await openApprovals(db, keys, clock);

  const resumed: string[] = [];
  const undone: string[] = [];
  const mails: Mail[] = [];
  const effects = new Map<string, Pick<Effect, 'state' | 'happened' | 'code'>>();
  /** What a test may change while it goes. */
  const scene = {
    replan: (async (_approval, args) => ({
      ok: true,
      question: callQuestion({ arguments: args, askedFor: { as: 'before' } }),
    })) as Replan,
    resume: async (_runId: string): Promise<void> => undefined,
    mailFails: false,
    signedOut: new Set<Who>(),
  };
  const feed = createApprovalFeed({ marker: (organizationId) => approvals.rows.marker(organizationId), log });
  const names = createActorNames(db);
  const personaName = async (_organizationId: string, id: string) => (id === 'clerk' ? 'Clerk' : null);
  const service = createApprovalService({
    store: approvals.store,
    rows: approvals.rows,
    db,
    audit,
    actors: createCurrentActors({
      organizations,
      visitors: createVisitorRepository(db),
      apiKeys: createApiKeyRepository(db),
    }),
    members: organizations,
    namesOf: (organizationId, ids) => names.namesOf(organizationId, ids),
    personaName,
    replan: (approval, args) => scene.replan(approval, args),
    async resume(organizationId, runId) {
      if (db.inTransaction()) throw new Error('A run was taken up inside a transaction.');
      resumed.push(`${organizationId} ${runId}`);
      await scene.resume(runId);
    },
    async performUndo({ id, status }: Approval) {
      undone.push(`${id} ${status}`);
    },
    onChange: (organizationId) => feed.changed(organizationId),
    mailer: {
      async send(mail) {
        if (scene.mailFails) throw new Error('The mail server is not there.');
        mails.push(mail);
      },
    },
    publicUrl: () => 'https://personas.example.com',
    scrub: (text) => text.replaceAll('s3cret', '[secret]'),
    newId: randomUUID,
    log,
    clock,
  });
  opened.defer(() => service.settled());

  const actorOf = async (who: Who): Promise<Actor> => {
    const member = await organizations.findMember(homeOf(who), who);
    const organizationId = homeOf(who);
    return personActor({ id: who, name: nameOf(who) }, { organizationId, role: member?.role ?? 'member' });
  };
  /** As the session or the key says that a header stands for: `mia`, or `key mia` with all her rights. */
  async function identityOf(header: string | undefined): Promise<Identity | null> {
    const [who, isKey] = header?.startsWith('key ') === true ? [header.slice(4), true] : [header, false];
    if (who === undefined || !(who in cast) || scene.signedOut.has(who as Who)) return null;
    const person = await actorOf(who as Who);
    const key = { kind: 'key', keyScopes: ['approvals:read', 'approvals:decide'], apiKey: { id: 'k', name: 'script' } };
    const actor = isKey ? ({ ...person, ...key } as const) : person;
    const user = { id: who, name: person.name, email: `${who}@example.com` };
    return { user, sessionId: isKey ? null : `session of ${who}`, actor } as Identity;
  }
  if (beside === undefined) await fill();

  async function fill(): Promise<void> {
    for (const organizationId of ['org', 'other']) {
      await organizations.insert({ id: organizationId, name: organizationId, isDemo: false });
      await insertConversation(db, organizationId);
    }
    for (const [id, role] of Object.entries(cast)) await join(id, role);
  }
  async function join(id: string, role: Role): Promise<void> {
    const at = new Date();
    const row = { id, name: nameOf(id), email: `${id}@example.com`, emailVerified: true, image: null };
    await db.query.insert(db.tables.users).values({ ...row, createdAt: at, updatedAt: at });
    const organizationId = homeOf(id as Who);
    await organizations.addMember({ organizationId, userId: id, role });
    const actor = { kind: 'user', id, organizationId, apiKey: null } as const;
    await audit.append(directEvent({ actor, action: 'member.joined' }));
  }

  const http = createHttpApp({
    routes: createApprovalRoutes({
      approvals: service,
      feed,
      identify: async (client: Client) => ({ identity: await identityOf(client.userAgent), cookies: [] }),
      actorNames: names,
      catalog: createCatalog([]),
      personaName,
      connectionLabel: async () => 'Main key',
      effectOf: async (organizationId, callId) => effects.get(`${organizationId} ${callId}`) ?? null,
      undoOf: async (organizationId, callId) => effects.get(`undo ${organizationId} ${callId}`) ?? null,
      log,
      clock,
      keepAliveMs: 50,
    }),
    identify: (request) => identityOf(request.headers['user-agent']),
    scrub: (text) => text,
    allowedHosts: [],
    webDirectory: path.join(folder, 'no-pages'),
    log,
  });
  const { address, close } = await listenLocally(http);
  opened.defer(close);
  const all = opened.move();
  return {
    folder,
    keys,
    db,
    audit,
    organizations,
    service,
    feed,
    scene,
    resumed,
    undone,
    mails,
    effects,
    ...approvals,
    actorOf,
    /** The actions that were recorded, oldest first, with who did them and what was said about them. */
    async recorded() {
      const events = await audit.read({
        organizationId: 'org',
        after: 0,
        before: Number.MAX_SAFE_INTEGER,
        limit: 1000,
      });
      return events
        .filter(({ event }) => event.action.startsWith('approval.'))
        .map(({ event, body }) => ({ ...event, ...body }));
    },
    /** `fetch` as somebody. */
    fetch: (who: string, where: string, init: RequestInit = {}) =>
      fetch(address + where, { ...init, headers: { 'content-type': 'application/json', 'user-agent': who } }),
    async ask<Body = Record<string, unknown>>(who: string, where: `${'GET' | 'POST'} /${string}`, body: object = {}) {
      const [method = '', url = ''] = where.split(' ');
      const response = await fetch(address + url, {
        method,
        headers: { 'content-type': 'application/json', 'user-agent': who },
        ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as Body };
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
export type ApprovalApp = Awaited<ReturnType<typeof openApprovalApp>>;
