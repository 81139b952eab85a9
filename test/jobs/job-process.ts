import { createFailpoints, type Failpoint } from '#test/support/failpoints.ts';
import { openJobWorld } from '#test/support/job-world.ts';

/*
 * A process that works the runs of jobs in FOLDER until it kills itself at the commit that FAILPOINT tells, or is killed
 * while it waits for the model.
 */

export type FromJobProcess = { readonly type: 'asked' };

const { FOLDER: folder = '', FAILPOINT: failpoint = 'null' } = process.env;
const point = JSON.parse(failpoint) as Failpoint | null;
const failpoints = createFailpoints(async () => {
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way: nothing else may happen until it strikes.
  for (;;);
});
process.on('disconnect', () => process.exit(0));
const world = await openJobWorld({
  folder,
  leaseMs: 1_000,
  self: { id: `victim-${process.pid}`, host: 'crash', pid: process.pid },
  wrapDatabase: (db) => failpoints.wrap(db),
  async decide() {
    if (point !== null) return { text: 'All tidy.' };
    process.send?.({ type: 'asked' } satisfies FromJobProcess);
    return new Promise<never>(() => undefined);
  },
});
if (point !== null) failpoints.arm(point);
await world.jobs.start();
