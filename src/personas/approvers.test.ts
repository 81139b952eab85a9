import { expect, test } from 'vitest';
import { type Member, nameApprovers, namesPeople, toolsWithoutApprover } from './approvers.ts';
import { defaultApprovalRule } from './persona-schema.ts';

const members: readonly Member[] = [
  { id: 'anna', name: 'Anna', role: 'member', decides: true },
  { id: 'otto', name: 'Otto', role: 'auditor', decides: false },
];
const naming = (...people: string[]) => ({ approvers: { remove: { ...defaultApprovalRule, people } } });

test('an approver is somebody of the organization whose role decides', () => {
  expect(nameApprovers(['anna', 'otto', 'gone'], members)).toEqual([
    { id: 'anna', name: 'Anna', mayDecide: true },
    { id: 'otto', name: 'Otto', mayDecide: false },
    { id: 'gone', name: null, mayDecide: false },
  ]);
});

test('a tool is without an approver once nobody it names may decide', () => {
  expect(toolsWithoutApprover(naming('anna', 'gone'), members)).toEqual([]);
  expect(toolsWithoutApprover(naming('otto', 'gone'), members)).toEqual(['remove']);
  expect(toolsWithoutApprover({ approvers: { remove: defaultApprovalRule } }, members)).toEqual([]);
});

test('the members are needed only where people are named', () => {
  expect(namesPeople(naming('anna'))).toBe(true);
  expect(namesPeople({ approvers: { remove: { ...defaultApprovalRule, fourEyes: true } } })).toBe(false);
});
