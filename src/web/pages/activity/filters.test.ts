import { describe, expect, it } from 'vitest';
import { toolActions } from '#audit/audit-event.ts';
import { countFilters, outcomeActions, quickRange, toAuditQuery, undoActions } from './filters.ts';

describe('the filters in the address', () => {
  it('say nothing when the address says nothing', () => {
    expect(toAuditQuery(new URLSearchParams())).toEqual({});
  });

  it('name the action of an outcome', () => {
    expect(toAuditQuery(new URLSearchParams('outcome=denied')).action).toBe('tool.denied');
    expect(toAuditQuery(new URLSearchParams('outcome=persona.changed')).action).toBe('persona.changed');
    expect(toAuditQuery(new URLSearchParams('outcome=nonsense')).action).toBeUndefined();
  });

  it('know every step of a call and of its undo', () => {
    expect([...outcomeActions, ...undoActions].map(({ action }) => action).sort()).toEqual(toolActions.toSorted());
    expect(toAuditQuery(new URLSearchParams('outcome=undone')).action).toBe('undo.succeeded');
  });

  it('take whole days of the reader, the last one included', () => {
    const query = toAuditQuery(new URLSearchParams('from=2026-11-24&to=2026-11-24'));
    expect(query.from).toBe(new Date(2026, 10, 24).toISOString());
    expect(query.to).toBe(new Date(2026, 10, 25).toISOString());
  });

  it('ignore a day that is none', () => {
    expect(toAuditQuery(new URLSearchParams('from=yesterday')).from).toBeUndefined();
  });

  it('are counted without what else the address holds', () => {
    expect(countFilters(new URLSearchParams('tool=a&other=b&from=2026-11-24'))).toBe(2);
  });
});

describe('quick choices of time', () => {
  it('are whole days back from today, over the ends of months', () => {
    const now = new Date(2026, 2, 3, 23, 59);
    expect(quickRange(0, now)).toEqual({ from: '2026-03-03', to: '2026-03-03' });
    expect(quickRange(6, now)).toEqual({ from: '2026-02-25', to: '2026-03-03' });
  });
});
