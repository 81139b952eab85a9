import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { createRequestLanes } from './request-lanes.ts';

const patient = () => ({ deadline: Date.now() + 10_000, signal: new AbortController().signal });

function gate() {
  return Promise.withResolvers<void>();
}

test('runs the work of one key one by one, in order of arrival', async () => {
  const lanes = createRequestLanes(Date.now);
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} starts`);
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`${name} ends`);
  };
  await Promise.all(['a', 'b', 'c'].map((name) => lanes.run('key', patient(), work(name))));
  expect(order).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
});

test('runs two keys side by side', async () => {
  const lanes = createRequestLanes(Date.now);
  const first = gate();
  const held = lanes.run('one', patient(), () => first.promise);
  await lanes.run('two', patient(), async () => undefined);
  first.resolve();
  await held;
});

test('work that fails makes room for the next', async () => {
  const lanes = createRequestLanes(Date.now);
  const failing = lanes.run('key', patient(), () => Promise.reject(new Error('broken')));
  const next = lanes.run('key', patient(), async () => 'done');
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('done');
});

test('whoever waits can be cancelled or run out of time, and is then skipped', async () => {
  const lanes = createRequestLanes(Date.now);
  const held = gate();
  const ran: string[] = [];
  const controller = new AbortController();
  const first = lanes.run('key', patient(), () => held.promise);
  const cancelled = lanes.run('key', { ...patient(), signal: controller.signal }, async () => ran.push('cancelled'));
  const late = lanes.run('key', { ...patient(), deadline: Date.now() + 20 }, async () => ran.push('late'));
  const last = lanes.run('key', patient(), async () => ran.push('last'));
  controller.abort();
  await expect(cancelled).rejects.toMatchObject({ reason: 'cancelled' });
  await expect(late).rejects.toMatchObject({ reason: 'timeout' });
  held.resolve();
  await Promise.all([first, last]);
  expect(ran).toEqual(['last']);
  expect(lanes.size()).toBe(0);
});

test('leaves no listener on the signal', async () => {
  const lanes = createRequestLanes(Date.now);
  const { signal } = new AbortController();
  const held = gate();
  const first = lanes.run('key', patient(), () => held.promise);
  const second = lanes.run('key', { ...patient(), signal }, async () => undefined);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  held.resolve();
  await Promise.all([first, second]);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('remembers an idle key only while it is paused', async () => {
  let now = 1_000;
  const lanes = createRequestLanes(() => now);
  await lanes.run('paused', patient(), async (lane) => lane.pauseUntil(2_000));
  expect(lanes.size()).toBe(1);
  await lanes.run('paused', patient(), async (lane) => expect(lane.pausedUntil).toBe(2_000));
  now = 2_000;
  await lanes.run('other', patient(), async () => undefined);
  expect(lanes.size()).toBe(0);
});
