import { expect, it } from 'vitest';
import type { ChatMessage, ConversationDetailView } from '#channels/http/contract/conversations.ts';
import { approvalsOf, hasUnknownOutcome, isFinal, isSame, waitsForDecision, withHeldAnswer } from './answer-state.ts';

type Metadata = NonNullable<ChatMessage['metadata']>;

const question: ChatMessage = { id: 'q', role: 'user', parts: [{ type: 'text', text: 'Delete it.' }] };
const answer = (metadata: Metadata, parts: ChatMessage['parts'] = []): ChatMessage => ({
  id: 'a',
  role: 'assistant',
  parts,
  metadata,
});
const asks = (callId: string, approvalId: string): ChatMessage['parts'][number] => ({
  type: 'tool-ninox_delete_record',
  toolCallId: callId,
  state: 'approval-requested',
  input: {},
  approval: { id: approvalId },
});
const detail = (running: boolean, messages: ChatMessage[]) =>
  ({ conversation: { running, waiting: false }, messages }) as unknown as ConversationDetailView;

it('an answer that waits is the last one, and says so', () => {
  const waiting = answer({ status: 'waiting' });
  expect(waitsForDecision([question, waiting])).toBe(true);
  expect(waitsForDecision([waiting, question])).toBe(false);
  expect(waitsForDecision([question, answer({ status: 'succeeded' })])).toBe(false);
  expect([undefined, 'running', 'waiting', 'stopped'].map(isFinal)).toEqual([false, false, true, true]);
});

it('an answer that goes on stays in sight until it is sent again', () => {
  const held = [question, answer({ status: 'waiting' })];
  expect(withHeldAnswer(detail(true, [question]), held)).toEqual(held);
  expect(withHeldAnswer(detail(false, [question]), held)).toEqual([question]);
  const ended = answer({ status: 'succeeded' });
  expect(withHeldAnswer(detail(true, [question, ended]), held)).toEqual([question, ended]);
  expect(withHeldAnswer(detail(true, [question]), [question])).toEqual([question]);
});

it('the approvals of an answer are those of its calls, and the others', () => {
  const message = answer({ status: 'waiting', waitingFor: ['p1', 'p2', 'budget'] }, [
    { type: 'text', text: 'I ask.' },
    asks('c1', 'p1'),
    asks('c2', 'p2'),
  ]);
  expect(approvalsOf(message)).toEqual({ ofCalls: ['p1', 'p2'], others: ['budget'] });
});

it('an outcome nobody knows is looked up until it is found out', () => {
  const call = { outcome: 'outcome_unknown', durationMs: 1, isEffect: true } as const;
  expect(hasUnknownOutcome([answer({ calls: { c1: call } })])).toBe(true);
  expect(hasUnknownOutcome([answer({ calls: { c1: { ...call, reconciled: true } } })])).toBe(false);
  expect(hasUnknownOutcome([answer({ calls: { c1: { ...call, isEffect: false } } }), question])).toBe(false);
});

it('messages are the same where nothing that is shown has changed', () => {
  const call = { outcome: 'succeeded', durationMs: 1, isEffect: true } as const;
  const one = [question, answer({ status: 'succeeded', calls: { c1: call } }, [{ type: 'text', text: 'Done.' }])];
  const streamed = [
    question,
    answer({ status: 'succeeded', calls: { c1: call } }, [{ type: 'text', text: 'Done.', state: 'done' }]),
  ];
  expect(isSame(one, streamed)).toBe(true);
  const undone = answer({ status: 'succeeded', calls: { c1: { ...call, undone: true } } }, one[1]?.parts);
  expect(isSame(one, [question, undone])).toBe(false);
  expect(isSame(one, [question])).toBe(false);
});
