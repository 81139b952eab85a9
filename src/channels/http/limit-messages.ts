import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { AppError } from '#errors';
import { sendProblem } from './problem-response.ts';

/** How many new messages one client address may send a minute; 0 switches the limit off. */
export function limitMessages(perMinute: number): RequestHandler[] {
  if (perMinute === 0) return [];
  const limiter = rateLimit({
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
  return [limiter];
}
