import { existsSync } from 'node:fs';
import path from 'node:path';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { refuseOtherMethods } from '#channels/mcp/refuse-other-methods.ts';
import { AppError } from '#errors';
import type { Logger } from '#log';
import { type DoorOptions, mountRoutes } from './door.ts';
import { createProblemHandler } from './problem-response.ts';
import { refuseForeignHosts } from './refuse-foreign-hosts.ts';

export interface HttpAppOptions extends DoorOptions {
  readonly allowedHosts: readonly string[];
  /** How many proxies in front of the service may name the client's address; none unless said otherwise. */
  readonly trustProxy?: number;
  /** Folder of the built pages. */
  readonly webDirectory: string;
  readonly log: Logger;
  /** What is met by others than this service's own pages, and says itself whom it refuses. */
  readonly mountFirst?: (app: Express, refuseForeign: RequestHandler) => void;
}

/** Below /api: the one place there that is a page. */
const referencePage = '/docs';

/** The service's HTTP face: headers, limits, the route table, the pages, and one place for errors. */
export function createHttpApp(options: HttpAppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', options.trustProxy ?? 0);
  app.use(securityHeaders());
  app.get('/healthz', (_request, response) => {
    response.json({ ok: true });
  });
  const refuseForeign = refuseForeignHosts(options.allowedHosts);
  options.mountFirst?.(app, refuseForeign);
  app.use(refuseForeign);
  app.use(['/api', '/v1'], (_request, response, next) => {
    response.setHeader('cache-control', 'no-store');
    next();
  });
  mountRoutes(app, options);
  app.all('/mcp', refuseOtherMethods);
  app.use('/api', (request, _response, next) => {
    if (request.method === 'GET' && request.path === referencePage) next();
    else throw new AppError('NOT_FOUND', 'There is no such endpoint.');
  });
  app.use('/v1', (request) => {
    throw new AppError('NOT_FOUND', `There is no ${request.method} ${request.baseUrl}${request.path} here.`);
  });
  // Whoever looks here for a way to sign in must not take a page for one.
  app.use('/.well-known', () => {
    throw new AppError('NOT_FOUND', 'There is nothing here.');
  });
  servePages(app, options.webDirectory);
  app.use(() => {
    throw new AppError('NOT_FOUND', 'There is nothing here that answers to this.');
  });
  app.use(createProblemHandler(options.log, options.scrub));
  return app;
}

function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        // The sample chat on a widget's page.
        frameSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Served over plain HTTP on the own machine; whoever puts TLS in front sets it there.
    strictTransportSecurity: false,
  });
}

function servePages(app: Express, directory: string): void {
  const index = path.join(directory, 'index.html');
  if (!existsSync(index)) {
    app.get('/{*path}', (_request, response) => {
      response.status(503).type('text/plain').send('The pages are not built yet. Run `npm run build` and start again.');
    });
    return;
  }
  const year = 365 * 24 * 3600 * 1000;
  app.use(
    '/assets',
    express.static(path.join(directory, 'assets'), { immutable: true, maxAge: year, fallthrough: false }),
  );
  app.use(express.static(directory, { index: false }));
  app.get('/{*path}', (_request, response) => {
    response.setHeader('cache-control', 'no-cache');
    response.sendFile(index);
  });
}
