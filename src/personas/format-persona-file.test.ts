import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainPolicies, scopes } from '#integrations/rights.ts';
import { personaFrom } from './build-persona.ts';
import { formatPersonaFile, personaFileName, slugOf } from './format-persona-file.ts';
import { parsePersonaFile } from './parse-persona-file.ts';
import { definitionOf, definitionSchema } from './persona-definition.ts';
import { personaChannels } from './persona-schema.ts';

const knownTools = [
  { name: 'delete_it', scope: 'ninox:records:delete', effect: 'destructive' },
  { name: 'drop_it', scope: 'ninox:records:delete' },
] as const;

const word = fc.constantFrom(
  'yes',
  '~',
  'null',
  '1e10',
  '0x1f',
  '- x',
  '# x',
  'a: b',
  '"',
  "'",
  '{',
  '[x',
  '&a',
  '*a',
  '!t',
  '%',
  '@',
  '`',
);
const anyText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const oneLine = fc
  .array(fc.oneof(word, anyText), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(' ').slice(0, 50));
const manyLines = fc
  .array(fc.oneof(oneLine, fc.constantFrom('---', '', '...', '\r', '\t- x', '\u2028')), { minLength: 1, maxLength: 8 })
  .chain((lines) => fc.constantFrom('\n', '\r\n', '\r').map((end) => lines.join(end)));
const ninoxId = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9]{8,12}$/),
  fc.constantFrom('12345678', '1234567e10', '00000000', '0x123456'),
);
const tableId = fc.tuple(ninoxId, fc.constantFrom('A', 'B2')).map((parts) => parts.join('/'));
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const whole = (max: number) => fc.integer({ min: 1, max });
const some = (max: number) => fc.option(whole(max));
const perTool = <T>(rule: fc.Arbitrary<T>) => fc.dictionary(fc.constantFrom('delete_it', 'drop_it'), rule);

const input = fc
  .record({
    name: oneLine,
    description: oneLine,
    model: fc.constantFrom(null, 'openai/gpt-5-mini', 'openai/ft:x:#y', 'a/!b: c'.replace(' ', '')),
    limits: fc.record({
      teams: optional(fc.uniqueArray(ninoxId, { maxLength: 3 })),
      databases: optional(fc.uniqueArray(ninoxId, { maxLength: 3 })),
      tables: optional(fc.uniqueArray(tableId, { maxLength: 3 })),
    }),
    connections: fc.dictionary(fc.constantFrom('ninox', 'other'), fc.constantFrom('12345', 'c_1', 'null')),
    approvals: perTool(
      fc.oneof(
        fc.constantFrom(...plainPolicies),
        whole(9999).map((bound) => `ask above ${bound}`),
      ),
    ),
    approvers: perTool(
      fc.record({
        people: fc.option(fc.uniqueArray(fc.constantFrom('12345', 'a_B-c', 'null', '1e5', 'true'), { minLength: 1 })),
        fourEyes: fc.boolean(),
        hours: fc.oneof(fc.constant(24), whole(720)),
      }),
    ),
    budget: fc.record({ steps: whole(50), calls: whole(200), seconds: whole(3600), tokens: some(100_000_000) }),
    effects: perTool(fc.record({ run: some(10_000), hour: some(100_000), day: some(100_000), rows: some(10_000) })),
    outsideText: fc.constantFrom('ask', 'trust'),
    publicTables: fc.uniqueArray(tableId, { maxLength: 3 }),
    undo: fc.constantFrom('auto', 'ask'),
    channels: fc.uniqueArray(fc.constantFrom(...personaChannels), { minLength: 1 }),
    guests: fc.option(
      fc.record({
        scopes: fc.uniqueArray(fc.constantFrom('ninox:teams:read' as const, 'ninox:databases:read' as const)),
        limits: fc.record({ teams: optional(fc.uniqueArray(ninoxId, { maxLength: 3 })) }),
      }),
    ),
    starters: fc.array(oneLine, { maxLength: 3 }),
    instructions: manyLines,
  })
  .map((front) => ({ ...front, scopes: [...scopes] }));

test('a persona written to a file and read again is the same version', () => {
  fc.assert(
    fc.property(input, (given) => {
      const checked = definitionSchema.safeParse(given);
      fc.pre(checked.success);
      const definition = checked.data as NonNullable<typeof checked.data>;
      const text = formatPersonaFile(definition);
      const parsed = parsePersonaFile({ file: 'persona.md', text, knownTools });
      if (!parsed.ok) throw new Error(`${parsed.problem.message}\n${text}`);
      const made = personaFrom(definition, { id: 'p', file: null, revision: 1 });
      expect(parsed.persona.version).toBe(made.version);
      expect(definitionOf(parsed.persona)).toEqual(definitionOf(made));
      // Bytes that go through UTF-8, as a download does, change nothing.
      expect(Buffer.from(text).toString('utf8')).toBe(text);
    }),
    { numRuns: 400 },
  );
});

test('of rules only what they say is written, and nothing of what holds without them', () => {
  const definition = definitionSchema.parse({
    name: 'n',
    description: 'd',
    instructions: 'x',
    scopes: ['ninox:records:delete'],
    approvals: { delete_it: 'ask above 5' },
    approvers: { delete_it: { fourEyes: true }, drop_it: { hours: 24 } },
    effects: { delete_it: { day: 20 }, drop_it: {} },
    budget: { tokens: 9000 },
    undo: 'ask',
  });
  const [, front = ''] = formatPersonaFile(definition).split('---\n');
  expect(front).toBe(`name: n
description: d
scopes:
  - ninox:records:delete
approvals:
  delete_it: ask above 5
approvers:
  delete_it:
    fourEyes: true
budget:
  steps: 12
  calls: 24
  seconds: 180
  tokens: 9000
effects:
  delete_it:
    day: 20
undo: ask
channels:
  - web
`);
});

test('text that would not come back from a file as it went in is refused', () => {
  const good = { name: 'n', description: 'd', instructions: 'x' };
  expect(definitionSchema.safeParse(good).success).toBe(true);
  for (const bad of ['half \ud800', 'lost \uFFFD', 'nul \0']) {
    expect(definitionSchema.safeParse({ ...good, instructions: bad }).success, bad).toBe(false);
    expect(definitionSchema.safeParse({ ...good, name: bad }).success, bad).toBe(false);
  }
});

test('names become file names', () => {
  expect(personaFileName({ name: 'Größe & Maß — Prüfer' })).toBe('grosse-mass-prufer.md');
  expect(slugOf('日本語')).toBe('persona');
  expect(slugOf(`${'a'.repeat(39)} b`)).toBe('a'.repeat(39));
});
