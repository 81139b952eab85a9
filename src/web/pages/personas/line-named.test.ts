import { expect, test } from 'vitest';
import { lineNamed } from './line-named.ts';

test('finds the line an error speaks of, whatever the line ends', () => {
  expect(lineNamed('tidy.md, line 2: “nam” is not known.', '---\r\nnam: Tidy\r\n---')).toEqual({
    number: 2,
    text: 'nam: Tidy',
  });
});

test('says nothing where there is no such line, or nothing in it', () => {
  expect(lineNamed('The file is larger than 64 kB.', 'a')).toBeNull();
  expect(lineNamed('x.md, line 9: no.', 'a')).toBeNull();
  expect(lineNamed('x.md, line 1: no.', '  \nb')).toBeNull();
});
