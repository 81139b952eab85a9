import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, type Options, rateLimit } from 'express-rate-limit';
import { AppError } from '#errors';
import { sendProblem } from './problem-response.ts';

export interface SignInLimits {
  readonly windowMs: number;
  /** Requests of one client address (IPv6: of its /64) to everything that can be guessed at. */
  readonly perAddress: number;
  /** Refused sign-ins with one e-mail address, wherever they come from, and mails to it that somebody asked for. */
  readonly perEmail: number;
}

export const defaultSignInLimits: SignInLimits = { windowMs: 15 * 60_000, perAddress: 50, perEmail: 10 };

export interface SignInLimiters {
  readonly byAddress: readonly RequestHandler[];
  /** Both limits. */
  readonly bySignIn: readonly RequestHandler[];
  /** Client address and recipient, so that nobody's mailbox is filled. */
  readonly byRecipient: readonly RequestHandler[];
}

/** One set of counters, to be shared by the endpoints that it guards. */
export function createSignInLimiters({ windowMs, perAddress, perEmail }: SignInLimits): SignInLimiters {
  const byAddress = rateLimit({
    ...limitSettings(windowMs),
    limit: perAddress,
    keyGenerator: (request) => ipKeyGenerator(request.ip ?? '', 64),
  });
  const byEmail = (further: Partial<Options>) =>
    rateLimit({
      ...limitSettings(windowMs),
      limit: perEmail,
      skip: (request) => emailOf(request) === null,
      keyGenerator: (request) => emailOf(request) ?? '',
      ...further,
    });
  return {
    byAddress: [byAddress],
    // Who gets in was no guesser.
    bySignIn: [byAddress, byEmail({ skipSuccessfulRequests: true })],
    byRecipient: [byAddress, byEmail({})],
  };
}

/** What all limits have in common: how they are told. */
export function limitSettings(windowMs: number): Partial<Options> {
  return {
    windowMs,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, response) =>
      sendProblem(
        response,
        new AppError('RATE_LIMITED', 'Too many attempts. Wait a quarter of an hour and try again.'),
      ),
  };
}

/** As the contract will read it; null for what the contract will refuse. */
function emailOf(request: Request): string | null {
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null || !('email' in body)) return null;
  return typeof body.email === 'string' ? body.email.trim().toLowerCase().slice(0, 254) : null;
}
