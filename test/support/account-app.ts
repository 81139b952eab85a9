import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { AuditAction } from '#audit/audit-event.ts';
import { createAuditLog } from '#audit/audit-log.ts';
import { type AccountServiceOptions, type AccountServices, createAccountServices } from '#auth/account-services.ts';
import { createAccountRoutes } from '#channels/http/account-routes.ts';
import { createHttpApp } from '#channels/http/create-http-app.ts';
import type { SignInLimits } from '#channels/http/limit-sign-in.ts';
import { createRequestIdentify } from '#channels/http/request-client.ts';
import { defineRoute } from '#channels/http/route.ts';
import { type Database, openDatabase } from '#db/open-database.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { createOrganizationData } from '#db/repositories/organization-data.ts';
import { createLogger } from '#log';
import { openTestDatabase } from './test-database.ts';

export const password = 'correct horse battery';

export interface AccountAppOptions
  extends Partial<
    Pick<
      AccountServiceOptions,
      'isDemo' | 'signUpOpen' | 'secureCookies' | 'mailer' | 'clock' | 'onSetUp' | 'onMemberLeft'
    >
  > {
  readonly url?: string;
  readonly limits?: SignInLimits;
  readonly trustProxy?: number;
}

export interface AccountApp extends AsyncDisposable {
  readonly address: string;
  readonly db: Database;
  readonly services: AccountServices;
  /** The actions recorded in an organization, oldest first, with who did them and what was said about them. */
  audit(organizationId: string, action?: AuditAction): Promise<{ action: string; actorId: string; details: unknown }[]>;
  visitor(headers?: Record<string, string>): Visitor;
  /** Somebody who has set the service up. */
  owner(): Promise<Visitor>;
  /** Somebody who was invited by another with this role and has made an account. */
  invited(by: Visitor, role: string, name: string): Promise<Visitor>;
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** A browser, as far as cookies go; every change is sent as JSON. */
export interface Visitor {
  cookie: string | null;
  get(path: string): Promise<Answer>;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** Accounts alone behind the real door, on a free port with a fresh SQLite file. */
export async function startAccountApp(options: AccountAppOptions = {}): Promise<AccountApp> {
  await using opened = new AsyncDisposableStack();
  const directory = await mkdtemp(path.join(tmpdir(), 'personas-accounts-'));
  opened.defer(() => rm(directory, { recursive: true, force: true }));
  const db = await (options.url === undefined
    ? openTestDatabase(path.join(directory, 'personas.db'))
    : openDatabase({ url: options.url }));
  opened.defer(() => db.close());
  const log = createLogger({ level: 'silent' });
  const audit = createAuditLog({ repository: createAuditRepository(db), key: Buffer.alloc(32, 1) });
  let address = '';
  const services = createAccountServices({
    db,
    secret: Buffer.alloc(32, 5),
    secureCookies: false,
    audit,
    mailer: null,
    publicUrl: () => address,
    isDemo: true,
    signUpOpen: false,
    erasers: [createOrganizationData(db).erase],
    log,
    ...options,
  });
  await services.organizations.ensureDefault({ isDemo: options.isDemo ?? true });
  const limits = options.limits ?? { windowMs: 60_000, perAddress: 1000, perEmail: 1000 };
  const http = createHttpApp({
    routes: [...createAccountRoutes({ ...services, ...features(options), signInLimits: limits }), whoAmI],
    identify: createRequestIdentify(services.identify),
    allowedHosts: [],
    webDirectory: directory,
    scrub: (text) => text,
    log,
    ...(options.trustProxy === undefined ? {} : { trustProxy: options.trustProxy }),
  });
  const server = http.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  opened.defer(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const all = opened.move();
  return {
    address,
    db,
    services,
    audit: async (organizationId, action) => readAudit(db, organizationId, action),
    ...people(address, services),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function features({ signUpOpen = false, mailer = null }: AccountAppOptions) {
  return { signUpOpen, mailEnabled: mailer !== null };
}

/** Stands for everything that is not about accounts. */
const whoAmI = defineRoute({
  method: 'get',
  path: '/api/v1/who-am-i',
  tag: 'Service',
  summary: 'For tests',
  access: 'chat',
  answer: z.object({ actor: z.unknown() }),
  handle: ({ actor }) => ({ actor }),
});

async function readAudit(db: Database, organizationId: string, action: AuditAction | undefined) {
  const entries = await createAuditRepository(db).readChain(organizationId, null, 1000);
  return entries
    .filter(({ event }) => action === undefined || event.action === action)
    .map(({ event, body }) => {
      const text = body?.body ?? null;
      const details = text === null ? null : (JSON.parse(text) as { details?: unknown }).details;
      return { action: event.action, actorId: event.actorId, details };
    });
}

function people(address: string, services: AccountServices): Pick<AccountApp, 'visitor' | 'owner' | 'invited'> {
  const visitor = (headers: Record<string, string> = {}) => createVisitor(address, headers);
  return {
    visitor,
    async owner() {
      const owner = visitor();
      const token = await services.setUp.token();
      const email = 'olivia@example.com';
      const answer = await owner.send('POST', '/api/v1/set-up', { token, name: 'Olivia', email, password });
      if (answer.status !== 200) throw new Error(`No set-up: ${JSON.stringify(answer.body)}`);
      return owner;
    },
    async invited(by, role, name) {
      const email = `${name.toLowerCase()}@example.com`;
      const invited = await by.send('POST', '/api/v1/invitations', { email, role });
      if (invited.status !== 201) throw new Error(`No invitation: ${JSON.stringify(invited.body)}`);
      const person = visitor();
      const where = `/api/v1/invitation-links/${tokenOf(invited.body.link)}/sign-up`;
      const answer = await person.send('POST', where, { name, password });
      if (answer.status !== 200) throw new Error(`No sign-up: ${JSON.stringify(answer.body)}`);
      return person;
    },
  };
}

/** The token at the end of an invitation's link. */
export function tokenOf(link: unknown): string {
  return String(link).split('/').at(-1) ?? '';
}

function createVisitor(address: string, always: Record<string, string>): Visitor {
  const visitor: Visitor = {
    cookie: null,
    get: (where) => request('GET', where, {}),
    send: (method, where, body = {}, headers = {}) =>
      request(method, where, {
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
  };
  async function request(method: string, where: string, init: { body?: string; headers?: Record<string, string> }) {
    const signed = visitor.cookie === null ? {} : { cookie: visitor.cookie };
    const response = await fetch(address + where, {
      ...init,
      method,
      headers: { ...signed, ...always, ...init.headers },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      visitor.cookie = pair.endsWith('=') ? null : pair;
    }
    const text = await response.text();
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    return { status: response.status, body, headers: response.headers };
  }
  return visitor;
}
