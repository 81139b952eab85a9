import { expect, test } from 'vitest';
import { findDeadEnd, type Member } from './who-decides.ts';

const olivia: Member = { id: 'olivia', name: 'Olivia', role: 'owner', isYou: true };
const anna: Member = { id: 'anna', name: 'Anna', role: 'member', isYou: false };
const otto: Member = { id: 'otto', name: 'Otto', role: 'auditor', isYou: false };
const all = [olivia, anna, otto];

test('whoever asked can always decide where the rule does not say otherwise', () => {
  expect(findDeadEnd({ people: null, fourEyes: false }, [olivia])).toBeNull();
  expect(findDeadEnd({ people: ['anna'], fourEyes: false }, all)).toBeNull();
});

test('nobody decides where everybody chosen has left or decides nothing', () => {
  expect(findDeadEnd({ people: ['gone', 'otto'], fourEyes: false }, all)?.kind).toBe('nobody');
  expect(findDeadEnd({ people: ['gone', 'anna'], fourEyes: false }, all)).toBeNull();
  // Nobody chosen yet is told as something to correct.
  expect(findDeadEnd({ people: [], fourEyes: false }, all)).toBeNull();
});

test('with four eyes one person alone cannot have anything done', () => {
  expect(findDeadEnd({ people: null, fourEyes: true }, all)).toEqual({
    kind: 'somebody',
    message: 'You are the only owner or admin, so nobody can approve what you ask for.',
  });
  expect(findDeadEnd({ people: ['anna', 'otto'], fourEyes: true }, all)?.message).toBe(
    'Anna is the only one who decides, so nobody can approve what Anna asks for.',
  );
  expect(findDeadEnd({ people: ['anna', 'olivia'], fourEyes: true }, all)).toBeNull();
});
