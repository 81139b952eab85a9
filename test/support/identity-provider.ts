import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Integration } from '#integrations/catalog.ts';
import type { Egress } from '#integrations/egress.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { Secret } from '#vault/secret.ts';

/** A certified authorization server and one API behind it, both real HTTP on this machine. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly apiUrl: string;
  /** What the person does when asked for consent. */
  consent: 'given' | 'denied';
  /** Grant types that tokens were asked for with, in the order of their answers, and whether they were given. */
  readonly tokenRequests: readonly { readonly grant: string; readonly given: boolean }[];
  /** Every access token the API was called with. */
  readonly tokensSeen: readonly string[];
  /** Answers token requests with this status instead, until it is null again. */
  tokenFault: number | null;
  /** Called before a token request is answered. */
  beforeTokens: () => Promise<void>;
  /** Takes all access tokens back; refresh tokens go on to count. */
  endAccessTokens(): void;
  /** Takes everything back that was granted. */
  endGrants(): Promise<void>;
  close(): Promise<void>;
}

export const clientSecret = 'the-client-secret-of-this-test';
const clientId = 'personas';
const apiScope = 'calendar:read';

/** The parts of oidc-provider that are used; it comes without types. */
interface Provider {
  callback(): (request: IncomingMessage, response: ServerResponse) => void;
  on(event: string, listener: (context: ProviderContext) => void): void;
  interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<{ prompt: { name: string } }>;
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
  Grant: { new (owner: object): ProviderGrant; find(id: string): Promise<ProviderGrant | undefined> };
  AccessToken: { find(token: string): Promise<{ scope?: string; isValid: boolean } | undefined> };
  RefreshToken: { revokeByGrantId(id: string): Promise<void> };
}
interface ProviderContext {
  readonly oidc: { readonly params?: { readonly grant_type?: string } };
}
interface ProviderGrant {
  addOIDCScope(scope: string): void;
  addResourceScope(resource: string, scope: string): void;
  save(): Promise<string>;
  destroy(): Promise<void>;
}

/** `redirectUri` is asked for with the first request: the service has no address before it listens. */
export async function startIdentityProvider(redirectUri: () => string): Promise<IdentityProvider> {
  const grants: string[] = [];
  const tokenRequests: { grant: string; given: boolean }[] = [];
  const tokensSeen: string[] = [];
  let ended: ReadonlySet<string> = new Set();
  const behaviour: Pick<IdentityProvider, 'consent' | 'tokenFault' | 'beforeTokens'> = {
    consent: 'given',
    tokenFault: null,
    beforeTokens: async () => undefined,
  };

  const api = await listen(async (request, response) => {
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    tokensSeen.push(token);
    const { AccessToken } = await provider();
    const known = await AccessToken.find(token);
    const isGood = known?.isValid === true && !ended.has(token);
    response.writeHead(isGood ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isGood ? [{ id: 'work', name: 'Work' }] : {}));
  });
  const front = await listen((request, response) => serveFront(request, response));
  const issuer = front.address;
  const note = (given: boolean) => (context: ProviderContext) =>
    void tokenRequests.push({ grant: context.oidc.params?.grant_type ?? '', given });
  let made: Promise<Provider> | null = null;
  const provider = () => (made ??= openProvider());

  async function openProvider(): Promise<Provider> {
    const opened = await createProvider({ issuer, apiUrl: api.address, redirectUri: redirectUri() });
    opened.on('grant.success', note(true));
    opened.on('grant.error', note(false));
    return opened;
  }

  async function serveFront(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (path.startsWith('/interaction/')) return decide(request, response);
    if (path.startsWith('/token')) {
      await behaviour.beforeTokens();
      if (behaviour.tokenFault !== null) {
        response.writeHead(behaviour.tokenFault).end('<html>in trouble</html>');
        return;
      }
    }
    const known = await provider();
    known.callback()(request, response);
  }

  async function decide(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const known = await provider();
    const { prompt } = await known.interactionDetails(request, response);
    if (behaviour.consent === 'denied') {
      const denial = { error: 'access_denied', error_description: '<b>raw words</b> of the provider' };
      return known.interactionFinished(request, response, denial);
    }
    if (prompt.name === 'login') return known.interactionFinished(request, response, { login: { accountId: 'ann' } });
    const grant = new known.Grant({ accountId: 'ann', clientId });
    grant.addOIDCScope('openid offline_access');
    grant.addResourceScope(api.address, apiScope);
    const grantId = await grant.save();
    grants.push(grantId);
    return known.interactionFinished(request, response, { consent: { grantId } });
  }

  return Object.assign(behaviour, {
    issuer,
    apiUrl: api.address,
    tokenRequests,
    tokensSeen,
    endAccessTokens() {
      ended = new Set(tokensSeen);
    },
    async endGrants() {
      ended = new Set(tokensSeen);
      const { Grant, RefreshToken } = await provider();
      for (const id of grants) {
        await RefreshToken.revokeByGrantId(id);
        await (await Grant.find(id))?.destroy();
      }
    },
    async close() {
      await Promise.all([front.close(), api.close()]);
    },
  });
}

