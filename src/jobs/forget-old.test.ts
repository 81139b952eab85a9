import { expect, test } from 'vitest';
import { createLogger } from '#log';
import { createForgetting } from './forget-old.ts';

const log = createLogger({ level: 'silent' });

test('each forgets by itself: one that fails holds up no other, and is asked again the next time', async () => {
  const asked: string[] = [];
  const forgets = [
    async () => {
      asked.push('events');
      throw new Error('no database');
    },
    async () => void asked.push('touches'),
  ];
  const forgetting = createForgetting({ forgets, log });
  await forgetting.once();
  await forgetting.once();
  expect(asked).toEqual(['events', 'touches', 'events', 'touches']);
});

test('it begins with the start, and its end waits for what is under way', async () => {
  const gate = Promise.withResolvers<void>();
  let isDone = false;
  const forgetting = createForgetting({
    forgets: [
      async () => {
        await gate.promise;
        isDone = true;
      },
    ],
    log,
  });
  forgetting.start();
  const closed = forgetting.close(0);
  gate.resolve();
  await closed;
  expect(isDone).toBe(true);
});
