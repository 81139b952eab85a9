import { expect, test } from 'vitest';
import { createGate } from './gate.ts';

function workHard(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

test.each(['transactions', 'statements'] as const)(
  'a long row of %s leaves the rest of the process its turns',
  async (kind) => {
    const gate = createGate();
    const first = Promise.withResolvers<void>();
    const opened = gate.hold(() => first.promise);
    const done: number[] = [];
    const row = Array.from({ length: 40 }, (_, at) => {
      const work = () => {
        workHard(1);
        done.push(at);
      };
      return kind === 'statements' ? gate.pass(work) : gate.hold(async () => work());
    });
    let doneAtTurn: number | null = null;
    setImmediate(() => {
      doneAtTurn = done.length;
    });
    first.resolve();
    await Promise.all([opened, ...row]);
    expect(doneAtTurn).toBeLessThan(40);
    expect(done).toEqual(Array.from({ length: 40 }, (_, at) => at));
  },
);

test('whoever comes while it rests waits for their turn', async () => {
  const gate = createGate();
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const opened = gate.hold(() => first.promise);
  const row = ['a', 'b'].map((name) =>
    gate.hold(async () => {
      workHard(15);
      order.push(name);
      // By now it is due for a rest, with somebody waiting.
      queueMicrotask(() => setImmediate(() => undefined));
    }),
  );
  first.resolve();
  await opened;
  await row[0];
  const late = gate.pass(() => void order.push('late'));
  await Promise.all([...row, late]);
  expect(order).toEqual(['a', 'b', 'late']);
});
