import { describe, expect, test } from 'vitest';
import type { Operator, Plain } from './comparisons.ts';
import { buildScript, nameLiteral, type QueryField, QueryProblem, textLiteral } from './query-script.ts';

const fieldOf = (type: string, name = 'F'): QueryField => ({ name, field: { id: 'A', name, type } });
const scriptFor = (on: QueryField, value: Plain, operator?: Operator) =>
  buildScript({
    table: 'Contacts',
    where: [{ on, condition: { field: on.name, value, ...(operator === undefined ? {} : { operator }) } }],
    order: null,
    aggregate: null,
  });

const hostile = [
  '" or true or "',
  '\\" or true or \\"',
  '\\',
  '"',
  "'",
  '"; delete select Contacts; "',
  '") ; do as server delete (select Contacts) end; ("',
  'x\n"',
  '---{delete}---',
  '{1}',
  '%22 or true',
  '`',
  '/* " */',
  '# "',
  '// "',
  '＂ or true or ＂',
  '“ or true',
  '\u0000"',
  '\u2028"',
  '+',
  'a&b=c',
  "!'()*~",
];

describe('a text in a query', () => {
  test.each([...hostile, ...Array.from({ length: 512 }, (_, code) => String.fromCharCode(code))])(
    'cannot end its own quotation: %j',
    (value) => {
      const literal = textLiteral(value);
      const body = /^(?:"([\p{L}\p{N} .,_@-]*)"|urlDecode\("([A-Za-z0-9%._-]*)"\))$/u.exec(literal);
      expect(body).not.toBeNull();
      expect(body?.[1] ?? decodeURIComponent(body?.[2] ?? '')).toBe(value);
    },
  );

  test('with half a character is refused', () => {
    expect(() => textLiteral('a\uD800')).toThrow(QueryProblem);
  });
});

describe('a script', () => {
  test.each(hostile)('has the same form whatever the value: %j', (value) => {
    for (const type of ['string', 'choice', 'email']) {
      const [start, end] = scriptFor(fieldOf(type), 'x').split('"x"');
      expect(scriptFor(fieldOf(type), value)).toBe(`${start}${textLiteral(value)}${end}`);
    }
    for (const type of ['number', 'date', 'boolean', 'ref', 'multi', 'timeinterval', 'location']) {
      expect(() => scriptFor(fieldOf(type), value)).toThrow(QueryProblem);
    }
    expect(scriptFor(fieldOf('string'), value, 'contains')).toBe(
      `(select 'Contacts' where contains(text('F'), ${textLiteral(value)}))`,
    );
    const computed: QueryField = { name: 'F', field: null };
    expect(scriptFor(computed, value)).toBe(`(select 'Contacts' where text('F') = ${textLiteral(value)})`);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e21, 1e-9])(
    'takes no number that is written otherwise: %d',
    (value) => {
      expect(() => scriptFor(fieldOf('number'), value)).toThrow(QueryProblem);
    },
  );

  test.each(["a'b", 'a"b', 'a\\', 'a`b', 'a\nb', '', 'a\u202Eb'])('does not quote the name %j', (name) => {
    expect(() => nameLiteral(name)).toThrow(QueryProblem);
    expect(() => scriptFor(fieldOf('string', name), 'x')).toThrow(QueryProblem);
  });

  test.each([
    ['number', -2.5, '<', "'F' < -2.5"],
    ['number', '12', '=', "'F' = 12"],
    ['date', '2026-01-31', '>=', "'F' >= date(2026, 1, 31)"],
    ['boolean', false, '=', "'F' = false"],
    ['choice', 'Lead', '!=', 'text(\'F\') != "Lead"'],
    ['ref', '5', '=', "number('F'.Id) = 5"],
    ['string', null, '=', "'F' = null"],
    ['string', '', '!=', "'F' != null"],
  ] as const)('compares a %s with %j', (type, value, operator, expected) => {
    expect(scriptFor(fieldOf(type), value, operator)).toBe(`(select 'Contacts' where ${expected})`);
  });

  test('is not longer than an address may be', () => {
    expect(() => scriptFor(fieldOf('string'), 'x'.repeat(2_000))).toThrow('too long');
  });

  test('orders and reckons', () => {
    const amount = fieldOf('number', 'Amount');
    const parts = { table: 'Deals', where: [], order: amount, aggregate: null };
    expect(buildScript(parts)).toBe("(select 'Deals') order by 'Amount'");
    expect(buildScript({ ...parts, aggregate: { function: 'average', on: amount } })).toBe(
      "avg((select 'Deals').'Amount')",
    );
    expect(buildScript({ ...parts, aggregate: { function: 'count', on: null } })).toBe("cnt((select 'Deals'))");
    expect(() => buildScript({ ...parts, aggregate: { function: 'sum', on: null } })).toThrow(QueryProblem);
  });
});
