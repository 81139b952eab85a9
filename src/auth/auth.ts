import { randomUUID } from 'node:crypto';
import { isAPIError } from 'better-auth/api';
import { betterAuth } from 'better-auth/minimal';
import type { Database } from '#db/database.ts';
import { createAuthRecords } from '#db/repositories/auth-records.ts';
import { isUniqueViolation } from '#db/storage-error.ts';
import { AppError } from '#errors';
import type { Logger } from '#log';
import { createAuthAdapter } from './auth-adapter.ts';
import type { Client } from './client.ts';
import { readSessionToken, sessionCookieName } from './session-cookie.ts';
import { newToken } from './tokens.ts';

export const passwordLength = { least: 10, most: 128 } as const;
const minute = 60;
const day = 24 * 60 * minute;
/** A session that nobody uses for this long is over. */
const sessionSeconds = 30 * day;
/** How often a session in use is written anew, with the time it was last seen. */
export const sessionRefreshSeconds = 15 * minute;
const resetSeconds = 60 * minute;

export interface AuthOptions {
  readonly db: Database;
  /** At least 32 bytes. Whoever has it can sign cookies, but not guess the token in one. */
  readonly secret: Buffer;
  /** Whether people come over https: the cookie is bound to that. */
  readonly secureCookies: boolean;
  readonly log: Logger;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface SignIn {
  readonly userId: string;
  readonly token: string;
  /** Set-Cookie lines for the answer. */
  readonly cookies: readonly string[];
}

/** Passwords and sessions. Everything else about people and organizations stands beside it, on our own tables. */
export interface Auth {
  /** The token of a cookie that we have signed, or null. Whether its session still is, the sessions know. */
  readToken(client: Client): string | null;
  hashPassword(password: string): Promise<string>;
  /** Joins the caller's transaction. Throws CONFLICT for an e-mail that is taken. */
  createPerson(person: { name: string; email: string; passwordHash: string }): Promise<{ id: string }>;
  /** A new session, or null for a wrong e-mail or password after the same work. */
  signIn(credentials: Credentials, client: Client): Promise<SignIn | null>;
  /** Moves the end of a session in use; returns the cookies that say so. */
  refresh(client: Client): Promise<readonly string[]>;
  /** Ends the session, if there is one, and returns the cookies that take the browser's away. */
  signOut(client: Client): Promise<readonly string[]>;
  /** Ends all sessions and links for a new password, and begins a new session; null for a wrong current password. */
  changePassword(change: { current: string; next: string }, client: Client): Promise<readonly string[] | null>;
  /** A token for one new password within an hour. */
  createResetToken(userId: string): Promise<string>;
  /** Ends all sessions and further links. Returns whose password it was, or null for a token that is unknown, used or too old. */
  resetPassword(token: string, next: string): Promise<string | null>;
}

/** better-auth's endpoints are never mounted: our routes are the one door, and they call it from here. */
export function createAuth(options: AuthOptions): Auth {
  const secret = options.secret.toString('base64');
  const name = sessionCookieName(options.secureCookies);
  const library = createLibrary(options, secret, name);
  const context = library.$context;
  const ownCookies = (headers: Headers) => headers.getSetCookie().filter((line) => line.startsWith(`${name}=`));

  return {
    readToken: ({ cookie }) => readSessionToken(cookie, name, secret),
    hashPassword: async (password) => (await context).password.hash(password),
    createPerson: async (person) => createPerson((await context).internalAdapter, person),
    async signIn(credentials, client) {
      // Without the cookie of before: a new session owes nothing to an old one.
      const request = { body: credentials, headers: headersOf({ ...client, cookie: undefined }) };
      const answer = await orNull(library.api.signInEmail({ ...request, returnHeaders: true }));
      if (answer === null) return null;
      const { user, token } = answer.response;
      return { userId: user.id, token, cookies: ownCookies(answer.headers) };
    },
    async refresh(client) {
      const answer = await orNull(library.api.getSession({ headers: headersOf(client), returnHeaders: true }));
      return answer === null ? [] : ownCookies(answer.headers);
    },
    async signOut(client) {
      const answer = await orNull(library.api.signOut({ headers: headersOf(client), returnHeaders: true }));
      return answer === null ? [] : ownCookies(answer.headers);
    },
    async changePassword({ current, next }, client) {
      const body = { currentPassword: current, newPassword: next, revokeOtherSessions: true };
      const request = { body, headers: headersOf(client), returnHeaders: true } as const;
      const answer = await orNull(library.api.changePassword(request));
      if (answer === null) return null;
      await forgetResets(await context, answer.response.user.id);
      return ownCookies(answer.headers);
    },
    ...resetting(library),
  };
}

function createLibrary({ db, secureCookies, log }: AuthOptions, secret: string, cookieName: string) {
  return betterAuth({
    // Only ever used for addresses of its own endpoints, which are not mounted.
    baseURL: 'http://localhost',
    // Named as a list, the library does not look for secrets in the process's environment.
    secrets: [{ version: 1, value: secret }],
    database: createAuthAdapter(db, createAuthRecords(db)),
    emailAndPassword: {
      enabled: true,
      minPasswordLength: passwordLength.least,
      maxPasswordLength: passwordLength.most,
      revokeSessionsOnPasswordReset: true,
    },
    session: { expiresIn: sessionSeconds, updateAge: sessionRefreshSeconds },
    verification: { storeIdentifier: 'hashed' },
    advanced: {
      useSecureCookies: false,
      cookies: {
        session_token: {
          name: cookieName,
          attributes: { httpOnly: true, sameSite: 'lax', path: '/', secure: secureCookies },
        },
      },
      ipAddress: { ipAddressHeaders: [addressHeader], ipv6Subnet: 128 },
      database: { generateId: () => randomUUID() },
    },
    // Limits stand in front of our own routes.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: {
      level: 'debug',
      disableColors: true,
      log: (level, message, ...further) =>
        log[level === 'error' ? 'error' : 'debug']({ err: further.find((item) => item instanceof Error) }, message),
    },
  });
}

