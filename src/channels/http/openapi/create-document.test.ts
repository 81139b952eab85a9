import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { personalPermissions } from '#auth/permissions.ts';
import { documentFaults } from '#test/support/document-faults.ts';
import * as auditEvents from '../contract/audit-events.ts';
import * as completions from '../contract/completions.ts';
import * as connections from '../contract/connections.ts';
import * as conversations from '../contract/conversations.ts';
import * as messages from '../contract/messages.ts';
import * as organization from '../contract/organization.ts';
import * as personas from '../contract/personas.ts';
import * as session from '../contract/session.ts';
import { defineRoute, type Route } from '../route.ts';
import { createOpenApiDocument, type OpenApiDocument } from './create-document.ts';
import { withOpenApi } from './get-openapi.ts';

const contract = {
  ...auditEvents,
  ...completions,
  ...connections,
  ...conversations,
  ...messages,
  ...organization,
  ...personas,
  ...session,
};
const schemas = Object.entries(contract).flatMap(([name, schema]) =>
  schema instanceof z.ZodType ? [{ name, schema }] : [],
);
const route = (path: `/api/${string}` | `/v1/${string}`, change: Partial<Route> = {}): Route => ({
  ...defineRoute({
    method: 'post',
    path,
    tag: 'Service',
    summary: 'Does something',
    access: 'chat',
    answer: z.object({ done: z.literal(true) }),
    handle: () => ({ done: true as const }),
  }),
  ...change,
});
const describeOne = (one: Route) => describeAll([one]);
const describeAll = (routes: readonly Route[]) => createOpenApiDocument(routes, 'session-cookie');
const operationOf = (document: OpenApiDocument, path: string, method: 'get' | 'post' = 'post') =>
  document.paths?.[path]?.[method];

describe('the OpenAPI document', () => {
  it('can be made of everything in the contract, and is sound', () => {
    const document = describeAll(
      schemas.map(({ name, schema }) => {
        if (name.endsWith('View')) return route(`/api/v1/${name}`, { answer: schema });
        if (name.endsWith('Query')) return route(`/api/v1/${name}`, { method: 'get', query: schema });
        return route(`/api/v1/${name}`, { body: schema });
      }),
    );
    expect(Object.keys(document.paths ?? {}).length).toBe(schemas.length);
    expect(documentFaults(document)).toEqual([]);
  });

  it('never says read-only, which would tell a caller not to send a field', () => {
    const frozen = z.strictObject({ list: z.array(z.string()).readonly(), inner: z.object({}).readonly() });
    const document = describeOne(route('/api/v1/x', { body: frozen, answer: frozen }));
    expect(JSON.stringify(document)).not.toContain('readOnly');
    expect(JSON.stringify(document)).toContain('"list"');
  });

  it('holds each route of the table, itself included, and nothing else', async () => {
    const routes = withOpenApi(
      [
        route('/api/v1/things', { method: 'get' }),
        route('/api/v1/things'),
        route('/api/v1/things/:id/parts/:part', {
          params: z.strictObject({ id: z.string(), part: z.string() }),
        }),
      ],
      { sessionCookie: 's' },
    );
    const { paths = {} } = createOpenApiDocument(routes, 's');
    const listed = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    expect(listed.sort()).toEqual([
      'get /api/openapi.json',
      'get /api/v1/things',
      'post /api/v1/things',
      'post /api/v1/things/{id}/parts/{part}',
    ]);
  });

  it('says who may call, in words and as security', () => {
    const access = (one: Route['access']) => {
      const operation = operationOf(describeOne(route('/api/v1/x', { access: one })), '/api/v1/x');
      return { security: operation?.security, description: operation?.description, answers: operation?.responses };
    };
    expect(access('anyone')).toMatchObject({ security: [], description: 'Open to anyone.' });
    expect(Object.keys(access('anyone').answers ?? {})).not.toContain('401');
    expect(access('signed-in').security).toEqual([{ session: [] }]);
    expect(access('audit:read')).toMatchObject({
      security: [{ session: [] }, { apiKey: [] }],
      description: expect.stringMatching(/`audit:read`.*owner, admin, auditor\./),
      answers: { 401: expect.anything(), 403: expect.anything() },
    });
  });

  it('says what no API key can do, and what only one can', () => {
    for (const permission of personalPermissions) {
      const document = describeOne(route('/api/v1/x', { access: permission }));
      expect(operationOf(document, '/api/v1/x')).toMatchObject({
        security: [{ session: [] }],
        description: expect.stringContaining('No API key can hold it'),
      });
      expect(document.info.description).toContain(permission);
    }
    expect(operationOf(describeOne(route('/v1/x', { keyOnly: true, note: 'And so on.' })), '/v1/x')).toMatchObject({
      security: [{ apiKey: [] }],
      description: expect.stringMatching(/For API keys only\. And so on\.$/),
      responses: { default: { $ref: '#/components/responses/CompatibleError' } },
    });
  });

  it('says what a raw answer holds where it is JSON, and when it comes later', () => {
    const answer = {
      contentType: ['application/json', 'text/event-stream'],
      description: 'It.',
      accepted: 'Not yet.',
      json: z.object({ id: z.string() }),
    };
    const { responses = {} } = operationOf(describeOne(route('/api/v1/x', { answer })), '/api/v1/x') ?? {};
    const schema = { type: 'object', required: ['id'] };
    expect(responses).toMatchObject({
      200: { content: { 'application/json': { schema }, 'text/event-stream': { schema: { type: 'string' } } } },
      202: { description: 'Not yet.', content: { 'application/json': { schema } } },
    });
  });

  it('lists parameters of path and query, and answers that are no JSON', () => {
    const document = describeOne(
      route('/api/v1/x/:id', {
        method: 'get',
        params: z.strictObject({ id: z.string() }),
        query: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(30) }),
        answer: { contentType: ['text/csv', 'application/x-ndjson'], description: 'A file.', noContent: 'None.' },
      }),
    );
    const operation = operationOf(document, '/api/v1/x/{id}', 'get');
    expect(operation?.parameters).toMatchObject([
      { in: 'path', name: 'id', required: true },
      { in: 'query', name: 'limit', schema: { type: 'integer', minimum: 1, maximum: 100, default: 30 } },
    ]);
    expect(operation).not.toHaveProperty('requestBody');
    expect(operation?.responses).toMatchObject({
      200: { content: { 'text/csv': {}, 'application/x-ndjson': {} } },
      204: { description: 'None.' },
      404: expect.anything(),
      default: { $ref: '#/components/responses/Problem' },
    });
  });

  it('is told apart from a document that is not sound', () => {
    const document = describeOne(route('/api/v1/x/:id', { params: z.strictObject({ id: z.string() }) }));
    const broken = JSON.parse(JSON.stringify(document).replace('"in":"path"', '"in":"query"')) as OpenApiDocument;
    expect(documentFaults(document)).toEqual([]);
    expect(documentFaults(broken)).toEqual([expect.stringContaining('id is not declared')]);
    const dangling = JSON.parse(JSON.stringify(document).replaceAll('responses/Problem', 'responses/None'));
    expect(documentFaults(dangling)[0]).toContain('#/components/responses/None');
  });
});
