import type { Connection } from '#integrations/connection.ts';
import type { Egress, EgressRequest, EgressResponse } from '#integrations/egress.ts';
import { EgressError } from '#integrations/egress-error.ts';
import { type UpstreamCode, UpstreamError } from '#integrations/upstream-error.ts';
import type { OperationDetails } from './operations.ts';

const timeoutMs = 60_000;
const maxBytes = 1024 * 1024;

export interface Asking {
  readonly egress: Egress;
  readonly connection: Connection;
  readonly signal: AbortSignal;
  /** Whether it may have changed something once it was sent. */
  readonly mayHaveEffect: boolean;
}

/** The request of an operation with its arguments filled in. Throws UpstreamError for a path that would leave its place. */
export function requestOf(
  { method, path, inPath, inQuery, body }: OperationDetails,
  given: Readonly<Record<string, unknown>>,
): Pick<EgressRequest, 'method' | 'path' | 'query' | 'body'> {
  const filled = path.replace(/\{([^{}]+)\}/g, (whole, name: string) =>
    inPath.includes(name) ? encodeURIComponent(plain(given[name])) : whole,
  );
  if (/\{|\}|(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(filled)) {
    throw new UpstreamError('UPSTREAM_INVALID', 'What was given does not fit into the path of this operation.');
  }
  const query = Object.fromEntries(
    inQuery.filter((name) => given[name] !== undefined).map((name) => [name, plain(given[name])]),
  );
  return {
    method: method.toUpperCase() as EgressRequest['method'],
    path: filled,
    query,
    ...(body !== null && given[body] !== undefined ? { body: given[body] } : {}),
  };
}

function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Sends it, once. Throws UpstreamError. */
export async function askOperation(
  { egress, connection, signal, mayHaveEffect }: Asking,
  request: Pick<EgressRequest, 'method' | 'path' | 'query' | 'body'>,
): Promise<EgressResponse> {
  try {
    const response = await egress.send({ connection, ...request, timeoutMs, maxBytes, signal });
    if (response.status >= 200 && response.status < 300) return response;
    throw refused(response.status, { label: connection.label, mayHaveEffect });
  } catch (error) {
    throw error instanceof EgressError ? lost(error, mayHaveEffect) : error;
  }
}

function lost({ reason, sent, message }: EgressError, mayHaveEffect: boolean): UpstreamError {
  if (sent && mayHaveEffect) return unknown();
  return new UpstreamError(reason === 'too_large' ? 'OUTPUT_TOO_LARGE' : 'UPSTREAM_UNAVAILABLE', message);
}

function unknown(): UpstreamError {
  return new UpstreamError(
    'OUTCOME_UNKNOWN',
    'The call was sent, but nobody knows whether it had its effect. Look in the service before it is made again.',
  );
}

const codes: Readonly<Record<number, UpstreamCode>> = {
  401: 'UPSTREAM_UNAUTHORIZED',
  403: 'UPSTREAM_FORBIDDEN',
  404: 'UPSTREAM_NOT_FOUND',
  410: 'UPSTREAM_NOT_FOUND',
  429: 'RATE_LIMITED',
};

function refused(status: number, { label, mayHaveEffect }: { label: string; mayHaveEffect: boolean }): UpstreamError {
  if (status >= 500) {
    if (mayHaveEffect) return unknown();
    return new UpstreamError('UPSTREAM_UNAVAILABLE', `The service has a problem of its own (HTTP ${status}).`);
  }
  const words = status === 401 ? `The service does not accept the key of the connection “${label}”.` : null;
  return new UpstreamError(
    codes[status] ?? 'UPSTREAM_INVALID',
    words ?? `The service refused the call (HTTP ${status}). Check what was given against the operation’s description.`,
  );
}
