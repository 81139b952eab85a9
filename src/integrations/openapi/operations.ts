import type { OpenAPIV3 } from 'openapi-types';
import { isInputSchema } from '../check-input.ts';
import { mostTools, type OfferedTool } from '../discovered-tool.ts';
import type { ToolParameters } from '../tool-definition.ts';

export const operationMethods = ['get', 'put', 'post', 'delete', 'patch'] as const;
export type OperationMethod = (typeof operationMethods)[number];

/** How an operation is called; kept as the `details` of its tool. */
export interface OperationDetails {
  readonly method: OperationMethod;
  /** With `{names}` for what the arguments fill in. */
  readonly path: string;
  readonly inPath: readonly string[];
  readonly inQuery: readonly string[];
  /** The argument that is the body, as JSON; null where there is none. */
  readonly body: 'body' | null;
}

const longestText = 4_000;

/** The operations of a document whose references are resolved; those that cannot be called with JSON are left out. */
export function readOperations(document: OpenAPIV3.Document): readonly OfferedTool[] {
  return Object.entries(document.paths)
    .flatMap(([path, item]) => operationMethods.map((method) => readOperation(path, method, item)))
    .filter((tool) => tool !== null)
    .slice(0, mostTools);
}

function readOperation(
  path: string,
  method: OperationMethod,
  item: OpenAPIV3.PathItemObject | undefined,
): OfferedTool | null {
  const operation = item?.[method];
  if (operation === undefined) return null;
  // Those of the operation stand in for those of its path.
  const all = [...(item?.parameters ?? []), ...(operation.parameters ?? [])].filter(isParameter);
  const parameters = [...new Map(all.map((one) => [`${one.in} ${one.name}`, one])).values()];
  const isCallable = parameters.every(({ in: place, required }) => place === 'path' || place === 'query' || !required);
  const body = readBody(operation.requestBody);
  if (!isCallable || body === 'other') return null;
  const known = parameters.filter(({ in: place }) => place === 'path' || place === 'query');
  const inputSchema = inputOf(known, body);
  if (!isInputSchema(inputSchema)) return null;
  const details: OperationDetails = {
    method,
    path,
    inPath: namesIn(known, 'path'),
    inQuery: namesIn(known, 'query'),
    body: body === null ? null : 'body',
  };
  const { operationId, summary, description } = operation;
  return {
    remoteName: operationId ?? `${method} ${path}`,
    title: line(summary ?? operationId ?? `${method.toUpperCase()} ${path}`).slice(0, 100),
    description: [summary, description, `${method.toUpperCase()} ${path}`]
      .filter(Boolean)
      .join('\n')
      .slice(0, longestText),
    inputSchema,
    details: { ...details },
  };
}

function isParameter(
  parameter: OpenAPIV3.ReferenceObject | OpenAPIV3.ParameterObject,
): parameter is OpenAPIV3.ParameterObject {
  return 'in' in parameter;
}

interface Body {
  readonly schema: object;
  readonly required: boolean;
}

function readBody(body: OpenAPIV3.OperationObject['requestBody']): Body | 'other' | null {
  if (body === undefined || !('content' in body)) return null;
  const schema = Object.entries(body.content).find(([type]) => /^application\/(?:[\w.-]+\+)?json\b/.test(type))?.[1]
    .schema;
  if (schema !== undefined) return { schema, required: body.required === true };
  return body.required === true ? 'other' : null;
}

function inputOf(parameters: readonly OpenAPIV3.ParameterObject[], body: Body | null): ToolParameters {
  const named = parameters.map(({ name, schema, description }) => [
    name,
    { ...schema, ...(description ? { description } : {}) },
  ]);
  const properties: Record<string, object> = Object.fromEntries(named);
  if (body !== null) properties.body = body.schema;
  const required = parameters
    .filter(({ in: place, required: is }) => is === true || place === 'path')
    .map(({ name }) => name);
  return {
    type: 'object',
    properties,
    required: body?.required === true ? [...required, 'body'] : required,
    additionalProperties: false,
  };
}

function namesIn(parameters: readonly OpenAPIV3.ParameterObject[], place: 'path' | 'query'): readonly string[] {
  return parameters.filter((one) => one.in === place).map(({ name }) => name);
}

function line(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ').trim();
}
