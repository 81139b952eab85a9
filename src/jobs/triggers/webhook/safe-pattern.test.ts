import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPattern } from './safe-pattern.ts';

const stepsOf = (pattern: string, length: number): number => {
  const read = readPattern(pattern);
  if (read.problem !== null) throw new Error(read.problem);
  return read.stepsFor(length);
};

test.each([
  '^[A-Z]{2}-\\d{4,8}$',
  '^(?:draft|paid|open)$',
  '^\\p{L}+(?:\\.\\d+)?$',
  '[^\\]*]+',
  '^(?<year>\\d{4})-\\d{2}$',
  'a|b',
  '^(\\d\\d,)*$',
  '\\u{1F600}?',
])('%s is taken', (pattern) => {
  expect(readPattern(pattern)).toMatchObject({ problem: null });
});

test.each([
  ['(a+)+$', 'repeats a part'],
  ['(a|a)*b', 'repeats a part'],
  ['(?:a?){30}a{30}', 'repeats a part'],
  ['([a-z]+\\.)+com', 'repeats a part'],
  ['(a)\\1', 'refers back'],
  ['(?<x>a)\\k<x>', 'refers back'],
  ['(?=a)b', 'looks ahead'],
  ['(?<!a)b', 'looks ahead'],
  ['((a{100}){100})', 'more than 1000 times'],
  ['a{1001}', 'more than 1000 times'],
  ['[a', 'no regular expression'],
  ['x'.repeat(201), 'longer than 200'],
  [`${'('.repeat(12)}a${')'.repeat(12)}`, 'groups in each other'],
])('%s is refused', (pattern, words) => {
  expect(readPattern(pattern).problem).toContain(words);
});

test('the steps grow with each repetition, and once more where the pattern may begin anywhere', () => {
  expect(stepsOf('^abc$', 1_000)).toBeLessThan(2_000);
  expect(stepsOf('^a+$', 1_000)).toBeLessThan(3_000);
  expect(stepsOf('a+b', 1_000)).toBeGreaterThan(1_000_000);
  expect(stepsOf('^.*a.*b$', 1_000)).toBeGreaterThan(1_000_000);
  expect(stepsOf('^a|b+$', 1_000)).toBeGreaterThan(1_000_000);
});

test('whatever is taken is a pattern, and whatever is written is answered', () => {
  const sign = fc.constantFrom(...'ab()[]{}|*+?^$.\\d,1:=!<>k-'.split(''));
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 25 }), (signs) => {
      const pattern = signs.join('');
      const read = readPattern(pattern);
      if (read.problem !== null) return;
      expect(() => new RegExp(pattern, 'u')).not.toThrow();
      expect(read.stepsFor(100)).toBeGreaterThanOrEqual(100);
      expect(pattern).not.toMatch(/\(\?[=!]|\(\?<[=!]/);
    }),
    { numRuns: 2_000 },
  );
});
