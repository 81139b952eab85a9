import type { OpenApiDocument } from '#channels/http/openapi/create-document.ts';

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Record<string, unknown>[];
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content?: Record<string, { readonly schema?: JsonSchema }> };
  readonly responses?: Record<string, { readonly description?: string; readonly $ref?: string }>;
}
interface JsonSchema {
  readonly type?: unknown;
  readonly properties?: Record<string, JsonSchema>;
  readonly additionalProperties?: unknown;
  readonly readOnly?: unknown;
  readonly required?: unknown;
  readonly $ref?: string;
  readonly [key: string]: unknown;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const types = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

/** What of OpenAPI 3.1 a document breaks, in words; nothing when it is sound. */
export function documentFaults(document: OpenApiDocument): string[] {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({ path, method, operation })),
  );
  const ids = operations.map(({ operation }) => operation.operationId);
  return [
    ...(document.openapi.startsWith('3.1.') ? [] : [`openapi is ${document.openapi}`]),
    ...ids.filter((id, place) => ids.indexOf(id) !== place).map((id) => `operationId ${id} is there twice`),
    ...operations.flatMap(({ path, method, operation }) =>
      operationFaults(document, path, operation)
        .concat(methods.includes(method) ? [] : ['no such method'])
        .map((fault) => `${method} ${path}: ${fault}`),
    ),
    ...referenceFaults(document),
    ...schemaFaults(document, ''),
  ];
}

function operationFaults(document: OpenApiDocument, path: string, operation: Operation): string[] {
  const { parameters = [], responses = {}, tags = [], security = [] } = operation;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const declared = parameters.filter((parameter) => parameter.in === 'path');
  const known = (document.tags ?? []).map(({ name }) => name);
  const schemes = Object.keys(document.components?.securitySchemes ?? {});
  return [
    ...(operation.operationId === undefined || operation.summary === undefined ? ['has no id or summary'] : []),
    ...inPath
      .filter((name) => !declared.some((parameter) => parameter.name === name && parameter.required === true))
      .map((name) => `${name} is not declared in the path and required`),
    ...declared.filter(({ name }) => !inPath.includes(name)).map(({ name }) => `${name} is not in the path`),
    ...tags.filter((tag) => !known.includes(tag)).map((tag) => `the tag ${tag} is not declared`),
    ...security.flatMap(Object.keys).filter((name) => !schemes.includes(name)),
    ...Object.entries(responses)
      .filter(([, response]) => response.description === undefined && response.$ref === undefined)
      .map(([status]) => `the answer ${status} has no description`),
    ...Object.keys(responses)
      .filter((status) => !/^([1-5]\d\d|default)$/.test(status))
      .map((status) => `${status} is no status`),
    ...(Object.keys(responses).length === 0 ? ['has no answers'] : []),
  ];
}

function referenceFaults(document: OpenApiDocument): string[] {
  const references = new Set(
    [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, found]) => found ?? ''),
  );
  return [...references].filter((reference) => !resolves(document, reference)).map((found) => `${found} leads nowhere`);
}

function resolves(document: OpenApiDocument, reference: string): boolean {
  if (!reference.startsWith('#/')) return false;
  let place: unknown = document;
  for (const part of reference.slice(2).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    place = typeof place === 'object' && place !== null ? (place as Record<string, unknown>)[name] : undefined;
  }
  return place !== undefined;
}

/** Types that are none, required members that are not there, and anything read-only, wherever it stands. */
function schemaFaults(value: unknown, place: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => schemaFaults(item, `${place}/${index}`));
  const schema = value as JsonSchema;
  const isSchema =
    typeof schema.type === 'string' && !place.endsWith('/properties') && !place.includes('/securitySchemes/');
  const faults =
    isSchema && !types.includes(String(schema.type)) ? [`${place}: ${String(schema.type)} is no type`] : [];
  if (schema.readOnly === true) faults.push(`${place}: is read-only`);
  if (isSchema && Array.isArray(schema.required) && schema.properties !== undefined) {
    const missing = schema.required.filter((name) => !Object.hasOwn(schema.properties ?? {}, String(name)));
    faults.push(...missing.map((name) => `${place}: requires ${String(name)}, which is not there`));
  }
  return faults.concat(Object.entries(value).flatMap(([name, item]) => schemaFaults(item, `${place}/${name}`)));
}
