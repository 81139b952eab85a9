import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { limitSettings } from './limit-sign-in.ts';

const windowMs = 15 * 60_000;
/** Nobody tries so many keys by hand; somebody who looks what answers where tries more. */
export const defaultKeyTrials = 100;

/** How many requests to places that people name one client address (IPv6: its /64) may have sent in a quarter of an hour. */
export function limitKeyTrials(limit = defaultKeyTrials): readonly RequestHandler[] {
  const limiter = rateLimit({
    ...limitSettings(windowMs),
    limit,
    keyGenerator: (request) => ipKeyGenerator(request.ip ?? '', 64),
  });
  return [limiter];
}
