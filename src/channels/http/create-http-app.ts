import { existsSync } from 'node:fs';
import path from 'node:path';
import express, { type Express, type RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { AppError } from '#errors';
import type { Logger } from '#log';
import { createProblemHandler, sendProblem } from './problem-response.ts';
import { refuseForeignHosts } from './refuse-foreign-hosts.ts';
import type { Route } from './route.ts';

export interface HttpAppOptions {
  readonly routes: readonly Route[];
  readonly allowedHosts: readonly string[];
  /** Folder of the built pages. */
  readonly webDirectory: string;
  /** New messages one client address may send a minute; 0 switches the limit off. */
  readonly chatMessagesPerMinute: number;
  readonly log: Logger;
}

/** The service's HTTP face: headers, limits, the route table, the pages, and one place for errors. */
export function createHttpApp(options: HttpAppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.use(securityHeaders());
  app.get('/healthz', (_request, response) => {
    response.json({ ok: true });
  });
  app.use(refuseForeignHosts(options.allowedHosts));
  app.use('/api', (_request, response, next) => {
    response.setHeader('cache-control', 'no-store');
    next();
  });
  if (options.chatMessagesPerMinute > 0) app.post('/api/chat', limitMessages(options.chatMessagesPerMinute));
  const json = express.json({ limit: '64kb', type: 'application/json' });
  for (const route of options.routes) {
    if (route.method === 'get') app.get(route.path, route.handle);
    else app.post(route.path, requireJson, json, route.handle);
  }
  app.use('/api', () => {
    throw new AppError('NOT_FOUND', 'There is no such endpoint.');
  });
  servePages(app, options.webDirectory);
  app.use(() => {
    throw new AppError('NOT_FOUND', 'There is nothing here that answers to this.');
  });
  app.use(createProblemHandler(options.log));
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

/** State changes need JSON, which a foreign page cannot send without a preflight that is never granted. */
const requireJson: RequestHandler = (request, _response, next) => {
  // Asked of the header itself: a request without a body would otherwise pass, and such a one needs no preflight.
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new AppError('MEDIA_TYPE_UNSUPPORTED', 'Send the request as application/json.');
  }
  next();
};

function limitMessages(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (request) => ipKeyGenerator(request.ip ?? '', 64),
    handler: (_request, response) =>
      sendProblem(
        response,
        new AppError('RATE_LIMITED', `More than ${perMinute} messages in a minute. Wait a little and send it again.`),
      ),
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
