import { expect, it } from 'vitest';
import { createRowCounter } from './count-rows.ts';

it('counts lines of JSON, whatever the pieces they come in', () => {
  const count = createRowCounter('jsonl');
  expect(count('{"a":"x')).toBe(0);
  expect(count('"}\n{"a"')).toBe(1);
  expect(count(':1}\n')).toBe(2);
});

it('counts rows of CSV without the header, and no line breaks inside of quotes', () => {
  const count = createRowCounter('csv');
  expect(count('\uFEFFseq,prompt\r\n')).toBe(0);
  expect(count('1,"two\nlines and a ""quo')).toBe(0);
  expect(count('te"""\r\n2,plain\r\n')).toBe(2);
});
