import { expect, test } from 'vitest';
import { budgetQuestion, callQuestion, newApproval } from '#test/support/approvals.ts';
import type { Approval } from './approvals/approval.ts';
import { type Decisions, decidePending, followReplaced, overOf } from './decide-pending.ts';

const call = { callId: 'c1', modelCallId: 'm1', tool: 'remove', rawInput: '{"a":1}', words: '', approvalId: 'a1' };
const over = { decidedBy: 'olga', decidedAt: new Date(0), reason: null, more: null, replacedBy: null };
const approval = (change: Partial<Approval>): Approval => ({
  ...newApproval({ id: 'a1', callId: 'c1' }),
  status: 'approved',
  createdAt: new Date(0),
  ...over,
  ...change,
});
const decisions = (found: readonly Approval[], change: Partial<Decisions> = {}): Decisions => ({
  approvalOf: followReplaced(found),
  granted: new Set(),
  asWritten: new Map([['c1', call.rawInput]]),
  names: new Map([['olga', 'Olga']]),
  ...change,
});
const messageOf = (found: readonly Approval[]) => {
  const { decision } = decidePending(call, decisions(found));
  return decision.type === 'refused' && !decision.result.ok ? `${decision.result.code} ${decision.result.message}` : '';
};

test('an approved call is made with exactly what was approved, changed or not', () => {
  const same = decidePending(call, decisions([approval({ question: callQuestion({ arguments: { a: 1 } }) })]));
  expect(same.decision).toMatchObject({ type: 'make', rawInput: '{"a":1}', isChanged: false });
  const changed = approval({ id: 'a2', question: callQuestion({ arguments: { a: 2 }, askedFor: { a: 1 } }) });
  const chain = [approval({ status: 'replaced', replacedBy: 'a2' }), changed];
  expect(decidePending(call, decisions(chain)).decision).toMatchObject({
    type: 'make',
    rawInput: '{"a":2}',
    isChanged: true,
    approval: { id: 'a2' },
  });
});

test('a call that a person had changed before it waited again is still told as changed', () => {
  const again = { ...call, rawInput: '{"a":2}' };
  const found = [approval({ question: callQuestion({ arguments: { a: 2 } }) })];
  expect(decidePending(again, decisions(found)).decision).toMatchObject({ type: 'make', isChanged: true });
});

test.each([
  ['denied', null, /^APPROVAL_DENIED Olga denied this call and gave no reason\. The call was not sent/],
  ['denied', 'Keep it.', /^APPROVAL_DENIED Olga denied this call: “Keep it\.”/],
  ['expired', 'x', /^APPROVAL_INVALID Nobody decided in time/],
  ['withdrawn', 'Stopped.', /^APPROVAL_INVALID The question was withdrawn\. Stopped\./],
  ['void', 'Moved.', /^APPROVAL_INVALID What was asked does not hold any more\. Moved\./],
  ['used', null, /^APPROVAL_INVALID The approval was used already/],
  ['pending', null, /^APPROVAL_INVALID/],
] as const)('one that is %s because of %s is refused', (status, reason, message) => {
  expect(messageOf([approval({ status, reason })])).toMatch(message);
});

test('an approval that is not there, or is one of an undo, lets nothing through', () => {
  expect(messageOf([])).toMatch(/^APPROVAL_INVALID There is no such approval/);
  const { tool, arguments: args, plan, title } = callQuestion();
  expect(messageOf([approval({ question: { kind: 'undo', tool, arguments: args, plan, title } })])).toMatch(
    /^APPROVAL_INVALID/,
  );
});

test('a budget counts as granted only once its approval was used', () => {
  const found = [approval({ question: budgetQuestion() })];
  expect(messageOf(found)).toMatch(/^BUDGET_EXCEEDED Nobody raised the limit of 5/);
  const granted = decisions(found, { granted: new Set(['a1']) });
  expect(decidePending(call, granted).decision).toMatchObject({ type: 'make', rawInput: '{"a":1}' });
  const ofRun = [approval({ callId: null, question: budgetQuestion({ budget: 'steps', tool: null }) })];
  expect(overOf(['a1'], decisions(ofRun))).toEqual({ budget: 'steps', limit: 5, used: 5, more: 5 });
  expect(overOf(['a1'], decisions(ofRun, { granted: new Set(['a1']) }))).toBeNull();
  expect(overOf(['a1'], decisions(found))).toBeNull();
});
