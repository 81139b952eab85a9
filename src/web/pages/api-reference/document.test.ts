import { describe, expect, it } from 'vitest';
import { type ApiDocument, groupEndpoints } from './document.ts';
import { curlOf, exampleOf } from './example.ts';
import { innerOf, rulesOf, typeOf, valuesOf } from './schema-words.ts';

const operation = (change: object = {}) => ({
  operationId: 'x',
  tags: ['Personas'],
  summary: 'Does x',
  description: 'Open to anyone.',
  security: [],
  responses: {},
  ...change,
});
const document: ApiDocument = {
  info: { title: 'T', description: '' },
  tags: [
    { name: 'Session', description: 'About sessions.' },
    { name: 'Personas', description: 'About personas.' },
  ],
  paths: {
    '/api/v1/personas': {
      get: operation({ operationId: 'list', summary: 'The personas', security: [{ session: [] }, { apiKey: [] }] }),
      post: operation({
        operationId: 'create',
        security: [{ session: [] }, { apiKey: [] }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/New' } } } },
        responses: { 201: { description: 'Made.' }, default: { $ref: '#/components/responses/Problem' } },
      }),
    },
    '/v1/things': { post: operation({ operationId: 'key', security: [{ apiKey: [] }] }) },
    '/api/v1/sign-in': { post: operation({ operationId: 'signIn', tags: ['Session'] }) },
    '/api/v1/sessions/{id}': {
      delete: operation({ operationId: 'end', tags: ['Session'], security: [{ session: [] }] }),
    },
  },
  components: {
    responses: { Problem: { description: 'A problem.' } },
    schemas: {
      New: {
        type: 'object',
        properties: {
          name: { type: 'string', minLength: 1 },
          note: { type: 'string' },
          tree: { $ref: '#/components/schemas/Tree' },
        },
        required: ['name', 'tree'],
      },
      Tree: {
        type: 'object',
        properties: { kind: { enum: ['leaf'] }, inner: { $ref: '#/components/schemas/Tree' } },
        required: ['kind', 'inner'],
      },
    },
  },
};
const ids = (search: string) =>
  groupEndpoints(document, search).map(({ tag, endpoints }) => [tag, ...endpoints.map(({ id }) => id)]);
const endpoint = (id: string) => {
  const found = groupEndpoints(document, '')
    .flatMap(({ endpoints }) => endpoints)
    .find((one) => one.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};

describe('the endpoints of a document', () => {
  it('are grouped by tag, in the document’s order', () => {
    expect(ids('')).toEqual([
      ['Session', 'signIn', 'end'],
      ['Personas', 'list', 'create', 'key'],
    ]);
  });

  it('are found by words anywhere, in any order; a tag without any is left out', () => {
    expect(ids('PERSONAS get')).toEqual([['Personas', 'list']]);
    expect(ids('sign-in')).toEqual([['Session', 'signIn']]);
    expect(ids('no such thing')).toEqual([]);
  });

  it('know who is let in, and what a shared answer says', () => {
    expect(endpoint('signIn').credentials).toBe('none');
    expect(endpoint('end').credentials).toBe('session');
    expect(endpoint('create').credentials).toBe('session or API key');
    expect(endpoint('key').credentials).toBe('API key');
    expect(endpoint('create').answers.at(-1)).toEqual({ status: 'default', answer: { description: 'A problem.' } });
  });
});

describe('an example', () => {
  it('holds what is required, and ends even where a schema holds itself', () => {
    const example = exampleOf(document, { $ref: '#/components/schemas/New' });
    expect(example).toMatchObject({ name: '…', tree: { kind: 'leaf', inner: { kind: 'leaf' } } });
    expect(example).not.toHaveProperty('note');
    expect(JSON.stringify(example)).toContain('null');
    expect(exampleOf(document, { $ref: '#/components/schemas/New', examples: [1] })).not.toBe(1);
    expect(exampleOf(document, { type: 'object', examples: [{ name: 'Ann' }] })).toEqual({ name: 'Ann' });
  });

  it('is a command for a shell, whatever the values are', () => {
    const one = { ...endpoint('create'), path: '/api/v1/personas/{personaId}', body: { enum: [`it's`] } };
    expect(curlOf(document, one, 'http://h')).toBe(
      [
        `curl -X POST 'http://h/api/v1/personas/PERSONA_ID'`,
        '-H "Authorization: Bearer $API_KEY"',
        `-H 'Content-Type: application/json'`,
        `-d '"it'\\''s"'`,
      ].join(' \\\n  '),
    );
    expect(curlOf(document, endpoint('signIn'), 'http://h')).not.toContain('Authorization');
    expect(curlOf(document, endpoint('end'), 'http://h')).toBeNull();
  });
});

it('a schema is said in words', () => {
  expect(typeOf({ type: 'array', items: { $ref: '#/components/schemas/Tree' } })).toBe('list of Tree');
  expect(typeOf({ anyOf: [{ type: 'string' }, { type: 'null' }] })).toBe('string or null');
  expect(typeOf({})).toBe('anything');
  expect(rulesOf({ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, default: 30 })).toEqual([
    'at least 1',
    'default 30',
  ]);
  expect(rulesOf({ type: 'string', minLength: 1, maxLength: 80 })).toEqual(['1 to 80 characters']);
  expect(valuesOf({ type: 'array', items: { enum: ['a', 'b'] } })).toEqual(['a', 'b']);
  expect(innerOf({ anyOf: [{ $ref: '#/x/A' }, { type: 'null' }] })).toEqual([{ $ref: '#/x/A' }]);
});
