import { expect, test } from 'vitest';
import { createLogger } from '#log';
import { createRepeatedWork } from './repeated-work.ts';

const log = createLogger({ level: 'silent' });

const often = { everyMs: 3_600_000, problem: 'it failed', log };

test('each is done by itself: one that fails holds up no other, and is asked again the next time', async () => {
  const asked: string[] = [];
  const works = [
    async () => {
      asked.push('events');
      throw new Error('no database');
    },
    async () => void asked.push('touches'),
  ];
  const repeated = createRepeatedWork({ ...often, works });
  await repeated.once();
  await repeated.once();
  expect(asked).toEqual(['events', 'touches', 'events', 'touches']);
});

test('it begins with the start, and its end waits for what is under way', async () => {
  const gate = Promise.withResolvers<void>();
  let isDone = false;
  const repeated = createRepeatedWork({
    ...often,
    works: [
      async () => {
        await gate.promise;
        isDone = true;
      },
    ],
  });
  repeated.start();
  const closed = repeated.close();
  gate.resolve();
  await closed;
  expect(isDone).toBe(true);
});
