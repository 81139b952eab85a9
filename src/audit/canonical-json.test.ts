import { expect, test } from 'vitest';
import { Secret } from '#vault/secret.ts';
import { canonicalJson } from './canonical-json.ts';

test('the order of keys does not matter, the order of items does', () => {
  expect(canonicalJson({ b: { y: 1, x: [2, 1] }, a: null })).toBe('{"a":null,"b":{"x":[2,1],"y":1}}');
  expect(canonicalJson({ a: null, b: { x: [2, 1], y: 1 } })).toBe('{"a":null,"b":{"x":[2,1],"y":1}}');
});

test('dates are milliseconds, undefined is left out of objects and null in lists', () => {
  expect(canonicalJson({ at: new Date(5), gone: undefined, list: [undefined, () => 1] })).toBe(
    '{"at":5,"list":[null,null]}',
  );
  expect(canonicalJson(undefined)).toBe('null');
});

test('numbers have one spelling', () => {
  expect(canonicalJson([1, 1.0, -0, 1e21, 0.1, Number.NaN])).toBe('[1,1,0,1e+21,0.1,null]');
});

test('text and keys are escaped, half a surrogate pair too', () => {
  expect(canonicalJson({ 'a"b': '\u0000\uD800' })).toBe('{"a\\"b":"\\u0000\\ud800"}');
});

test('it can be read back', () => {
  const value = { z: [{ b: '1', a: true }], a: { 'ä ': -1.5e-7 } };
  expect(JSON.parse(canonicalJson(value))).toEqual(value);
});

test('a secret shows its fingerprint only', () => {
  const text = canonicalJson({ apiKey: new Secret('open sesame') });
  expect(text).toMatch(/^\{"apiKey":"\[secret [0-9a-f]{8}\]"\}$/);
});

test('what JSON cannot hold is refused', () => {
  expect(() => canonicalJson({ big: 1n })).toThrow(TypeError);
});
