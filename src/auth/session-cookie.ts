import { createHmac, timingSafeEqual } from 'node:crypto';

/** With the `__Host-` prefix a browser refuses a cookie of another host, another path, or without encryption. */
export function sessionCookieName(secure: boolean): string {
  return secure ? '__Host-personas_session' : 'personas_session';
}

/** The session's token out of a Cookie header, or null when it is not there or was not signed with this secret. */
export function readSessionToken(header: string | undefined, name: string, secret: string): string | null {
  const value = cookieValue(header, name);
  const dot = value?.lastIndexOf('.') ?? -1;
  if (value === null || dot < 1) return null;
  const token = value.slice(0, dot);
  const given = Buffer.from(value.slice(dot + 1), 'base64');
  const right = createHmac('sha256', secret).update(token).digest();
  return given.length === right.length && timingSafeEqual(given, right) ? token : null;
}

function cookieValue(header: string | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const equals = part.indexOf('=');
    if (equals < 0 || part.slice(0, equals).trim() !== name) continue;
    return decode(part.slice(equals + 1).trim());
  }
  return null;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
