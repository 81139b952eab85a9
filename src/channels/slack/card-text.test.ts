import { expect, test } from 'vitest';
import { createShortener } from './card-text.ts';

test('every kind of line break is one that the card can put a quote mark before', () => {
  expect(createShortener().lines('said\u2028*Tester* asks\u2029more\n', 100)).toBe('said\n*Tester* asks\nmore');
});
