import { describe, expect, test } from 'vitest';
import { meetsConditions, recordMeetsConditions } from './conditions.ts';
import type { Condition } from './job-definition.ts';

const holds = (is: Condition['is'], found: unknown, value?: Condition['value']) =>
  meetsConditions([{ field: 'it', is, ...(value === undefined ? {} : { value }) }], { it: found });

describe('a condition on what an event brought', () => {
  test.each([
    ['equals', 'paid', 'paid', true],
    ['equals', 'Paid', 'paid', false],
    ['equals', 5, '5', true],
    ['equals', '5.0', 5, true],
    ['equals', 'five', 5, false],
    ['equals', true, 'true', true],
    ['equals', ['paid'], 'paid', true],
    ['equals', undefined, 'paid', false],
    ['equals', null, '', true],
    ['not_equals', undefined, 'paid', true],
    ['not_equals', 'paid', 'paid', false],
    ['contains', 'is paid now', 'paid', true],
    ['contains', ['open', 'paid'], 'paid', true],
    ['contains', ['unpaid'], 'paid', false],
    ['contains', { paid: true }, 'paid', false],
    ['starts_with', 'INV-7', 'INV-', true],
    ['starts_with', 'x INV-7', 'INV-', false],
    ['greater_than', 10, 9, true],
    ['greater_than', '10', '9', true],
    ['greater_than', 9, 9, false],
    ['greater_than', undefined, -1, false],
    ['greater_than', '2026-02-01', '2026-01-31', true],
    ['greater_than', '2026-02-01T12:00', '2026-02-01T13:00:00+02:00', true],
    ['greater_than', 'b', 'a', false],
    ['less_than', 3, 4.5, true],
    ['less_than', '2026-01-31T23:59:59', '2026-02-01', true],
    ['is_empty', '  ', undefined, true],
    ['is_empty', [], undefined, true],
    ['is_empty', 0, undefined, false],
    ['is_empty', false, undefined, false],
    ['is_not_empty', 0, undefined, true],
    ['is_not_empty', null, undefined, false],
  ] as const)('%s: %j, %j is %s', (is, found, value, expected) => {
    expect(holds(is, found, value)).toBe(expected);
  });

  test('goes down at dots and into lists, and a name with dots of its own comes first', () => {
    const payload = { order: { lines: [{ sum: 5 }], total: 7 }, 'order.total': 9 };
    const meets = (field: string, value: number) => meetsConditions([{ field, is: 'equals', value }], payload);
    expect(meets('order.lines.0.sum', 5)).toBe(true);
    expect(meets('order.total', 9)).toBe(true);
    expect(meets('order.lines.length', 1)).toBe(true);
    expect(meetsConditions([{ field: 'constructor', is: 'is_not_empty' }], {})).toBe(false);
  });

  test('all of them must hold; of something that is no object none with a value does', () => {
    const conditions: Condition[] = [
      { field: 'a', is: 'equals', value: 1 },
      { field: 'b', is: 'equals', value: 2 },
    ];
    expect(meetsConditions(conditions, { a: 1, b: 2 })).toBe(true);
    expect(meetsConditions(conditions, { a: 1, b: 3 })).toBe(false);
    expect(meetsConditions(conditions, 'a')).toBe(false);
    expect(meetsConditions([], null)).toBe(true);
  });
});

describe('a condition on a changed record', () => {
  const changed: Condition[] = [{ field: 'Order.State', is: 'changed' }];

  test('knows a field by its whole name', () => {
    const record = { fields: { 'Order.State': 'paid', Order: { State: 'open' } }, before: null };
    expect(recordMeetsConditions([{ field: 'Order.State', is: 'equals', value: 'paid' }], record)).toBe(true);
    expect(
      recordMeetsConditions([{ field: 'Order.State', is: 'is_empty' }], {
        fields: { Order: { State: 1 } },
        before: null,
      }),
    ).toBe(true);
  });

  test.each([
    ['the same', { 'Order.State': 'paid' }, false],
    ['another', { 'Order.State': 'open' }, true],
    ['none', {}, true],
    ['not known', null, true],
  ])('a field whose value before was %s', (_what, before, expected) => {
    expect(recordMeetsConditions(changed, { fields: { 'Order.State': 'paid' }, before })).toBe(expected);
  });

  test('an empty field that was empty was not changed', () => {
    expect(recordMeetsConditions(changed, { fields: {}, before: { 'Order.State': '' } })).toBe(false);
    expect(recordMeetsConditions(changed, { fields: {}, before: { 'Order.State': 'paid' } })).toBe(true);
  });
});
