import { expect, test } from 'vitest';
import type { Tool } from '#integrations/tool-definition.ts';
import type { Persona } from '#personas/persona-schema.ts';
import { outsideTextOf } from './outside-text.ts';

const tool = { readsRecords: true } as Tool;
const personas = (...publicTables: string[]) => {
  const persona = { publicTables } as unknown as Persona;
  return { persona, current: { ...persona, publicTables: [] } };
};
const table = { team: 'team00001', database: 'database1', table: 'A' };

test('records of a table strangers can write to are text from outside', () => {
  expect(outsideTextOf(personas('database1/A'), tool, table)).toContain('database1/A');
  expect(outsideTextOf(personas('database1/B', 'database2/A'), tool, table)).toBeNull();
  expect(outsideTextOf(personas(), tool, table)).toBeNull();
});

test('so is whatever may hold such records, as the table is not named', () => {
  expect(outsideTextOf(personas('database1/A'), tool, { database: 'database1' })).not.toBeNull();
  expect(outsideTextOf(personas('database1/A'), tool, {})).not.toBeNull();
  expect(outsideTextOf(personas('database2/A'), tool, { database: 'database1' })).toBeNull();
});

test('a tool that answers no records reads none', () => {
  expect(outsideTextOf(personas('database1/A'), {} as Tool, table)).toBeNull();
});

test('a table that only the newest version of the persona calls public counts as well', () => {
  const { persona } = personas();
  const current = { ...persona, publicTables: ['database1/A'] };
  expect(outsideTextOf({ persona, current }, tool, table)).not.toBeNull();
});
