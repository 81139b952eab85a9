import type { ErrorRequestHandler, Response } from 'express';
import { z } from 'zod';
import { AppError } from '#errors';
import type { Logger } from '#log';
import { isCompatible, sendCompatibleProblem } from './compatible-problem.ts';
import type { ProblemView } from './contract/common.ts';

/** Answers with `application/problem+json`; `detail` is written for the person who meets it. */
export function sendProblem(response: Response, error: AppError): void {
  write(response, { status: error.status, code: error.code, detail: error.message }, error);
}

/** The one place where errors become answers. An error that is not ours is logged and hidden. */
export function createProblemHandler(log: Logger, scrub: (text: string) => string): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  // oxlint-disable-next-line max-params
  return (error: unknown, request, response, _next) => {
    if (response.headersSent) {
      log.error({ err: error, method: request.method, path: request.path }, 'an answer broke off');
      // Whoever reads it must not take what came for the whole.
      response.destroy();
      return;
    }
    const known = toAppError(error);
    if (known !== null) {
      if (known.status >= 500) log.error({ err: error }, 'a request could not be served');
      write(response, { status: known.status, code: known.code, detail: scrub(known.message) }, error);
      return;
    }
    // The route's pattern, not the address: a link's token is part of some.
    const route = request.route as { readonly path?: unknown } | undefined;
    log.error({ err: error, method: request.method, path: route?.path ?? null }, 'a request failed unexpectedly');
    const detail = 'Something went wrong inside the service. Try again; the log has the details.';
    write(response, { status: 500, code: 'INTERNAL', detail }, null);
  };
}

function toAppError(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  if (error instanceof z.ZodError) return new AppError('INPUT_INVALID', describe(error), { cause: error });
  const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : null;
  if (type === 'entity.too.large')
    return new AppError('TOO_LARGE', `The request is larger than ${limitOf(error)} kB. Send less at once.`);
  if (type === 'entity.parse.failed') return new AppError('INPUT_INVALID', 'The body is not valid JSON.');
  if (type === 'charset.unsupported' || type === 'encoding.unsupported') {
    return new AppError('MEDIA_TYPE_UNSUPPORTED', 'Send JSON in UTF-8.');
  }
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : null;
  if (status === 404) return new AppError('NOT_FOUND', 'There is nothing here.');
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new AppError('INPUT_INVALID', 'The request could not be read.', { cause: error });
  }
  return null;
}

/** The body parser says in bytes what it takes. */
function limitOf(error: unknown): number {
  const limit = typeof error === 'object' && error !== null && 'limit' in error ? Number(error.limit) : 0;
  return Math.floor(limit / 1024);
}

function describe(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => (issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message))
    .join('; ');
}

function write(
  response: Response,
  problem: { readonly status: number; readonly code: string; readonly detail: string },
  error: unknown,
): void {
  if (isCompatible(response.req)) {
    sendCompatibleProblem(response, problem, error);
    return;
  }
  const view: ProblemView = { type: 'about:blank', title: titleOf(problem.code), ...problem };
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(view));
}

function titleOf(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
