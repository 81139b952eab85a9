import { expect, it } from 'vitest';
import { withCount } from './use-title-count.ts';

it('puts one number in front of a title, and takes it away again', () => {
  expect(withCount('Chat – Personas for Ninox', 3)).toBe('(3) Chat – Personas for Ninox');
  expect(withCount('(3) Chat', 12)).toBe('(12) Chat');
  expect(withCount('(12) Chat', 0)).toBe('Chat');
  expect(withCount('Invoices (2)', 0)).toBe('Invoices (2)');
});
