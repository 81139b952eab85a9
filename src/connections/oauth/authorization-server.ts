import * as oauth from 'oauth4webapi';
import type { OauthConnect } from '#integrations/catalog.ts';
import { Secret } from '#vault/secret.ts';

export interface Tokens {
  readonly access: Secret;
  /** Null where the service gave none, at a renewal also when the one that was used goes on to count. */
  readonly refresh: Secret | null;
  /** Null when the service did not say. */
  readonly expiresAt: Date | null;
}

export const oauthProblems = ['denied', 'invalid_grant', 'unreachable', 'failed'] as const;
export type OauthProblem = (typeof oauthProblems)[number];

/** What a service answered instead of tokens. Nothing of its text is kept: it could hold a token. */
export class OauthRefused extends Error {
  readonly problem: OauthProblem;

  constructor(problem: OauthProblem) {
    super(`The sign-in service gave no tokens: ${problem}.`);
    this.name = 'OauthRefused';
    this.problem = problem;
  }
}

export interface AuthorizationRequest {
  readonly scopes: readonly string[];
  readonly state: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

export interface AuthorizationAnswer {
  /** The query the browser came back with. */
  readonly parameters: URLSearchParams;
  readonly state: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/** Speaks the protocol; throws OauthRefused. */
export interface AuthorizationServer {
  urlFor(connect: OauthConnect, request: AuthorizationRequest): Promise<string>;
  /** Holds the answer against the state and the issuer, then exchanges its code. */
  exchange(connect: OauthConnect, answer: AuthorizationAnswer): Promise<Tokens>;
  refresh(connect: OauthConnect, refreshToken: Secret): Promise<Tokens>;
}

/** Below the time for which one process has the right to renew. */
const timeoutMs = 15_000;

export function createAuthorizationServer(clock: () => Date = () => new Date()): AuthorizationServer {
  const toTokens = (response: oauth.TokenEndpointResponse): Tokens => ({
    access: new Secret(response.access_token),
    refresh: response.refresh_token === undefined ? null : new Secret(response.refresh_token),
    expiresAt: response.expires_in === undefined ? null : new Date(clock().getTime() + response.expires_in * 1000),
  });

  return {
    async urlFor(connect, { scopes, state, verifier, redirectUri }) {
      const url = new URL(connect.authorizationEndpoint);
      const parameters = {
        response_type: 'code',
        client_id: connect.clientId,
        redirect_uri: redirectUri,
        scope: scopes.join(' '),
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return url.href;
    },
    exchange: (connect, answer) =>
      told(async () => {
        const { server, client, authentication, options } = sidesOf(connect);
        const checked = oauth.validateAuthResponse(server, client, answer.parameters, answer.state);
        const response = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          authentication,
          checked,
          answer.redirectUri,
          answer.verifier,
          options,
        );
        return toTokens(await oauth.processAuthorizationCodeResponse(server, client, response));
      }),
    refresh: (connect, refreshToken) =>
      told(async () => {
        const { server, client, authentication, options } = sidesOf(connect);
        const token = refreshToken.reveal();
        const response = await oauth.refreshTokenGrantRequest(server, client, authentication, token, options);
        return toTokens(await oauth.processRefreshTokenResponse(server, client, response));
      }),
  };
}

function sidesOf(connect: OauthConnect) {
  const server: oauth.AuthorizationServer = {
    issuer: connect.issuer,
    authorization_endpoint: connect.authorizationEndpoint,
    token_endpoint: connect.tokenEndpoint,
    authorization_response_iss_parameter_supported: connect.namesIssuer,
  };
  const secret = connect.clientSecret;
  return {
    server,
    client: { client_id: connect.clientId },
    authentication: secret === null ? oauth.None() : oauth.ClientSecretBasic(secret.reveal()),
    options: {
      signal: () => AbortSignal.timeout(timeoutMs),
      // Only a catalog entry of this machine, as for a test, may be spoken to without encryption.
      [oauth.allowInsecureRequests]: isLoopback(connect.tokenEndpoint),
    },
  };
}

function isLoopback(address: string): boolean {
  return ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(address).hostname);
}

/** The library's errors carry the whole answer, so they go no further. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new OauthRefused(problemOf(error));
  }
}

function problemOf(error: unknown): OauthProblem {
  if (error instanceof oauth.AuthorizationResponseError) return error.error === 'access_denied' ? 'denied' : 'failed';
  if (error instanceof oauth.ResponseBodyError) {
    if (error.status >= 500) return 'unreachable';
    return error.error === 'invalid_grant' ? 'invalid_grant' : 'failed';
  }
  // What fetch throws where nothing answers, and what ends the waiting.
  if (error instanceof TypeError || error instanceof DOMException) return 'unreachable';
  return isServerError(error) ? 'unreachable' : 'failed';
}

/** An answer of a proxy or of a server in trouble, which is not the form that answers have. */
function isServerError(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Response && cause.status >= 500;
}
