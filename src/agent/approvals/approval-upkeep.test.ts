import { expect, test } from 'vitest';
import { createLogger } from '#log';
import { createApprovalUpkeep } from './approval-upkeep.ts';

const log = createLogger({ level: 'silent' });

test('looks at the start and then again, each part though another one fails, and one look at a time', async () => {
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  let look = () => {};
  const upkeep = createApprovalUpkeep({
    service: {
      async expireDue() {
        done.push('expire');
        await gate.promise;
        throw new Error('no database');
      },
      remindDue: async () => void done.push('remind'),
      takeUpUndos: async () => void done.push('undo'),
    },
    log,
    repeat(given) {
      look = given;
      return { stop: () => void done.push('stopped') };
    },
  });
  look();
  expect(done).toEqual(['expire']);
  gate.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  expect(done).toEqual(['expire', 'remind', 'undo']);
  look();
  await upkeep.stop();
  expect(done).toEqual(['expire', 'remind', 'undo', 'expire', 'stopped', 'remind', 'undo']);
});
