import { createMCPClient, type MCPClient } from '@ai-sdk/mcp';
import type { Connection } from '#integrations/connection.ts';
import type { Egress, EgressRequest } from '#integrations/egress.ts';
import { EgressError } from '#integrations/egress-error.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';

export interface SessionOptions {
  readonly egress: Egress;
  readonly connection: Connection;
  readonly signal: AbortSignal;
}

/** What went wrong on the wire, which the library tells of in words of its own. */
export interface Wire {
  status: number | null;
  problem: EgressError | UpstreamError | null;
}

/** For each request to a server. */
export const timeoutMs = 60_000;
const maxBytes = 4 * 1024 * 1024;

/** One conversation with an MCP server over HTTP, every request of it through the egress. Throws UpstreamError. */
export async function withSession<T>(
  options: SessionOptions,
  work: (client: MCPClient, wire: Wire) => Promise<T>,
): Promise<T> {
  const { connection, signal } = options;
  const wire: Wire = { status: null, problem: null };
  let client: MCPClient | null = null;
  try {
    client = await createMCPClient({
      transport: { type: 'http', url: connection.baseUrl, fetch: fetchThrough(options, wire) },
      clientName: 'personas-for-ninox',
      protocolVersionDiscovery: false,
      initializationOptions: { signal, timeout: timeoutMs },
      onUncaughtError: () => undefined,
    });
    return await work(client, wire);
  } catch (error) {
    throw error instanceof UpstreamError ? error : toUpstream(error, wire, connection);
  } finally {
    await client?.close().catch(() => undefined);
  }
}

/** The library's way to the wire. It may only go where the connection leads, and listens to nothing that comes unasked. */
function fetchThrough(options: SessionOptions, wire: Wire): typeof fetch {
  return async (_address, init = {}) => {
    const method = init.method ?? 'GET';
    if (method !== 'POST' && method !== 'DELETE') return new Response(null, { status: 405 });
    try {
      const { status, headers, text } = await options.egress.send(requestOf(options, method, init));
      wire.status = status;
      return new Response(isBodiless(status) ? null : text, { status, headers: plainHeaders(headers) });
    } catch (error) {
      if (error instanceof EgressError || error instanceof UpstreamError) wire.problem = error;
      throw error;
    }
  };
}

function requestOf(
  { connection, signal }: SessionOptions,
  method: 'POST' | 'DELETE',
  { headers, body, signal: own }: RequestInit,
): EgressRequest {
  return {
    connection,
    method,
    path: '',
    headers: Object.fromEntries(new Headers(headers)),
    ...(typeof body === 'string' ? { body: JSON.parse(body) as unknown } : {}),
    timeoutMs,
    maxBytes,
    signal: own == null ? signal : AbortSignal.any([signal, own]),
  };
}

function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** The body is whole and unpacked already. */
function plainHeaders(headers: Headers): Headers {
  const plain = new Headers(headers);
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) plain.delete(name);
  return plain;
}

/** Whether the server itself has answered that it will not, in the words of JSON-RPC. */
export function isRefusal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && typeof Reflect.get(error, 'code') === 'number';
}

function toUpstream(error: unknown, { status, problem }: Wire, { label }: Connection): UpstreamError {
  if (problem instanceof UpstreamError) return problem;
  if (problem !== null) {
    const code = problem.reason === 'too_large' ? 'OUTPUT_TOO_LARGE' : 'UPSTREAM_UNAVAILABLE';
    return new UpstreamError(code, problem.message);
  }
  if (status === 401) {
    return new UpstreamError(
      'UPSTREAM_UNAUTHORIZED',
      `The MCP server does not accept the key of the connection “${label}”. Whoever manages it must replace the key.`,
    );
  }
  if (status === 403)
    return new UpstreamError('UPSTREAM_FORBIDDEN', 'The MCP server refuses this with the key it got.');
  if (status === 404) {
    return new UpstreamError('UPSTREAM_NOT_FOUND', 'At this address answers no MCP server. Check the address.');
  }
  if (status === 429)
    return new UpstreamError('RATE_LIMITED', 'The MCP server asks for a pause. Try again in a minute.');
  if (status !== null && status >= 500) {
    return new UpstreamError('UPSTREAM_UNAVAILABLE', `The MCP server has a problem of its own (HTTP ${status}).`);
  }
  return isRefusal(error)
    ? new UpstreamError('UPSTREAM_INVALID', 'The MCP server refused the request as one it does not take.')
    : new UpstreamError('UPSTREAM_INVALID', 'What answered does not speak MCP over HTTP. Check the address.');
}
