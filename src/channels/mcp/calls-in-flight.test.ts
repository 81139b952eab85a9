import { expect, test } from 'vitest';
import { createCallsInFlight } from './calls-in-flight.ts';

const key = { apiKeyId: 'key', session: 'one', requestId: 0 };

test('a client cancels its own request, of which there is one, as long as it is answered', () => {
  const calls = createCallsInFlight();
  const call = calls.begin(key);
  for (const other of [{ session: 'two' }, { apiKeyId: 'other' }, { requestId: '0' }, { requestId: 1 }]) {
    calls.cancel({ ...key, ...other });
  }
  expect(call.cancelled.aborted).toBe(false);
  calls.cancel(key);
  expect(call.cancelled.aborted).toBe(true);
  call.end();

  const ended = calls.begin(key);
  ended.end();
  calls.cancel(key);
  expect(ended.cancelled.aborted).toBe(false);
});

test('where it is not sure which request is meant, none is cancelled', () => {
  const calls = createCallsInFlight();
  const nameless = calls.begin({ ...key, session: null });
  calls.cancel({ ...key, session: null });
  const twins = [calls.begin(key), calls.begin(key)];
  calls.cancel(key);
  expect([nameless, ...twins].map(({ cancelled }) => cancelled.aborted)).toEqual([false, false, false]);
  twins[0]?.end();
  calls.cancel(key);
  expect(twins[1]?.cancelled.aborted).toBe(true);
});
