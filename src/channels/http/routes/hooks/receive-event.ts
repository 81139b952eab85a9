import express, { type Express, type Request, type RequestHandler } from 'express';
import { ipKeyGenerator, MemoryStore, rateLimit } from 'express-rate-limit';
import { z } from 'zod';
import { AppError } from '#errors';
import type { HookReceiver } from '#jobs/triggers/webhook/hook-receiver.ts';
import { clientAddress } from '../../client-address.ts';
import { sendProblem } from '../../problem-response.ts';

export interface HookRouteDeps {
  readonly hooks: Pick<HookReceiver, 'receive'>;
  readonly limits?: HookLimits;
}

export interface HookLimits {
  /** Events of one job from one client address in a minute. */
  readonly perJob: number;
  /** Requests of one client address in a minute that proved to be nobody’s. */
  readonly refused: number;
}

/** Whoever changes a thousand records at once sends a thousand events, and no script of Ninox sends one again. */
export const defaultHookLimits: HookLimits = { perJob: 3_000, refused: 60 };

const hookPath = '/hooks/:organizationId/:jobId';
const windowMs = 60_000;
const hookParams = z.object({
  organizationId: z.string().regex(/^[\w-]{1,64}$/),
  jobId: z.string().regex(/^[\w-]{1,64}$/),
});

/**
 * POST /hooks/:organizationId/:jobId : what others send to the hook of a job. To be mounted before any body is parsed, for
 * a signature is over the bytes, and before the one place for errors.
 */
export function mountHooks(app: Express, { hooks, limits = defaultHookLimits }: HookRouteDeps): void {
  const trials = countTrials(limits.refused);
  app.post(
    hookPath,
    keepNothing,
    trials.refuseTooMany,
    limitEvents(limits.perJob),
    requireJson,
    express.raw({ limit: '1mb', type: () => true, inflate: false }),
    async (request, response) => {
      try {
        const { id } = await hooks.receive({ ...placeOf(request), headers: request.headers, body: bodyOf(request) });
        response.status(202).json({ accepted: true, id });
      } catch (error) {
        if (error instanceof AppError && error.code === 'HOOK_REFUSED') await trials.count(request);
        throw error;
      }
    },
  );
  app.use('/hooks', () => {
    throw new AppError('NOT_FOUND', 'There is nothing here. Events are sent with POST to the address of a job’s hook.');
  });
}

const keepNothing: RequestHandler = (_request, response, next) => {
  response.setHeader('cache-control', 'no-store');
  next();
};

const requireJson: RequestHandler = (request, _response, next) => {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new AppError('MEDIA_TYPE_UNSUPPORTED', 'Send the event as application/json.');
  }
  next();
};

function placeOf(request: Request): z.output<typeof hookParams> {
  const read = hookParams.safeParse(request.params);
  // Such ids no job has; what is not there is answered by whoever answers for all of them.
  return read.success ? read.data : { organizationId: '', jobId: '' };
}

function bodyOf({ body }: Request): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function limitEvents(limit: number): RequestHandler {
  return rateLimit({
    windowMs,
    limit,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (request) => {
      const { organizationId, jobId } = placeOf(request);
      return JSON.stringify([organizationId, jobId, ipKeyGenerator(request.ip ?? '', 64)]);
    },
    handler: (_request, response) => sendProblem(response, tooMany('events')),
  });
}

/** Counts after the answer is known: a burst of good events is no guessing. */
function countTrials(limit: number) {
  const store = new MemoryStore();
  store.init({ windowMs } as Parameters<MemoryStore['init']>[0]);
  const refuseTooMany: RequestHandler = async (request, response, next) => {
    const found = await store.get(clientAddress(request));
    if (found !== undefined && found.totalHits >= limit) {
      sendProblem(response, tooMany('events that were not taken'));
      return;
    }
    next();
  };
  return { refuseTooMany, count: async (request: Request) => void (await store.increment(clientAddress(request))) };
}

function tooMany(what: string): AppError {
  return new AppError('RATE_LIMITED', `Too many ${what} came from this address. Wait a minute and send it again.`);
}
