/* The part of an OpenAPI 3.1 document that the reference shows, and how it is read. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

interface Content {
  readonly [mediaType: string]: { readonly schema?: Schema };
}

export interface Parameter {
  readonly in: 'path' | 'query';
  readonly name: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

export interface Answer {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Content;
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, Answer>>;
}

export interface ApiDocument {
  readonly info: { readonly title: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas?: Readonly<Record<string, Schema>>;
    readonly responses?: Readonly<Record<string, Answer>>;
  };
}

export interface Endpoint {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly access: string;
  /** What may be sent along to be let in. */
  readonly credentials: 'none' | 'session' | 'API key' | 'session or API key';
  readonly parameters: readonly Parameter[];
  readonly body: Schema | null;
  readonly answers: readonly { readonly status: string; readonly answer: Answer }[];
}

export interface EndpointGroup {
  readonly tag: string;
  readonly description: string;
  readonly endpoints: readonly Endpoint[];
}

/** The endpoints by tag, in the document's order; of those that hold every word of the search. */
export function groupEndpoints(document: ApiDocument, search: string): readonly EndpointGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const all = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      tag: operation.tags[0] ?? '',
      endpoint: readEndpoint(document, { method, path, operation }),
    })),
  );
  return document.tags
    .map(({ name, description }) => ({
      tag: name,
      description,
      endpoints: all
        .filter(({ tag, endpoint }) => tag === name && holds(`${name} ${textOf(endpoint)}`, words))
        .map(({ endpoint }) => endpoint),
    }))
    .filter(({ endpoints }) => endpoints.length > 0);
}

function textOf({ method, path, summary, access }: Endpoint): string {
  return `${method} ${path} ${summary} ${access}`;
}

function holds(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}

interface Place {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

function readEndpoint(document: ApiDocument, { method, path, operation }: Place): Endpoint {
  const { operationId, summary, description, security, parameters = [], requestBody, responses } = operation;
  return {
    id: operationId,
    method: method.toUpperCase(),
    path,
    summary,
    access: description,
    credentials: readCredentials(security),
    parameters,
    body: requestBody?.content['application/json']?.schema ?? null,
    answers: Object.entries(responses).map(([status, answer]) => ({ status, answer: resolveAnswer(document, answer) })),
  };
}

function readCredentials(security: Operation['security']): Endpoint['credentials'] {
  if (security.length === 0) return 'none';
  const takes = (name: string) => security.some((scheme) => name in scheme);
  if (!takes('apiKey')) return 'session';
  return takes('session') ? 'session or API key' : 'API key';
}

function resolveAnswer(document: ApiDocument, answer: Answer): Answer {
  const name = nameOf(answer.$ref);
  return name === null ? answer : (document.components.responses?.[name] ?? answer);
}

/** The last part of a reference: the name of what it refers to; null where there is none. */
export function nameOf(reference: string | undefined): string | null {
  return reference?.split('/').at(-1) ?? null;
}

/** The schema itself, or what it refers to. */
export function resolveSchema(document: ApiDocument, schema: Schema): Schema {
  const name = nameOf(schema.$ref);
  return name === null ? schema : (document.components.schemas?.[name] ?? {});
}
