import type { RequestHandler } from 'express';
import { AppError } from '#errors';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Refuses requests whose Host is not a name of this service, or whose Origin is another one: to a browser, a page on
 * another port of the visitor's own machine is the same site, and its requests carry the session's cookie.
 */
export function refuseForeignHosts(allowedHosts: readonly string[]): RequestHandler {
  // HOST is among them, and a machine's own address says nothing about whose page it is.
  const further = new Set(
    allowedHosts.map((host) => host.toLowerCase()).filter((host) => !loopbackNames.includes(host)),
  );
  const names = new Set([...loopbackNames, ...further]);
  return (request, _response, next) => {
    const host = request.headers.host?.toLowerCase() ?? '';
    const { origin } = request.headers;
    const isOurs = names.has(nameOf(host)) && (origin === undefined || isOwnOrigin(origin, host, further));
    if (!isOurs) {
      throw new AppError(
        'HOST_REFUSED',
        'The service is not meant to be reached under this name. Add it to ALLOWED_HOSTS.',
      );
    }
    next();
  };
}

/** The page's own address as the browser sees it; behind a proxy Host may be another, so the allowed names count too. */
function isOwnOrigin(origin: string, host: string, further: ReadonlySet<string>): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.host === host || further.has(url.hostname);
}

function nameOf(host: string): string {
  return host.replace(/:\d+$/, '');
}
