import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { browserPlaces, findBrowser } from './find-browser.ts';

/*
 * Sees to a browser before the tests. It says in one line what it did and always ends well: whether the browser tests can
 * run is theirs to tell.
 */

const tenMinutes = 600_000;

interface Way {
  readonly name: string;
  readonly commands: readonly (readonly [string, ...string[]])[];
}

function waysToInstall(): Way[] {
  const isRootOnDebian = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  const debian: Way = {
    name: 'apt-get install chromium',
    commands: [
      ['apt-get', 'update', '-qq'],
      ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium'],
    ],
  };
  const playwright = path.join(
    path.dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
    'cli.js',
  );
  const download: Way = {
    name: 'playwright-core install chromium',
    commands: [[process.execPath, playwright, 'install', 'chromium']],
  };
  return isRootOnDebian ? [debian, download] : [download];
}

/** Null when all went well, or the last line the failing command said. */
function run({ commands }: Way): string | null {
  for (const [command, ...args] of commands) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const { status, error, stderr } = spawnSync(command, args, { env, encoding: 'utf8', timeout: tenMinutes });
    if (status !== 0) return error?.message ?? stderr.trim().split('\n').at(-1) ?? `ended with ${status}`;
  }
  return null;
}

/** Ubuntu's package of that name is a stub without a browser in it, so a file alone does not count. */
function answers(file: string): boolean {
  return spawnSync(file, ['--version'], { timeout: tenMinutes }).status === 0;
}

function seeToBrowser(): string {
  const places = browserPlaces();
  const found = findBrowser(places);
  if (found.path !== null) return `Browser for the tests: ${found.path}.`;
  if (places.chosen !== undefined) return `No browser for the tests: ${found.reason}.`;
  const failures: string[] = [];
  for (const way of waysToInstall()) {
    const problem = run(way);
    const installed = findBrowser(places);
    if (problem === null && installed.path !== null && answers(installed.path)) {
      return `Browser for the tests: ${installed.path}, installed with “${way.name}”.`;
    }
    failures.push(`“${way.name}”: ${problem ?? 'brought no browser that answers'}`);
  }
  return `No browser for the tests. ${failures.join('; ')}.`;
}

try {
  console.log(seeToBrowser());
} catch (error) {
  console.log(`No browser for the tests: ${error instanceof Error ? error.message : String(error)}.`);
}
