import { expect, test } from 'vitest';
import { createVisitorMemory } from './visitor-memory.ts';

function storageOf(entries: Map<string, string>): Storage {
  return {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
  } as Storage;
}

test('a page remembers the visitor of each widget apart from the others', () => {
  const entries = new Map<string, string>();
  const one = createVisitorMemory('w1', () => storageOf(entries));
  one.write({ token: 't1' });
  one.write({ seen: 'a1' });
  expect(createVisitorMemory('w1', () => storageOf(entries)).read()).toEqual({ token: 't1', seen: 'a1' });
  expect(createVisitorMemory('w2', () => storageOf(entries)).read()).toEqual({ token: null, seen: null });
});

test('that the visitor has left on another page of the site is told by what is stored', () => {
  const memory = createVisitorMemory('w', () => storageOf(new Map()));
  const told = (key: string | null, newValue: string | null) => memory.isGoodbye({ key, newValue });
  expect(told('personas-widget:w', '{"token":null,"seen":null}')).toBe(true);
  expect(told('personas-widget:w', '{"token":"t","seen":null}')).toBe(false);
  expect(told('personas-widget:other', '{"token":null,"seen":null}')).toBe(false);
  expect(told('personas-widget:w', '{')).toBe(false);
  expect(told(null, null)).toBe(false);
});

test('where storage is refused or broken, it is remembered as long as the page is there', () => {
  const refused = createVisitorMemory('w', () => {
    throw new DOMException('Refused', 'SecurityError');
  });
  expect(refused.read()).toEqual({ token: null, seen: null });
  refused.write({ token: 't' });
  refused.write({ seen: 'a' });
  expect(refused.read()).toEqual({ token: 't', seen: 'a' });
  for (const broken of ['{', 'null', '[]', '{"token":7}']) {
    const memory = createVisitorMemory('w', () => storageOf(new Map([['personas-widget:w', broken]])));
    expect(memory.read()).toEqual({ token: null, seen: null });
  }
});
