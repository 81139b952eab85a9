import { expect, onTestFinished, test, vi } from 'vitest';
import { createLogger } from '#log';
import { createProcesses, isLostTo, lostAfterMs, type ProcessFacts, type ProcessRows } from './processes.ts';

const self = { id: 'self', host: 'here', pid: 10 };
const log = createLogger({ level: 'silent' });
const isThere = (pid: number) => pid === 10 || pid === 11;

test.each([
  ['this one, however silent', { ...self, silentMs: 1e9 }, false],
  ['one of this host that is there', { id: 'a', host: 'here', pid: 11, silentMs: 0 }, false],
  ['one of this host that is gone', { id: 'a', host: 'here', pid: 12, silentMs: 0 }, true],
  ['one of this host with our own pid, which is ours now', { id: 'a', host: 'here', pid: 10, silentMs: 0 }, true],
  ['one of another host, whatever its pid', { id: 'a', host: 'there', pid: 12, silentMs: lostAfterMs }, false],
  ['one that has been silent for too long', { id: 'a', host: 'there', pid: 11, silentMs: lostAfterMs + 1 }, true],
  ['one of this host that is there and silent for too long', { id: 'a', host: 'here', pid: 11, silentMs: 1e6 }, true],
])('%s: lost %#', (_name, row, lost) => {
  expect(isLostTo(self, row, isThere)).toBe(lost);
});

function rowsOf(...there: (ProcessFacts & { silentMs: number })[]) {
  const beats: string[] = [];
  const removed: string[] = [];
  const rows: ProcessRows = {
    beat: async ({ id }) => void beats.push(id),
    list: async () => there,
    remove: async (id) => void removed.push(id),
  };
  return { rows, beats, removed };
}

test('those that are not there, or are lost, are named; those at work and this one are not', async () => {
  const { rows, removed } = rowsOf(
    { id: 'alive', host: 'there', pid: 1, silentMs: 4_000 },
    { id: 'gone', host: 'there', pid: 2, silentMs: 60_000 },
  );
  const processes = createProcesses({ rows, log, self, isThere });
  expect(await processes.alive()).toEqual(['self', 'alive']);
  expect(await processes.lostAmong(['self', 'alive', 'gone', 'never heard of'])).toEqual(
    new Set(['gone', 'never heard of']),
  );
  await processes.prune();
  expect(removed).toEqual(['gone']);
});

test('a heartbeat comes at the start and every five seconds, survives a failure, and ends with the process', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { rows, beats, removed } = rowsOf();
  const processes = createProcesses({ rows, log, self, isThere });
  await processes.start();
  expect(beats).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(beats).toHaveLength(3);
  vi.spyOn(rows, 'beat').mockRejectedValueOnce(new Error('the disk is busy'));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(beats).toHaveLength(4);
  await processes.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(beats).toHaveLength(4);
  expect(removed).toEqual(['self']);
});

test('without being told, a process knows itself', async () => {
  const seen: ProcessFacts[] = [];
  const { rows } = rowsOf();
  const processes = createProcesses({ rows: { ...rows, beat: async (facts) => void seen.push(facts) }, log });
  await processes.start();
  await processes.stop();
  expect(seen[0]).toMatchObject({ id: processes.id, pid: process.pid, host: expect.stringMatching(/./) });
});
