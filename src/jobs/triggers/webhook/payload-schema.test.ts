import { describe, expect, test } from 'vitest';
import { checkPayloadSchema, createPayloadSchemas, type PayloadSchema } from './payload-schema.ts';

const order: PayloadSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['id', 'total'],
  properties: {
    id: { type: 'string', pattern: '^o-\\d+$' },
    total: { type: 'number', minimum: 0 },
    state: { enum: ['open', 'paid'] },
    mail: { type: 'string', format: 'email' },
    to: { $ref: '#/$defs/address' },
  },
  $defs: { address: { type: 'object', properties: { city: { type: 'string' } }, additionalProperties: false } },
};
const problemWith = (payload: unknown, schema: PayloadSchema | null = order) =>
  createPayloadSchemas().problemWith(schema, payload);

describe('a payload', () => {
  test('that meets the schema has no problem; without a schema anything has none', () => {
    expect(
      problemWith({ id: 'o-1', total: 3, state: 'open', mail: 'a@b.de', to: { city: 'Köln' }, more: 1 }),
    ).toBeNull();
    expect(problemWith('anything', null)).toBeNull();
  });

  test.each([
    [{ total: 1 }, 'it must have required property “id”'],
    [{ id: 'o-1', total: 'x' }, 'total must be number'],
    [{ id: 'x', total: 1 }, 'id must match pattern'],
    [{ id: 'o-1', total: 1, state: 'sent' }, 'state must be one of ["open","paid"]'],
    [{ id: 'o-1', total: 1, mail: 'nobody' }, 'mail must match format "email"'],
    [{ id: 'o-1', total: 1, to: { city: 'x', zip: 1 } }, 'to must not have “zip”'],
    [[], 'it must be object'],
  ])('%j is told as a problem in words', (payload, words) => {
    expect(problemWith(payload)).toContain(words);
  });

  test('names such as __proto__ are names like others', () => {
    const schema = { type: 'object', required: ['constructor'] };
    expect(problemWith(JSON.parse('{"__proto__":{"constructor":1}}'), schema)).toContain('constructor');
    expect(problemWith({}, schema)).toContain('constructor');
  });

  test('that would be matched for long is refused, not matched', () => {
    const slow = { type: 'object', properties: { a: { pattern: 'a+b' }, b: { format: 'email' } } };
    expect(problemWith({ a: 'a'.repeat(100_000) }, slow)).toContain('longer texts');
    expect(problemWith({ b: 'a'.repeat(100_000) }, slow)).toContain('longer texts');
    expect(problemWith({ a: 'aab', b: 'a@b.de' }, slow)).toBeNull();
    const many = { type: 'array', items: { pattern: 'a+a' } };
    expect(problemWith(Array(1_000).fill('a'.repeat(1_000)), many)).toContain('longer texts');
  });

  test('is refused, and nothing thrown, where a schema was saved that cannot be used', () => {
    expect(problemWith({}, { pattern: '(a+)+' })).toContain('Whoever owns the job');
  });
});

describe('a schema', () => {
  test('that is sound has no problems', () => {
    expect(checkPayloadSchema(order)).toEqual([]);
    expect(checkPayloadSchema({})).toEqual([]);
    // A property may be called as a keyword is.
    expect(checkPayloadSchema({ properties: { $ref: { type: 'string' }, $id: {}, pattern: {}, items: {} } })).toEqual(
      [],
    );
  });

  test.each<[PayloadSchema, string]>([
    [{ $schema: 'http://json-schema.org/draft-07/schema#' }, '“$schema” must be'],
    [{ $ref: 'https://example.com/schema.json' }, 'must point into this schema'],
    [{ properties: { a: { $ref: 'file:///etc/passwd' } } }, '#/properties/a: “$ref” must point'],
    [{ $ref: '#/$defs/nothing' }, 'points to nothing'],
    [{ properties: { child: { $ref: '#' } } }, 'refers to itself'],
    [{ $id: 'https://example.com/' }, '“$id” cannot be used'],
    [{ $dynamicRef: '#a' }, '“$dynamicRef” cannot be used'],
    [{ $async: true }, '“$async” cannot be used'],
    [{ pattern: '(a+)+$' }, 'the pattern (a+)+$ repeats a part'],
    [{ patternProperties: { '(a|b)*': {} } }, 'repeats a part'],
    [{ properties: { a: { pattern: '[' } } }, '#/properties/a: the pattern [ is no regular expression'],
    [{ uniqueItems: true }, '“uniqueItems” needs'],
    [{ type: 'text' }, 'The schema itself is wrong: type'],
    [{ required: 'id' }, 'The schema itself is wrong: required'],
    [{ description: 'x'.repeat(70_000) }, 'at most 65536'],
  ])('number %# is told', (schema, words) => {
    expect(checkPayloadSchema(schema).join('\n')).toContain(words);
  });

  test('that is deep, long or grows with its references is refused', () => {
    const deep = Array.from({ length: 40 }).reduce<PayloadSchema>((inner) => ({ items: inner }), {});
    expect(checkPayloadSchema(deep).join()).toContain('levels deep');
    const wide = { properties: Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`p${index}`, {}])) };
    expect(checkPayloadSchema(wide).join()).toContain('more than 1000 parts');
    const laughs = Array.from({ length: 20 }, (_, index) => {
      const next = { $ref: `#/$defs/l${index + 1}` };
      return [`l${index}`, { allOf: [next, next] }] as const;
    });
    const bomb = { $ref: '#/$defs/l0', $defs: { ...Object.fromEntries(laughs), l20: {} } };
    expect(checkPayloadSchema(bomb).join()).toContain('more than 10000 parts');
  });
});
