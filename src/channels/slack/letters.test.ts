import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dropLetters, lettersOf, lettersShown } from './letters.ts';

test('of a text the rest is left, whatever Slack has made of its beginning', () => {
  const stored = 'Two *records* &amp; one table: A–B 😀 and more.';
  const shown = 'Two _records_ &amp; one tab';
  const count = lettersShown(stored, shown);
  expect(count).not.toBeNull();
  expect(dropLetters(stored.replace('&amp;', '&'), count ?? 0)).toBe('le: A–B 😀 and more.');
});

test('what was shown and not stored is not said again, and another text is another', () => {
  expect(lettersShown('', 'The first half.')).toBe(0);
  expect(lettersShown('The first', 'The first half.')).toBe('Thefirst'.length);
  expect(lettersShown('Some other text', 'The first half.')).toBeNull();
});

test('nothing is dropped twice and nothing lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
      const plain = (text: string) => text.replaceAll('&', '+');
      const text = plain(one) + plain(other);
      const rest = dropLetters(text, lettersOf(plain(one)).length);
      expect(lettersOf(rest)).toBe(lettersOf(text).slice(lettersOf(plain(one)).length));
    }),
  );
});