async function createProvider(at: { issuer: string; apiUrl: string; redirectUri: string }): Promise<Provider> {
  const name = 'oidc-provider';
  const { default: Class } = (await import(name)) as { default: new (issuer: string, settings: object) => Provider };
  return withoutAdvice(() => new Class(at.issuer, settingsFor(at)));
}

/** It warns against keeping things in memory, which is all that a test wants. */
function withoutAdvice<T>(work: () => T): T {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return work();
  } finally {
    console.warn = warn;
  }
}

function settingsFor(at: { apiUrl: string; redirectUri: string }) {
  return {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [at.redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    scopes: ['openid', 'offline_access'],
    pkce: { required: () => true },
    cookies: { keys: ['a key of this test'] },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    interactions: { url: (_context: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    ttl: { AccessToken: 3600, RefreshToken: 86_400, Grant: 86_400, Interaction: 600, Session: 86_400 },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => at.apiUrl,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: apiScope,
          audience: at.apiUrl,
          accessTokenTTL: 3600,
          accessTokenFormat: 'opaque',
        }),
      },
    },
  };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

async function listen(handle: Handler): Promise<{ address: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    Promise.resolve(handle(request, response)).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A browser that goes where it is sent, with the cookies of each host, until it is sent to `end`. */
export async function walkTo(end: string, start: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let at = new URL(start);
  for (let step = 0; step < 20; step += 1) {
    if (at.href.startsWith(end)) return at;
    const header = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(at, { redirect: 'manual', headers: { cookie: header } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null)
      throw new Error(`The way ended at ${at.href} with ${response.status}: ${await response.text()}`);
    at = new URL(location, at);
  }
  throw new Error('The way never ends.');
}

/** An integration that is signed in to; it lives in tests alone. */
export function calendarIntegration(provider: IdentityProvider, egress: Egress): Integration {
  const read: Integration['inspect'] = async (connection, signal) => {
    const limits = { timeoutMs: 5_000, maxBytes: 10_000, signal };
    const answer = await egress.send({ connection, method: 'GET', path: '/calendars', ...limits });
    if (answer.status !== 200)
      throw new UpstreamError('UPSTREAM_UNAUTHORIZED', `The calendar answered ${answer.status}.`);
    return JSON.parse(answer.text) as { id: string; name: string }[];
  };
  return {
    name: 'calendar',
    title: 'Calendar',
    description: 'Appointments, for tests.',
    category: 'automation',
    connect: {
      kind: 'oauth',
      issuer: provider.issuer,
      namesIssuer: true,
      authorizationEndpoint: `${provider.issuer}/auth`,
      tokenEndpoint: `${provider.issuer}/token`,
      clientId,
      clientSecret: new Secret(clientSecret),
      baseUrl: provider.apiUrl,
      scopesFor: () => [apiScope, 'offline_access'],
    },
    tools: [
      {
        name: 'calendar_list',
        slug: 'CALENDAR_LIST',
        integration: 'calendar',
        title: 'List calendars',
        description: 'Lists calendars.',
        scope: 'ninox:teams:read',
        effect: 'read',
        readsRecords: false,
        defaultApproval: 'auto',
        parameters: { type: 'object', properties: {}, additionalProperties: false },
        prepare: () => ({ ok: false, problem: 'not in tests' }),
      },
    ],
    resolveBaseUrl: () => provider.apiUrl,
    inspect: read,
    browse: (connection, _question, signal) => read(connection, signal),
    contains: async () => true,
  };
}
