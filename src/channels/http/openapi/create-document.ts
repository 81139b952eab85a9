import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponseObject } from 'zod-openapi';
import { permissionTitles, personalPermissions, rolePermissions, roles } from '#auth/permissions.ts';
import { problemView } from '../contract/common.ts';
import { compatibleErrorView } from '../contract/completions.ts';
import { type Access, isRaw, type Route, type RouteTag, routeTags } from '../route.ts';

export type OpenApiDocument = ReturnType<typeof createDocument>;

const tagDescriptions: Readonly<Record<RouteTag, string>> = {
  Session: 'Sign up, sign in and out, and one’s own account.',
  Organization: 'The organization, its members, invitations and API keys.',
  Integrations: 'The catalog: what can be connected.',
  Connections: 'Stored credentials with their scopes and limits.',
  Personas: 'Who does the work, and what each may do.',
  Conversations: 'Messages to personas and their streamed answers.',
  Approvals: 'What waits for a person: exactly what would happen, and the decision on it.',
  Widgets: 'Personas on web sites: who may write there, and what the page may be.',
  Jobs: 'Work that starts by itself: at a time, on an event, on a change in Ninox.',
  Inbox: 'What jobs have left for a person to read.',
  Slack: 'Personas in Slack workspaces.',
  Compatible: 'For clients of OpenAI’s API: a persona is a model. Errors are OpenAI’s, `{ error }`.',
  Activity: 'The audit: what was done, by whom, on whose behalf.',
  Service: 'About the service itself.',
};

const description = [
  'Everything the pages do goes through these endpoints.',
  'Send an API key as `Authorization: Bearer <key>`; a key acts as the person who made it, within its scopes.',
  `What only a person does, signed in, no API key can hold: ${personalPermissions.join(', ')}.`,
  'Lists are paged: send `nextCursor` of one page as `cursor` of the next, until it is null.',
  'Bodies are JSON and may hold no unknown fields.',
  'Errors are `application/problem+json`: `code` is stable, `detail` is for people.',
  'What belongs to another organization is answered as if it were not there.',
].join('\n');

/** The OpenAPI 3.1 document of exactly these routes. */
export function createOpenApiDocument(routes: readonly Route[], sessionCookie: string): OpenApiDocument {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    const path = templateOf(route.path);
    paths[path] = { ...paths[path], [route.method]: describeRoute(route) };
  }
  return createDocument(
    {
      openapi: '3.1.0',
      info: { title: 'Personas for Ninox', version: '1', description },
      servers: [{ url: '/' }],
      tags: routeTags.map((name) => ({ name, description: tagDescriptions[name] })),
      paths,
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: sessionCookie, description: 'Set by signing in.' },
          apiKey: { type: 'http', scheme: 'bearer', description: 'An API key of the organization.' },
        },
        responses: problemResponses,
      },
    },
    {
      // What the service gives out frozen is no different to a caller, and to a sender it would say “do not send this”.
      override: ({ jsonSchema }) => {
        delete jsonSchema.readOnly;
      },
      allowEmptySchema: { custom: true },
    },
  );
}

const problem = (text: string): ZodOpenApiResponseObject => ({
  description: text,
  content: { 'application/problem+json': { schema: problemView } },
});

const problemResponses = {
  InputInvalid: problem('The request does not fit its schema; `detail` names what is wrong.'),
  SignInRequired: problem('No valid session or API key was sent.'),
  Forbidden: problem('The role or the API key does not allow this.'),
  NotFound: problem('It is not there, or not yours.'),
  Problem: problem('Any other problem; `code` says which.'),
  CompatibleError: {
    description: 'An error as OpenAI’s API tells it.',
    content: { 'application/json': { schema: compatibleErrorView } },
  } satisfies ZodOpenApiResponseObject,
};

const refer = (name: keyof typeof problemResponses) => ({ $ref: `#/components/responses/${name}` }) as const;

function describeRoute(route: Route): ZodOpenApiOperationObject {
  const { method, params, query } = route;
  const path = requireObject(params);
  return {
    operationId: operationIdOf(route),
    tags: [route.tag],
    summary: route.summary,
    description: [describeAccess(route), route.note].filter(Boolean).join(' '),
    security: securityOf(route),
    requestParams: { path, query: requireObject(query) },
    ...(method === 'get'
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }),
    responses: { ...describeAnswer(route), ...describeProblems(route) },
  };
}

function describeProblems({ access, params, path }: Route): Record<string, ReturnType<typeof refer>> {
  if (path.startsWith('/v1/')) return { default: refer('CompatibleError') };
  return {
    400: refer('InputInvalid'),
    ...(access === 'anyone' ? {} : { 401: refer('SignInRequired'), 403: refer('Forbidden') }),
    ...(Object.keys(requireObject(params).shape).length === 0 ? {} : { 404: refer('NotFound') }),
    default: refer('Problem'),
  };
}

function describeAnswer({ answer, status = 200 }: Route): Record<number, ZodOpenApiResponseObject> {
  if (!isRaw(answer)) {
    return { [status]: { description: 'Done.', content: { 'application/json': { schema: answer } } } };
  }
  const types = typeof answer.contentType === 'string' ? [answer.contentType] : answer.contentType;
  const { json } = answer;
  const raw = { type: 'string' as const };
  const schemaOf = (type: string) => (type === 'application/json' && json !== undefined ? json : raw);
  const told = (text: string, some: readonly string[]) => ({
    description: text,
    content: Object.fromEntries(some.map((type) => [type, { schema: schemaOf(type) }])),
  });
  return {
    [answer.status ?? 200]: told(answer.description, types),
    ...(answer.accepted === undefined ? {} : { 202: told(answer.accepted, ['application/json']) }),
    ...(answer.noContent === undefined ? {} : { 204: { description: answer.noContent } }),
  };
}

function describeAccess({ access, keyOnly }: Pick<Route, 'access' | 'keyOnly'>): string {
  if (access === 'anyone') return 'Open to anyone.';
  if (access === 'signed-in') return 'For whoever is signed in; an API key cannot do this.';
  const holders = roles.filter((role) => rolePermissions[role].includes(access));
  const keys = keyOnly
    ? ' For API keys only.'
    : personalPermissions.includes(access)
      ? ' No API key can hold it: only a person does this, signed in.'
      : '';
  return `Needs \`${access}\`: ${lowerFirst(permissionTitles[access])}. Held by: ${holders.join(', ')}.${keys}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function securityOf({ access, keyOnly }: Pick<Route, 'access' | 'keyOnly'>): Record<string, string[]>[] {
  if (access === 'anyone') return [];
  if (keyOnly) return [{ apiKey: [] }];
  return isPersonal(access) ? [{ session: [] }] : [{ session: [] }, { apiKey: [] }];
}

/** Whether only somebody who is signed in is let in. */
function isPersonal(access: Access): boolean {
  return access === 'signed-in' || personalPermissions.some((permission) => permission === access);
}

/** `/api/v1/personas/:id` as the document writes it: `/api/v1/personas/{id}`. */
export function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

/** Such as `postPersonasByIdArchive`: the same for as long as method and path are. */
function operationIdOf({ method, path }: Route): string {
  const words = path
    .replace(/^\/api\/(v1\/)?/, '')
    .split('/')
    .map((part) => (part.startsWith(':') ? `by-${part.slice(1)}` : part))
    .join('-')
    .split(/[^A-Za-z0-9]+/);
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function requireObject(schema: z.ZodType): z.ZodObject {
  if (schema instanceof z.ZodObject) return schema;
  throw new Error('Parameters are declared as an object.');
}
