import { flushCompileCache } from 'node:module';
import type { Failpoint } from './failpoints.ts';

/*
 * The service as a process of its own that can be told to kill itself at one of its commits, or to stall there. Whoever started it speaks
 * with it over the channel of `fork`; once that is closed, it ends.
 */

export type ToService = { readonly type: 'arm'; readonly failpoint: Failpoint } | { readonly type: 'go on' };
export type FromService =
  | { readonly type: 'ready'; readonly address: string; readonly setUpLink: string | null }
  | { readonly type: 'armed' }
  | { readonly type: 'stalled' };

/** Set forward, so that what has to wait for minutes after a crash is due at once. Before anything else is loaded. */
function setClockAhead(ms: number): void {
  const RealDate = Date;
  const now = () => RealDate.now() + ms;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  });
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way: nothing else may happen until it strikes.
  for (;;);
}

const say = (message: FromService) => void process.send?.(message);

setClockAhead(Number(process.env.CLOCK_AHEAD_MS ?? 0));
const { startApp } = await import('#app');
const { loadConfig } = await import('#config/config.ts');
const { readEnvironment } = await import('#config/env.ts');
const { createFailpoints } = await import('./failpoints.ts');

const wokenUp = Promise.withResolvers<void>();
const failpoints = createFailpoints(async ({ onceThere }) => {
  if (onceThere !== 'stall') die();
  say({ type: 'stalled' });
  await wokenUp.promise;
});
process.on('message', (message: ToService) => {
  if (message.type === 'go on') return wokenUp.resolve();
  failpoints.arm(message.failpoint);
  say({ type: 'armed' });
});
process.on('disconnect', () => process.exit(0));
const app = await startApp(loadConfig(readEnvironment(process.env)), { wrapDatabase: (db) => failpoints.wrap(db) });
// Otherwise left to an end that none of these processes comes to.
flushCompileCache();
say({ type: 'ready', address: app.address, setUpLink: app.setUpLink });
