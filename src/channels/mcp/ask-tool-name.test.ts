import { expect, test } from 'vitest';
import { askToolName } from './ask-tool-name.ts';

test('the name says which persona it is, and is one that every client takes', () => {
  expect(askToolName('database-librarian')).toBe('ask_database-librarian');
  const [long, other] = ['x'.repeat(63), 'x'.repeat(64)];
  const names = ['a.b', 'a b', 'a_b', 'ä', long, other].map(askToolName);
  for (const name of names) expect(name).toMatch(/^ask_[A-Za-z0-9_-]{1,60}$/);
  expect(new Set(names).size).toBe(names.length);
});
