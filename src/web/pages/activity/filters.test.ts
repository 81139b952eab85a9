import { describe, expect, it } from 'vitest';
import { countFilters, toAuditQuery } from './filters.ts';

describe('the filters in the address', () => {
  it('say nothing when the address says nothing', () => {
    expect(toAuditQuery(new URLSearchParams())).toEqual({});
  });

  it('name the action of an outcome', () => {
    expect(toAuditQuery(new URLSearchParams('outcome=denied')).action).toBe('tool.denied');
    expect(toAuditQuery(new URLSearchParams('outcome=nonsense')).action).toBeUndefined();
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
