import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import { findBrowser } from './find-browser.ts';

const thisFile = fileURLToPath(import.meta.url);

it('takes the first place where there is a file', () => {
  expect(findBrowser({ chosen: undefined, usual: ['', '/nowhere/chromium', thisFile] })).toEqual({ path: thisFile });
});

it('takes nothing but the chosen place when one is chosen', () => {
  expect(findBrowser({ chosen: thisFile, usual: [] })).toEqual({ path: thisFile });
  const reason = 'CHROMIUM_PATH is /nowhere/chromium, where there is no file';
  expect(findBrowser({ chosen: '/nowhere/chromium', usual: [thisFile] })).toEqual({ path: null, reason });
});

it('says why there is no browser and what to do', async () => {
  await expect(launchBrowser({ chosen: undefined, usual: [] })).rejects.toThrow(
    /no Chromium or Chrome was found.*Set CHROMIUM_PATH/,
  );
});

it('never fails the run: without a browser it says so in one line and ends well', async () => {
  const script = fileURLToPath(new URL('./install-browser.ts', import.meta.url));
  const env = { ...process.env, CHROMIUM_PATH: '/nowhere/chromium' };
  const { stdout } = await promisify(execFile)(process.execPath, [script], { env });
  expect(stdout).toBe('No browser for the tests: CHROMIUM_PATH is /nowhere/chromium, where there is no file.\n');
});
