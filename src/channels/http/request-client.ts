import type { Request, Response } from 'express';
import type { Client } from '#auth/client.ts';
import type { Identify } from '#auth/identify.ts';
import type { DoorOptions } from './door.ts';

/** What signing in asks of a request. */
export function clientOf(request: Request): Client {
  const { cookie, authorization } = request.headers;
  return { cookie, authorization, userAgent: request.headers['user-agent'], address: request.ip };
}

/** The answer's cookies in place of any that identifying the caller has set. */
export function setCookies(response: Response, cookies: readonly string[]): void {
  response.removeHeader('set-cookie');
  if (cookies.length > 0) response.setHeader('set-cookie', [...cookies]);
}

/** How the door asks who sent a request; a session in use is moved on with the answer. */
export function createRequestIdentify(identify: Identify): DoorOptions['identify'] {
  return async (request) => {
    const { identity, cookies } = await identify(clientOf(request));
    for (const cookie of cookies) request.res?.append('set-cookie', cookie);
    return identity;
  };
}
