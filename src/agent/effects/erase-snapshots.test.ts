import { expect, it } from 'vitest';
import { createLogger } from '#log';
import { startSnapshotErasing } from './erase-snapshots.ts';

const log = createLogger({ level: 'silent' });

it('erases at the start and again at each turn, one at a time, and goes on after a failure', async () => {
  const ends: ((erased: number | Error) => void)[] = [];
  let look = () => {};
  const erasing = startSnapshotErasing({
    store: {
      eraseExpired: () =>
        new Promise((resolve, reject) => {
          ends.push((erased) => (erased instanceof Error ? reject(erased) : resolve(erased)));
        }),
    },
    log,
    repeat: (again) => {
      look = again;
      return { stop: () => undefined };
    },
  });
  look();
  expect(ends).toHaveLength(1);
  ends[0]?.(new Error('The disk is full.'));
  await new Promise(setImmediate);
  look();
  expect(ends).toHaveLength(2);
  ends[1]?.(3);
  await erasing.stop();
});
