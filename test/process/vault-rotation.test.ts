import { expect, test } from 'vitest';
import { runCommand, startCommand, temporaryFolder } from '#test/support/service-process.ts';
import { countReadable, keysOf, ringOnly, sealMany, withVault } from './vault-data.ts';

const secrets = 1_000;
const mostRuns = 60;

/** Every secret opens with the keys there are; how many of them are on an older key than the primary one. */
async function inspect(directory: string): Promise<number> {
  const keys = keysOf(directory);
  return withVault(directory, keys, async (vault, repository) => {
    expect(await countReadable(vault, secrets)).toBe(secrets);
    const counts = await repository.countByKey();
    expect(counts.reduce((sum, count) => sum + count.secrets, 0)).toBe(secrets);
    return counts.filter(({ keyId }) => keyId !== keys.ring.primary.id).reduce((sum, count) => sum + count.secrets, 0);
  });
}

/** Rotates until so many lines of progress were printed, then kill -9. True when it was over before. */
async function rotateAndKill(directory: string, words: readonly string[], lines: number): Promise<boolean> {
  const command = await startCommand(directory, ['vault', 'rotate', ...words]);
  const progress = new RegExp(`(?:^.*(?:sealed anew|primary one now).*\n){${lines}}`, 'm');
  await Promise.race([command.whenPrinted(progress).catch(() => undefined), command.ended]);
  command.signal('SIGKILL');
  const { code, signal } = await command.ended;
  expect(code === 0 || signal === 'SIGKILL').toBe(true);
  return code === 0;
}

test('kill -9 at any point while a thousand secrets are sealed anew: none is lost, and none is left in the end', async () => {
  const directory = await temporaryFolder();
  expect(await runCommand(directory, ['vault', 'init'])).toMatchObject({ code: 0, stderr: '' });
  await sealMany(directory, secrets);
  const old = keysOf(directory).ring.primary.id;

  // The first is killed when the key has been made and nothing was sealed with it yet, or little.
  let isDone = await rotateAndKill(directory, ['--new-key'], 1);
  const { ring } = keysOf(directory);
  expect(ring.keys.map(({ id }) => id)).toEqual([old, ring.primary.id]);
  let left = await inspect(directory);
  const seen = new Set([left]);
  for (let run = 0; !isDone && run < mostRuns; run += 1) {
    isDone = await rotateAndKill(directory, [], 1 + Math.floor(Math.random() * 4));
    const now = await inspect(directory);
    expect(now).toBeLessThanOrEqual(left);
    left = now;
    seen.add(left);
  }
  // Otherwise it was no test of being killed.
  expect(seen.size).toBeGreaterThan(3);
  expect(await runCommand(directory, ['vault', 'rotate'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`with “${ring.primary.id}”. No secret is left on another key.`),
  });
  expect(await inspect(directory)).toBe(0);

  const line = `${ring.primary.id}:${ring.primary.key.export().toString('base64')}`;
  await withVault(directory, ringOnly(line), async (vault) => {
    expect(await countReadable(vault, secrets)).toBe(secrets);
  });
}, 180_000);
