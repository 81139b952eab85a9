import { describe, expect, it } from 'vitest';
import type { AuditEventView } from '#channels/http/contract/audit-events.ts';
import { oneRowPerCall } from './calls.ts';

const event = (seq: number, action: AuditEventView['action'], call: Partial<AuditEventView> = {}): AuditEventView => ({
  id: `e${seq}`,
  seq,
  at: '2026-11-24T10:00:00.000Z',
  action,
  actor: { kind: 'user', id: 'ann', name: 'Ann' },
  connectionId: null,
  personaId: 'tester',
  personaVersion: 'v',
  channel: 'web',
  conversationId: 'c1',
  runId: 'r1',
  callId: 'call1',
  tool: 'ninox_list_teams',
  code: null,
  durationMs: null,
  credits: 1,
  hash: '',
  previousHash: '',
  ...call,
});
const shown = (...events: readonly AuditEventView[]) => oneRowPerCall(events).map(({ seq }) => seq);

describe('one row per call', () => {
  it.each(['tool.succeeded', 'tool.failed', 'tool.outcome_unknown'] as const)('hides the intent of %s', (action) => {
    expect(shown(event(4, action), event(3, 'tool.intended'))).toEqual([4]);
  });

  it('keeps the newest first, and every intent without its outcome', () => {
    const other = { callId: 'call2' };
    expect(
      shown(
        event(6, 'tool.intended', { callId: 'call3' }),
        event(5, 'tool.succeeded', other),
        event(4, 'tool.succeeded'),
        event(3, 'tool.intended', other),
        event(2, 'tool.intended'),
        event(1, 'tool.denied', { callId: 'call0' }),
      ),
    ).toEqual([6, 5, 4, 1]);
  });

  it('shows only how far a call has come', () => {
    const asked = [event(2, 'approval.requested'), event(1, 'tool.planned')] as const;
    expect(shown(...asked)).toEqual([2]);
    expect(shown(event(3, 'tool.denied'), ...asked)).toEqual([3]);
    expect(shown(event(3, 'approval.denied'), ...asked)).toEqual([3]);
    expect(shown(event(3, 'approval.expired'), ...asked)).toEqual([3]);
    expect(shown(event(3, 'approval.approved'), ...asked)).toEqual([3, 2]);
    const sent = [event(4, 'tool.intended'), event(3, 'tool.planned'), ...asked] as const;
    expect(shown(...sent)).toEqual([4]);
    const lost = [event(5, 'tool.outcome_unknown'), ...sent] as const;
    expect(shown(...lost)).toEqual([5]);
    expect(shown(event(6, 'tool.reconciled'), ...lost)).toEqual([6]);
  });

  it('keeps what people decided about it, and shows an undo that is asked for beside the call', () => {
    const call = [event(4, 'tool.succeeded'), event(3, 'approval.approved'), event(2, 'approval.requested')] as const;
    expect(shown(...call)).toEqual([4, 3]);
    expect(shown(event(5, 'approval.requested'), ...call)).toEqual([5, 4, 3]);
    const undo = (seq: number, action: AuditEventView['action']) => event(seq, action, { callId: 'undo1' });
    expect(shown(undo(7, 'undo.succeeded'), undo(6, 'undo.intended'), undo(5, 'tool.planned'), ...call)).toEqual([
      7, 4, 3,
    ]);
  });

  it('hides the beginning of an export whose end is there', () => {
    const exported = (seq: number, callId: string | null) => event(seq, 'audit.exported', { callId });
    expect(shown(exported(4, 'x'), exported(3, 'y'), exported(2, 'x'))).toEqual([4, 3]);
    expect(shown(exported(2, null), exported(1, null))).toEqual([2, 1]);
  });

  it('does not take the outcome of another run or conversation, or a denial, for that of the call', () => {
    expect(shown(event(2, 'tool.succeeded', { runId: 'r2' }), event(1, 'tool.intended'))).toEqual([2, 1]);
    expect(shown(event(2, 'tool.succeeded', { conversationId: 'c2' }), event(1, 'tool.intended'))).toEqual([2, 1]);
    expect(shown(event(2, 'tool.denied'), event(1, 'tool.intended'))).toEqual([2, 1]);
  });
});