type Library = ReturnType<typeof createLibrary>;
type Context = Awaited<Library['$context']>;
type InternalAdapter = Context['internalAdapter'];

function resetting({ api, $context: context }: Library): Pick<Auth, 'createResetToken' | 'resetPassword'> {
  const resetIdentifier = (token: string) => `reset-password:${token}`;
  return {
    async createResetToken(userId) {
      const token = newToken();
      const expiresAt = new Date(Date.now() + resetSeconds * 1000);
      const { internalAdapter } = await context;
      await internalAdapter.createVerificationValue({ identifier: resetIdentifier(token), value: userId, expiresAt });
      return token;
    },
    async resetPassword(token, next) {
      const { internalAdapter } = await context;
      const found = await internalAdapter.findVerificationValue(resetIdentifier(token));
      if (found === null) return null;
      const done = await orNull(api.resetPassword({ body: { token, newPassword: next } }));
      if (done === null) return null;
      await forgetResets(await context, found.value);
      return found.value;
    },
  };
}

/** Nothing but links for a new password is ever stored there; one from before a change must not undo it. */
async function forgetResets({ adapter }: Context, userId: string): Promise<void> {
  await adapter.deleteMany({ model: 'verification', where: [{ field: 'value', value: userId }] });
}

async function createPerson(
  people: InternalAdapter,
  { name, email, passwordHash }: { name: string; email: string; passwordHash: string },
): Promise<{ id: string }> {
  try {
    const { id } = await people.createUser({ name, email, emailVerified: false }, { method: 'email' });
    await people.createAccount({ userId: id, accountId: id, providerId: 'credential', password: passwordHash });
    return { id };
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError('CONFLICT', 'This e-mail address has an account already.');
    throw error;
  }
}

/** The library looks for the address here and nowhere else: a caller's own header never gets this far. */
const addressHeader = 'x-client-address';

function headersOf({ cookie, userAgent, address }: Client): Headers {
  const headers = new Headers();
  if (cookie !== undefined) headers.set('cookie', cookie);
  if (userAgent !== undefined) headers.set('user-agent', userAgent.slice(0, 500));
  if (address !== undefined) headers.set(addressHeader, address);
  return headers;
}

/** Null for whatever the library refuses; a failure of storage inside it stays one. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.cause instanceof AppError) throw error.cause;
    if (isAPIError(error) && error.statusCode < 500) return null;
    throw error;
  }
}
