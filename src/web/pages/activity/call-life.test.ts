import { expect, it } from 'vitest';
import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import type { AuditEventView } from '#channels/http/contract/audit-events.ts';
import type { EffectView } from '#channels/http/contract/effects.ts';
import { lifeOf } from './call-life.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 24, 10, 0, seconds)).toISOString();
const event = (
  seq: number,
  action: AuditEventView['action'],
  change: Partial<AuditEventView> = {},
): AuditEventView => ({
  id: `e${seq}`,
  seq,
  at: at(seq),
  action,
  actor: { kind: 'user', id: 'ann', name: 'Ann' },
  connectionId: null,
  personaId: 'tester',
  personaVersion: 'v',
  channel: 'web',
  conversationId: 'c1',
  runId: 'r1',
  callId: 'call1',
  tool: 'ninox_delete_record',
  code: null,
  durationMs: null,
  credits: 0,
  hash: '',
  previousHash: '',
  ...change,
});
const effect = (change: Partial<EffectView>) => ({ sentAt: null, ...change }) as EffectView;
const approval = (change: Partial<ApprovalView>) => change as ApprovalView;
const texts = (known: Partial<Parameters<typeof lifeOf>[0]>) =>
  lifeOf({ events: [], effect: null, approval: null, you: 'me', ...known }).map(({ text }) => text);

it('tells the steps in their order, with the sending that only the call knows', () => {
  const events = [
    event(6, 'tool.succeeded'),
    event(5, 'tool.intended'),
    event(4, 'tool.planned'),
    event(3, 'approval.approved', { actor: { kind: 'user', id: 'me', name: 'M' } }),
    event(2, 'approval.requested'),
    event(1, 'tool.planned'),
  ];
  expect(texts({ events, effect: effect({ sentAt: at(5) }) })).toEqual([
    'Planned: looked up what would happen',
    'Approval asked',
    'Approved by you',
    'Looked up again before it was sent',
    'Intended: recorded before it was sent',
    'Sent',
    'Succeeded',
  ]);
});

it('takes who decided from the approval where the record is not the reader’s', () => {
  const events = [event(1, 'tool.planned'), event(2, 'approval.requested'), event(5, 'tool.intended')];
  const known = approval({ createdAt: at(2), decidedAt: at(4), decidedBy: { id: 'bob', name: 'Bob' }, status: 'used' });
  expect(texts({ events, approval: known })[2]).toBe('Approved by Bob');
  const recorded = [...events, event(4, 'approval.approved')];
  expect(texts({ events: recorded, approval: known })).not.toContain('Approved by Bob');
});

it('says how an unknown outcome was found out, and what failed why', () => {
  const lost = [event(1, 'tool.intended'), event(2, 'tool.outcome_unknown')];
  expect(texts({ events: [...lost, event(3, 'tool.reconciled')] }).slice(1)).toEqual([
    'Outcome unknown',
    'Found out afterwards: it was done',
  ]);
  const not = event(3, 'tool.reconciled', { code: 'NOT_HAPPENED' });
  expect(texts({ events: [...lost, not] }).at(-1)).toBe('Found out afterwards: it was not done');
  expect(texts({ events: [event(1, 'tool.failed', { code: 'UPSTREAM_FORBIDDEN' })] })).toEqual([
    'Failed: no right in Ninox',
  ]);
});

it('goes on with the undo after the call has ended', () => {
  const undo = { callId: 'undo1' };
  const events = [
    event(1, 'tool.succeeded'),
    event(2, 'tool.planned', undo),
    event(3, 'approval.requested'),
    event(4, 'approval.approved'),
    event(5, 'undo.intended', undo),
    event(6, 'undo.succeeded', undo),
  ];
  expect(texts({ events })).toEqual([
    'Succeeded',
    'Undo: looked up what would be restored',
    'Undo: approval asked',
    'Undo: approved by Ann',
    'Undo begun by Ann',
    'Taken back by Ann',
  ]);
});
