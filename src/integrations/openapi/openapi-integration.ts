import { AppError } from '#errors';
import type { FormConnect, Integration } from '#integrations/catalog.ts';
import type { Connection } from '#integrations/connection.ts';
import type { Egress } from '#integrations/egress.ts';
import { EgressError } from '#integrations/egress-error.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { readServiceAddress } from '../read-service-address.ts';
import { createOpenapiTool } from './openapi-tool.ts';
import { readOperations } from './operations.ts';
import { readDocument } from './read-document.ts';

export const openapiIntegration = 'http';
const timeoutMs = 30_000;
const maxBytes = 4 * 1024 * 1024;
const defaultDocument = '/openapi.json';

/** Any HTTP service that describes itself by an OpenAPI document. Its operations are used once a person has approved them. */
export function createOpenapiIntegration({ egress }: { readonly egress: Egress }): Integration {
  const discover = async (connection: Connection, signal: AbortSignal) =>
    readOperations(await readDocument(await fetchDocument(egress, connection, signal)));
  return {
    name: openapiIntegration,
    title: 'HTTP service',
    description:
      'Operations of any HTTP service that has an OpenAPI document. Each operation is approved by a person before it is used.',
    category: 'automation',
    connect,
    tools: [],
    discovery: { discover, build: (pinned) => createOpenapiTool({ egress, name: openapiIntegration }, pinned) },
    resolveBaseUrl: (_place, address) => readAddress(address ?? ''),
    async inspect(connection, signal) {
      const offered = await discover(connection, signal);
      return offered.map(({ remoteName, title }) => ({ id: remoteName, name: title }));
    },
    browse: async () => [],
    // No tool of its names a target.
    contains: async () => false,
  };
}

const connect: FormConnect = {
  kind: 'form',
  fields: [
    {
      name: 'address',
      title: 'Address',
      help: 'Of the service, the part that all its operations begin with.',
      kind: 'text',
      required: true,
      example: 'https://api.example.com/v1',
    },
    {
      name: 'document',
      title: 'Document',
      help: 'Where the OpenAPI document lies below this address; /openapi.json where it is left empty.',
      kind: 'text',
      required: false,
      example: defaultDocument,
    },
    {
      name: 'key',
      title: 'Key',
      help: 'Sent as a bearer token. Leave it empty where the service asks for none.',
      kind: 'secret',
      required: false,
    },
  ],
  resolve({ address = '', document = '', key = '' }) {
    const settings = { address: address.trim(), document: readPath(document) };
    return { baseUrl: readAddress(address), settings, credential: key.trim() || null };
  },
};

async function fetchDocument(egress: Egress, connection: Connection, signal: AbortSignal): Promise<string> {
  const { document } = connection.settings ?? {};
  const path = typeof document === 'string' ? document : defaultDocument;
  try {
    const headers = { accept: 'application/json, application/yaml, */*' };
    const { status, text } = await egress.send({
      connection,
      method: 'GET',
      path,
      headers,
      timeoutMs,
      maxBytes,
      signal,
    });
    if (status === 200) return text;
    const isKey = status === 401 || status === 403;
    throw new UpstreamError(
      isKey ? 'UPSTREAM_UNAUTHORIZED' : 'UPSTREAM_NOT_FOUND',
      isKey
        ? 'The service does not give its OpenAPI document for this key. Check the key.'
        : `There is no OpenAPI document at “${path}” below this address (HTTP ${status}). Check both.`,
    );
  } catch (error) {
    throw error instanceof EgressError ? new UpstreamError('UPSTREAM_UNAVAILABLE', error.message) : error;
  }
}

function readAddress(address: string): string {
  return readServiceAddress(address, 'https://api.example.com/v1').replace(/\/$/, '');
}

function readPath(document: string): string {
  const path = document.trim() === '' ? defaultDocument : document.trim();
  if (/^\/[\w./~-]*$/.test(path)) return path;
  throw new AppError('INPUT_INVALID', 'document: Give a path below the address, such as /openapi.json.');
}
