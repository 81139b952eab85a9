import { expect, test } from 'vitest';
import type { ResourceQuestion } from '../../components/use-resources.ts';
import { findLimitNames, idsWithoutName } from './find-limit-names.ts';

const asked: string[] = [];

async function list(question: ResourceQuestion) {
  asked.push(Object.values(question).join(' '));
  if (question.level === 'teams')
    return [
      { id: 'sales', name: 'Sales' },
      { id: 'works', name: 'Workshop' },
    ];
  if (question.level === 'databases') {
    return question.team === 'sales' ? [{ id: 'crm', name: 'CRM' }] : [{ id: 'stock', name: 'Stock' }];
  }
  return [
    { id: 'A', name: 'Companies' },
    { id: 'B', name: 'Contacts' },
  ];
}

test('finds names from the teams down, and asks no further once all are found', async () => {
  asked.length = 0;
  const limits = { databases: ['crm'], tables: ['crm/B'] };
  expect(await findLimitNames(limits, {}, list)).toMatchObject({ crm: 'CRM', 'crm/B': 'CRM › Contacts' });
  expect(asked).toEqual(['teams', 'databases sales', 'tables sales crm']);
});

test('looks only into teams the limits name', async () => {
  asked.length = 0;
  await findLimitNames({ teams: ['works'], databases: ['crm'] }, {}, list);
  expect(asked).toEqual(['teams', 'databases works']);
});

test('asks nothing where every id has a name', async () => {
  asked.length = 0;
  expect(await findLimitNames({ teams: ['sales'] }, { sales: 'Sales' }, list)).toEqual({ sales: 'Sales' });
  expect(asked).toEqual([]);
});

test('gives up after a number of lists, however many teams there are', async () => {
  let lists = 0;
  const many = async ({ level }: ResourceQuestion) => {
    lists += 1;
    return level === 'teams' ? Array.from({ length: 99 }, (_, index) => ({ id: `t${index}`, name: 'x' })) : [];
  };
  await findLimitNames({ databases: ['gone'] }, {}, many);
  expect(lists).toBe(20);
});

test('tells which ids have no name', () => {
  expect(idsWithoutName({ teams: ['a'], tables: ['b/C'] }, { a: 'A' })).toEqual(['b/C']);
});
