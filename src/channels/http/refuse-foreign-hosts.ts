import type { RequestHandler } from 'express';
import { AppError } from '#errors';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Refuses requests whose Host, or Origin where one is sent, is not a name of this service. There is no sign-in yet, so
 * this is what keeps a foreign page from reaching a service on the visitor's own machine through a rebound name.
 */
export function refuseForeignHosts(allowedHosts: readonly string[]): RequestHandler {
  const allowed = new Set([...loopbackNames, ...allowedHosts.map((host) => host.toLowerCase())]);
  return (request, _response, next) => {
    const host = nameOf(request.headers.host ?? '');
    const { origin } = request.headers;
    if (!allowed.has(host) || (origin !== undefined && !allowed.has(nameOfOrigin(origin)))) {
      throw new AppError(
        'HOST_REFUSED',
        'The service is not meant to be reached under this name. Add it to ALLOWED_HOSTS.',
      );
    }
    next();
  };
}

function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

function nameOfOrigin(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname : '';
}
