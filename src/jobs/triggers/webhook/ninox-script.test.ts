import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draftSchema } from './draft-schema.ts';
import { fieldsInSchema, ninoxScript } from './ninox-script.ts';

const given = {
  url: 'https://personas.example.com/hooks/org/job-1',
  secret: 'a-long_secret',
  jobName: 'New orders',
  fields: ['Order number', "Last year's revenue", 'Äh "quoted"'],
};

/** As Ninox’s documentation has it: quotes inside of quotes are written twice, and a comment ends with its line. */
const tokenPattern =
  /\/\/[^\n\r\u2028\u2029]*|'(?:[^'\n]|'')*'|"(?:[^"\n]|"")*"|:=|[A-Za-z_]\w*|\d+|[{}()+*,;:-]|[ \n]+/gy;

interface Token {
  readonly kind: 'name' | 'text' | 'word';
  readonly value: string;
}

/** Throws where the script has something that is no token. */
function tokensOf(script: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const [found] of script.matchAll(tokenPattern)) {
    end += found.length;
    if (found.startsWith("'")) tokens.push({ kind: 'name', value: found.slice(1, -1).replaceAll("''", "'") });
    else if (found.startsWith('"')) tokens.push({ kind: 'text', value: found.slice(1, -1).replaceAll('""', '"') });
    else if (!found.startsWith('//') && found.trim() !== '') tokens.push({ kind: 'word', value: found });
  }
  if (end !== script.length) throw new Error(`No token: ${script.slice(end, end + 40)}`);
  return tokens;
}

const shapeOf = (script: string) =>
  tokensOf(script)
    .map(({ kind, value }) => (kind === 'word' ? value : kind))
    .join(' ');
const valuesOf = (script: string, kind: Token['kind']) =>
  tokensOf(script)
    .filter((token) => token.kind === kind)
    .map(({ value }) => value);

test('the script sends an id of its own, the secret, the record’s place and its fields', () => {
  const script = ninoxScript(given);
  expect(shapeOf(script)).toBe(
    [
      'let hookTable := tableId ( this ) ;',
      'let hookRecord := number ( Nr ) ;',
      'let hookEvent := hookTable + text + text ( hookRecord ) + text + text ( number ( now ( ) ) ) + text + text ( floor ( random ( ) * 1000000000 ) ) ;',
      'let hookFields := { name : name , name : name , name : name } ;',
      'do as server http ( text , text , { name : text , name : text , name : hookEvent } , {',
      'name : { name : teamId ( ) , name : databaseId ( ) , name : hookTable , name : hookRecord } , name : hookFields } ) end',
    ].join(' '),
  );
  expect(valuesOf(script, 'text')).toEqual(['-', '-', '-', 'POST', given.url, 'application/json', given.secret]);
  const [first, second, third] = given.fields;
  expect(valuesOf(script, 'name')).toEqual([
    first,
    first,
    second,
    second,
    third,
    third,
    'Content-Type',
    'X-Personas-Secret',
    'X-Personas-Id',
    'ninox',
    'team',
    'database',
    'table',
    'record',
    'fields',
  ]);
});

test('without fields it sends where the record is, and says what to do with it', () => {
  const script = ninoxScript({ ...given, fields: [] });
  expect(shapeOf(script)).toContain('let hookFields := { } ;');
  expect(script).toContain('Trigger on create');
  expect(script).toContain('Whoever sees this script can send some');
});

test('whatever a job and its fields are called, the script is the same apart from the names', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom("'", '"', "''", "a'}); delete", 'a\nb', '\\', '//'),
  );
  fc.assert(
    fc.property(name, fc.array(name, { maxLength: 5 }), (jobName, fields) => {
      const script = ninoxScript({ ...given, jobName, fields });
      const sent = valuesOf(script, 'name').slice(0, -9);
      for (const field of sent) expect(fields).toContain(field);
      const pairs = Array(sent.length / 2).fill('name : name');
      const expected = shapeOf(ninoxScript({ ...given, fields: [] })).replace('{ } ;', `{ ${pairs.join(' , ')} } ;`);
      expect(shapeOf(script).replace('{  }', '{ }')).toBe(expected.replace('{  }', '{ }'));
    }),
  );
});

test('the fields of a schema’s payload are those that the script sends', () => {
  const schema = draftSchema({ ninox: { table: 'A' }, fields: { 'Due date': '2026-11-25', Total: 3 } });
  expect(fieldsInSchema(schema)).toEqual(['Due date', 'Total']);
  for (const other of [null, {}, { properties: null }, { properties: { fields: true } }]) {
    expect(fieldsInSchema(other)).toEqual([]);
  }
});
