import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { KeyRingError, makeKeyLine, parseKeyRing, primaryLine } from './key-ring.ts';

const keyOf = (fill: number) => Buffer.alloc(32, fill).toString('base64');
const one = `one:${keyOf(1)}`;
const two = `two:${keyOf(2)}`;

function refusal(text: string, primaryId: string | null = null): string {
  try {
    parseKeyRing(text, primaryId);
  } catch (error) {
    if (error instanceof KeyRingError) return error.message;
    throw error;
  }
  throw new Error('The keys were taken.');
}

test('one key is the primary one', () => {
  const ring = parseKeyRing(one);
  expect(ring.primary.id).toBe('one');
  expect(ring.primary.key.export()).toEqual(Buffer.alloc(32, 1));
  expect(ring.find('one')).toBe(ring.primary);
  expect(ring.find('two')).toBeUndefined();
});

test.each([
  ['lines', `${one}\n${two}\n`],
  ['lines as on Windows', `${one}\r\n${two}\r\n`],
  ['commas', `${one},${two},`],
  [
    'comments, blank lines and spaces',
    `# a comment: with a colon, and a comma\n\n  ${one}  \n\t# x\n two : ${keyOf(2)}\n`,
  ],
  ['a key without its padding', `${one}\n${two.replace(/=$/, '')}`],
])('several keys are read from %s', (_name, text) => {
  const ring = parseKeyRing(text, 'two');
  expect(ring.keys.map(({ id }) => id)).toEqual(['one', 'two']);
  expect(ring.primary.id).toBe('two');
  expect(ring.primary.key.export()).toEqual(Buffer.alloc(32, 2));
});

test('a line names the primary key, the last such line counts, and what is said from outside wins', () => {
  const text = [primaryLine('two'), one, two, primaryLine('one'), ''].join('\n');
  expect(parseKeyRing(text).primary.id).toBe('one');
  expect(parseKeyRing(`${text}${primaryLine('two')}`).primary.id).toBe('two');
  expect(parseKeyRing(text, 'two').primary.id).toBe('two');
});

test.each([
  ['nothing', '', /^there is no key in it/],
  ['comments alone', '# one\n', /^there is no key in it/],
  ['a key without an id', `${one}\n${keyOf(2)}`, /^line 2 has no “:”/],
  ['an id that is none', `${one}\n\n# x\nmy key:${keyOf(2)}`, /^line 4 does not begin with an id/],
  ['id and key swapped', `${keyOf(1)}:one`, /^line 1 does not begin with an id/],
  ['a key that is not base64', `one:${'-'.repeat(44)}`, /^line 1: the key “one” is not base64/],
  ['a key that is too short', `one:${keyOf(1).slice(4)}`, /^line 1: the key “one” has 29 bytes instead of 32/],
  ['a key that is too long', `one:${Buffer.alloc(33, 1).toString('base64')}`, /has 33 bytes/],
  ['a key that is missing', 'one:', /^line 1: the key “one” has 0 bytes/],
  ['an id twice', `${one}\none:${keyOf(2)}`, /^line 2: there is a key “one” already/],
  ['a key under two ids', `${one}\ntwo:${keyOf(1)}`, /^line 2: the keys “one” and “two” are the same/],
  [
    'no primary key among several',
    `${one}\n${two}`,
    /^there are 2 keys \(one, two\), but none is named.*VAULT_PRIMARY_KEY/,
  ],
])('%s is refused, with its line and without showing a key', (_name, text, message) => {
  expect(refusal(text)).toMatch(message);
  for (const fill of [1, 2]) expect(refusal(text)).not.toContain(keyOf(fill).slice(0, 8));
});

test('a primary key that is not there is refused', () => {
  expect(refusal(one, 'two')).toBe('the primary key is to be “two”, but there are only: one.');
  expect(refusal(`${one}\n${primaryLine('three')}`)).toContain('“three”');
});

test('a new key is one of its own, and its line can be read', () => {
  const { id, line } = makeKeyLine(new Date('2026-11-24T12:00:00Z'));
  expect(id).toMatch(/^k20261124-[0-9a-f]{6}$/);
  expect(parseKeyRing(line).primary.id).toBe(id);
  expect(makeKeyLine().line).not.toBe(makeKeyLine().line);
});

test('a ring shows no key when it is printed', () => {
  const ring = parseKeyRing(`${one}\n${two}`, 'one');
  for (const text of [inspect(ring, { depth: 9, showHidden: true }), JSON.stringify(ring)]) {
    for (const form of [keyOf(1), Buffer.alloc(32, 1).toString('hex')]) expect(text).not.toContain(form);
  }
});
