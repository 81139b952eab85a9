import { expect, it } from 'vitest';
import type { EffectView } from '#channels/http/contract/effects.ts';
import { describeRestored, describeUndo } from './undo-words.ts';

const undo = (change: Partial<EffectView['undo']>) =>
  describeUndo({
    possible: true,
    whyNot: null,
    expiresAt: '2026-12-24T10:00:00.000Z',
    needsApproval: false,
    state: 'none',
    undoId: null,
    approvalId: null,
    ...change,
  });

it('says until when a call can be taken back, and that it has to be approved', () => {
  expect(undo({})).toMatchObject({ open: true, text: expect.stringMatching(/^Possible until .*2026.*\.$/) });
  expect(undo({ needsApproval: true, expiresAt: null }).text).toBe('It has to be approved first.');
});

it('says why it cannot be', () => {
  const whyNot = 'The record was changed since.';
  expect(undo({ possible: false, whyNot })).toEqual({ open: false, text: whyNot, approvalId: null });
});

it('is not begun a second time', () => {
  for (const state of ['waiting', 'under_way', 'done', 'outcome_unknown'] as const) {
    expect(undo({ state }).open, state).toBe(false);
  }
  expect(undo({ state: 'waiting', approvalId: 'a1' }).approvalId).toBe('a1');
  expect(undo({ state: 'done', approvalId: 'a1' }).approvalId).toBeNull();
});

it('says under which number a record came back', () => {
  const target = [
    { level: 'table', id: 'A', name: 'Customers' },
    { level: 'record', id: '41', name: 'Ada' },
  ] as const;
  expect(describeRestored({ target: [...target], notRestored: [] })).toBe('Restored as record 41.');
  expect(describeRestored({ target: [], notRestored: [] })).toBe('Restored.');
});
