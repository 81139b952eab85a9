import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createWalSync, openWalFile, type SyncedFile } from './wal-sync.ts';

/** A file whose every sync ends when the test says so. */
function heldFile() {
  const syncs: PromiseWithResolvers<void>[] = [];
  const file: SyncedFile = {
    sync: () => {
      const held = Promise.withResolvers<void>();
      syncs.push(held);
      return held.promise;
    },
    close: async () => undefined,
  };
  return { syncs, sync: createWalSync(async () => file) };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a call during a sync is answered only by one that began after it, and all of them share that one', async () => {
  const { syncs, sync } = heldFile();
  const done: string[] = [];
  const first = sync.durable().then(() => done.push('first'));
  await turn();
  const later = [sync.durable(), sync.durable()].map((promise) => promise.then(() => done.push('later')));
  await turn();
  expect(syncs).toHaveLength(1);
  syncs[0]?.resolve();
  await first;
  await turn();
  expect(done).toEqual(['first']);
  expect(syncs).toHaveLength(2);
  syncs[1]?.resolve();
  await Promise.all(later);
  expect(done).toEqual(['first', 'later', 'later']);
});

test('after a failed sync nothing is called durable any more', async () => {
  const { syncs, sync } = heldFile();
  const first = sync.durable();
  await turn();
  syncs[0]?.reject(new Error('I/O error'));
  await expect(first).rejects.toThrow();
  await expect(sync.durable()).rejects.toThrow();
  expect(syncs).toHaveLength(1);
});

test.runIf(process.platform === 'linux')(
  'the log is opened for writing too, as syncing on Windows demands',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'personas-wal-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const place = path.join(folder, 'x.db');
    await writeFile(`${place}-wal`, 'kept');
    const log = await openWalFile(place);
    onTestFinished(() => log.close());
    const targets = await Promise.all(
      (await readdir('/proc/self/fd')).map(async (fd) => ({
        fd,
        file: await readlink(`/proc/self/fd/${fd}`).catch(() => ''),
      })),
    );
    const fd = targets.find(({ file }) => file === `${place}-wal`)?.fd;
    // The last octal digit of the flags: 0 reads, 1 writes, 2 does both.
    expect(await readFile(`/proc/self/fdinfo/${fd}`, 'utf8')).toMatch(/^flags:\s+\d*2$/m);
    await log.sync();
    expect(await readFile(`${place}-wal`, 'utf8')).toBe('kept');
  },
);
