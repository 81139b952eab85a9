import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draftSchema } from './draft-schema.ts';
import { checkPayloadSchema, createPayloadSchemas } from './payload-schema.ts';

test('a sample’s types, what it has, and its formats are drawn', () => {
  const { $schema, ...drawn } = draftSchema({
    id: 7,
    price: 1.5,
    name: 'Karla',
    mail: 'karla@example.com',
    at: '2026-11-25T10:00:00Z',
    day: '2026-11-25',
    none: null,
    tags: ['a', 'b'],
  });
  expect($schema).toBe('https://json-schema.org/draft/2020-12/schema');
  expect(drawn).toEqual({
    type: 'object',
    properties: {
      id: { type: 'integer' },
      price: { type: 'number' },
      name: { type: 'string' },
      mail: { type: 'string', format: 'email' },
      at: { type: 'string', format: 'date-time' },
      day: { type: 'string', format: 'date' },
      none: { type: 'null' },
      tags: { type: 'array', items: { type: 'string' } },
    },
    required: ['id', 'price', 'name', 'mail', 'at', 'day', 'none', 'tags'],
  });
});

test('the items of a list are one kind of thing, of which only what all have is needed', () => {
  const { items } = draftSchema([{ id: 1, note: 'x' }, { id: 2.5 }, { id: 3, note: null }]);
  expect(items).toEqual({
    type: 'object',
    properties: { id: { type: 'number' }, note: { type: ['null', 'string'] } },
    required: ['id'],
  });
});

test('no format is guessed where one text does not have it', () => {
  expect(draftSchema(['a@b.de', 'nobody'])).toMatchObject({ items: { type: 'string' } });
  expect(draftSchema(['2026-99-99']).items).toEqual({ type: 'string' });
});

test('whatever the sample is, it meets its schema, which can be used and is always the same', () => {
  const schemas = createPayloadSchemas();
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (sample) => {
      const value: unknown = JSON.parse(JSON.stringify(sample));
      const schema = draftSchema(value);
      expect(draftSchema(value)).toEqual(schema);
      expect(checkPayloadSchema(schema)).toEqual([]);
      expect(schemas.problemWith(schema, value)).toBeNull();
    }),
    { numRuns: 150 },
  );
});

test('a huge sample has a bounded schema', () => {
  const wide = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [
      `p${index}`,
      Object.fromEntries(Array.from({ length: 20 }, (_item, inner) => [`q${inner}`, inner])),
    ]),
  );
  const schema = draftSchema(wide);
  expect(checkPayloadSchema(schema)).toEqual([]);
  expect(createPayloadSchemas().problemWith(schema, wide)).toBeNull();
  const deep = Array.from({ length: 200 }).reduce<unknown>((inner) => [inner], 1);
  expect(checkPayloadSchema(draftSchema(deep))).toEqual([]);
});
