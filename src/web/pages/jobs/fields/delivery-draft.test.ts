import { expect, test } from 'vitest';
import type { Delivery } from '../api.ts';
import { deliveryProblems, newDelivery, toDelivery, toDeliveryDraft } from './delivery-draft.ts';

test.each<Delivery>([
  { kind: 'inbox' },
  { kind: 'email', connectionId: null, to: ['ada@example.com', 'bob@example.com'], subject: 'Daily summary' },
  { kind: 'email', connectionId: 'mail', to: ['ada@example.com'], subject: 'x' },
  { kind: 'slack', connectionId: 'slack', channel: 'C0123ABC456' },
  { kind: 'webhook', url: 'https://example.com/hook' },
])('a delivery comes back as it was: %j', (delivery) => {
  expect(toDelivery(toDeliveryDraft(delivery))).toEqual(delivery);
  expect(deliveryProblems(toDeliveryDraft(delivery))).toEqual({});
});

test('says what is missing in a place, by its field', () => {
  expect(Object.keys(deliveryProblems(newDelivery('email')))).toEqual(['to', 'subject']);
  expect(deliveryProblems({ ...newDelivery('email', 'Hello'), to: 'ada@example.com, bob' })).toEqual({
    to: '“bob” is no e-mail address.',
  });
  expect(Object.keys(deliveryProblems(newDelivery('slack')))).toEqual(['connectionId', 'channel']);
  expect(Object.keys(deliveryProblems({ ...newDelivery('webhook'), url: 'ftp://x' }))).toEqual(['url']);
});
