import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { refusals } from './ninox-assumptions.ts';
import { createSampleData } from './ninox-data.ts';
import {
  createFaults,
  deliver,
  deliverFaulty,
  type FaultBox,
  type FaultRule,
  type Faults,
  isApplied,
} from './ninox-faults.ts';
import { fileRoutes } from './ninox-files.ts';
import type { NinoxData } from './ninox-model.ts';
import { NinoxRefusal, type Reply, refusalReply, textReply } from './ninox-reply.ts';
import { type NinoxRoute, routes, type StandInKey } from './ninox-routes.ts';

export interface NinoxServerOptions {
  readonly keys: readonly StandInKey[];
  /** The server changes it with every write. Absent means the sample company, fresh for this server. */
  readonly data?: NinoxData;
}

export interface LoggedRequest {
  readonly method: string;
  /** As it arrived, without the query. */
  readonly path: string;
  /** With the question mark; empty without a query. */
  readonly query: string;
  /** Null as long as no complete answer was sent. */
  readonly status: number | null;
}

/** A local stand-in for the Ninox API: real HTTP on the loopback address, its data in memory only. */
export interface NinoxStandIn {
  readonly faults: Faults;
  /** The newest 1,000 requests, oldest first. */
  readonly requests: readonly LoggedRequest[];
  /** Gives the base URL, which ends in `/v1`. Port 0 takes any free one. */
  listen(port?: number): Promise<string>;
  /** Breaks off whatever is still being answered. */
  close(): Promise<void>;
}

const introduction =
  'This is a local stand-in for the Ninox API with made-up data in memory; it is not Ninox, and what is changed here is gone when it stops.';

const maxLogged = 1000;
const maxBodyBytes = 40_000_000;

export function createNinoxServer({ keys, data = createSampleData() }: NinoxServerOptions): NinoxStandIn {
  const faults = createFaults();
  const requests: LogEntry[] = [];
  const server = createServer(createStandInApp({ keys, data, faults, requests }));
  return {
    faults,
    requests,
    listen: (port = 0) => listen(server, port),
    close: () => close(server),
  };
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

type LogEntry = { -readonly [Key in keyof LoggedRequest]: LoggedRequest[Key] };

interface StandIn {
  readonly keys: readonly StandInKey[];
  readonly data: NinoxData;
  readonly faults: FaultBox;
  readonly requests: LogEntry[];
}

/** What the steps of one request hand on. */
type Locals = { entry: LogEntry; fault: FaultRule | null; key: StandInKey };
type Step = RequestHandler<Record<string, string>, unknown, unknown, unknown, Locals>;
type StandInResponse = Response<unknown, Locals>;

function createStandInApp(standIn: StandIn): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(logRequest(standIn));
  app.get('/', (_request, response: StandInResponse) => answer(response, textReply(introduction)));
  app.use('/v1', strike(standIn.faults));
  app.use('/v1', requireKey(standIn.keys));
  app.use('/v1', express.raw({ type: () => true, limit: maxBodyBytes }));
  app.use('/v1', createRouter(standIn.data));
  app.use((_request, response: StandInResponse) => answer(response, refusalReply(refusals.endpoint)));
  app.use(answerError);
  return app;
}

function logRequest({ requests }: StandIn): Step {
  return (request, response, next) => {
    const [path = '', query] = request.originalUrl.split(/(?=\?)/, 2);
    const entry: LogEntry = { method: request.method, path, query: query ?? '', status: null };
    requests.push(entry);
    if (requests.length > maxLogged) requests.shift();
    response.locals.entry = entry;
    response.locals.fault = null;
    response.setHeader('x-ninox-stand-in', 'true');
    next();
  };
}

/** A fault that does not need Ninox's own answer keeps the request from having any effect. */
function strike(faults: FaultBox): Step {
  return (request, response, next) => {
    const fault = faults.take(request.method, request.originalUrl);
    response.locals.fault = fault;
    if (fault?.kind === 'late-effect') setTimeout(next, fault.ms).unref();
    else if (fault === null || isApplied(fault)) next();
    else answer(response, null);
  };
}

function requireKey(keys: readonly StandInKey[]): Step {
  const byHeader = new Map(keys.map((key) => [`Bearer ${key.key}`, key]));
  return (request, response, next) => {
    const key = byHeader.get(request.headers.authorization ?? '');
    if (key === undefined) throw new NinoxRefusal(refusals.noKey);
    response.locals.key = key;
    next();
  };
}

function createRouter(data: NinoxData): express.Router {
  const router = express.Router({ caseSensitive: true });
  for (const route of [...routes, ...fileRoutes]) router[route.method](route.path, runRoute(route, data));
  return router;
}

function runRoute(route: NinoxRoute, data: NinoxData): Step {
  return async (request, response) => {
    const { entry, key } = response.locals;
    const reply = await route.handle({
      data,
      key,
      params: request.params,
      query: new URLSearchParams(entry.query),
      contentType: request.headers['content-type'] ?? '',
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    });
    answer(response, reply);
  };
}

/** The one way out: as it should be, or as the fault of this request wants it. */
function answer(response: StandInResponse, reply: Reply | null): void {
  const { entry, fault } = response.locals;
  const answered = (status: number) => {
    entry.status = status;
  };
  if (fault === null) deliver({ response, reply, answered });
  else deliverFaulty(fault, { response, reply, answered });
}

// oxlint-disable-next-line max-params -- Express tells an error handler by its four parameters.
const answerError: ErrorRequestHandler = (error: unknown, _request: Request, response, _next) => {
  answer(response as StandInResponse, refusalReply(refusalOf(error)));
};

function refusalOf(error: unknown): { readonly status: number; readonly message: string } {
  if (error instanceof NinoxRefusal) return error;
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : null;
  if (status === 413) return refusals.tooLarge;
  // A path that cannot be decoded, or a body broken off.
  if (status === 400) return { status: 400, message: 'Bad Request' };
  return { status: 500, message: 'The stand-in failed.' };
}
