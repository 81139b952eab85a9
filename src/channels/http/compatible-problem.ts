import type { Request, Response } from 'express';
import { z } from 'zod';
import { AppError, type AppErrorCode } from '#errors';
import type { CompatibleError } from './contract/completions.ts';

/** An AppError with what clients of OpenAI's API look for beside its message. They do not send the request again. */
export class CompatibleProblem extends AppError {
  /** The member of the request that it is about; null for the whole. */
  readonly param: string | null;
  readonly compatibleCode: string | null;

  constructor(code: AppErrorCode, message: string, about: { readonly param?: string; readonly code?: string } = {}) {
    super(code, message);
    this.name = 'CompatibleProblem';
    this.param = about.param ?? null;
    this.compatibleCode = about.code ?? null;
  }
}

/** Whether whoever calls expects OpenAI's way of telling errors. */
export function isCompatible({ originalUrl }: Pick<Request, 'originalUrl'>): boolean {
  return /^\/v1(?:[/?]|$)/i.test(originalUrl);
}

interface Told {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

/** Answers in OpenAI's shape. `error` is what was thrown. */
export function sendCompatibleProblem(response: Response, told: Told, error: unknown): void {
  // Clients send again of their own accord what they take for passing; a run would be made twice then.
  if (told.status === 409 || error instanceof CompatibleProblem) response.setHeader('x-should-retry', 'false');
  response
    .status(told.status)
    .type('application/json')
    .send(JSON.stringify(compatibleError(told, error)));
}

export function compatibleError({ status, code, detail }: Told, error: unknown): CompatibleError {
  const about = factsOf(error);
  return {
    error: {
      message: detail,
      type: typeOf(status),
      param: about.param,
      code: about.code ?? knownCodes[code] ?? code.toLowerCase(),
    },
  };
}

const knownCodes: Readonly<Record<string, string>> = {
  SIGN_IN_REQUIRED: 'invalid_api_key',
  SIGN_IN_REFUSED: 'invalid_api_key',
  RATE_LIMITED: 'rate_limit_exceeded',
  INTERNAL: 'internal_error',
};

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

function factsOf(error: unknown): { readonly param: string | null; readonly code: string | null } {
  if (error instanceof CompatibleProblem) return { param: error.param, code: error.compatibleCode };
  if (!(error instanceof z.ZodError)) return { param: null, code: null };
  const [issue] = error.issues;
  const code = issue?.code === 'custom' ? issue.params?.code : 'invalid_value';
  const param = issue === undefined || issue.path.length === 0 ? null : memberOf(issue.path);
  return { param, code: typeof code === 'string' ? code : 'invalid_value' };
}

/** `messages[0].content`, as OpenAI writes it. */
function memberOf(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}
