import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPersonaLibrary, type PersonaLibrary } from './load-personas.ts';

const file = (name: string, rest = '') => `---\nname: ${name}\ndescription: d\n${rest}---\nInstructions of ${name}.\n`;
const warnings: unknown[] = [];
let directory: string;
let library: PersonaLibrary;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'personas-'));
  warnings.length = 0;
  await write('one.md', file('One'));
  library = await openPersonaLibrary({
    directory,
    knownTools: [],
    log: { info: () => undefined, warn: (object) => warnings.push(object) },
    // So long that whatever is seen was heard from the watcher.
    recheckMs: 3_600_000,
  });
});
afterEach(async () => {
  await library.close();
  await rm(directory, { recursive: true });
});

const write = (name: string, text: string) => writeFile(path.join(directory, name), text);

/** Makes a change and waits until the library shows what is expected of it. */
async function after(change: () => Promise<unknown>, shows: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = library.onChange(() => shows() && resolve());
  await change();
  await promise;
  stop();
}

test('a changed file is used without a restart, as a new version', async () => {
  const before = library.find('one');
  await after(
    () => write('one.md', file('Uno')),
    () => library.find('one')?.name === 'Uno',
  );
  expect(library.find('one')?.version).not.toBe(before?.version);
});

test('an editor that writes beside and renames is seen, a new file appears, a deleted one goes', async () => {
  await after(
    async () => {
      await write('.one.tmp', file('Renamed'));
      await rename(path.join(directory, '.one.tmp'), path.join(directory, 'one.md'));
      await write('two.md', file('Two'));
    },
    () => library.find('one')?.name === 'Renamed' && library.find('two') !== undefined,
  );
  await after(
    () => rm(path.join(directory, 'one.md')),
    () => library.find('one') === undefined,
  );
  expect(library.list().map(({ id }) => id)).toEqual(['two']);
});

test('a broken file keeps its last good version, says so, and recovers', async () => {
  await after(
    () => write('one.md', file('One', 'oops: 1\n')),
    () => library.problems().length === 1,
  );
  expect(library.find('one')?.name).toBe('One');
  expect(library.problems()).toMatchObject([
    { line: 4, usingLastGood: true, message: expect.stringMatching(/last good version stays in use/) },
  ]);
  expect(warnings).toHaveLength(1);
  await library.reload();
  expect(warnings).toHaveLength(1);
  await after(
    () => write('one.md', file('Mended')),
    () => library.problems().length === 0,
  );
  expect(library.find('one')?.name).toBe('Mended');
});

test('a file that never was good is a problem and no persona', async () => {
  await after(
    () => write('bad.md', 'nothing'),
    () => library.problems().length === 1,
  );
  expect(library.problems()).toMatchObject([{ usingLastGood: false }]);
  expect(library.find('bad')).toBeUndefined();
});

test('a missing folder is told with the variable that names it', async () => {
  const options = { directory: path.join(directory, 'nowhere'), knownTools: [], log: console };
  await expect(openPersonaLibrary(options)).rejects.toThrow(/PERSONAS_DIR.*nowhere/);
});

test('a file that cannot be read keeps its last good version; what is no file is passed over', async () => {
  await mkdir(path.join(directory, 'folder.md'));
  await after(
    async () => {
      await rm(path.join(directory, 'one.md'));
      await symlink('one.md', path.join(directory, 'one.md'));
    },
    () => library.problems().length === 1,
  );
  expect(library.problems()).toMatchObject([{ line: 1, message: expect.stringMatching(/cannot be read \(ELOOP\)/) }]);
  expect(library.find('one')?.name).toBe('One');
});

test('a file far too large is not read to its end', async () => {
  await after(
    () => write('huge.md', 'x'.repeat(5_000_000)),
    () => library.problems().length === 1,
  );
  expect(library.problems()).toMatchObject([{ message: expect.stringMatching(/64 kB/) }]);
});

test('a folder that goes leaves the personas as they were, and is found again when it is back', async () => {
  await library.close();
  const { promise: told, resolve } = Promise.withResolvers<object>();
  const log = { info: () => undefined, warn: resolve };
  library = await openPersonaLibrary({ directory, knownTools: [], log, recheckMs: 20 });
  await rm(directory, { recursive: true });
  await told;
  expect(library.find('one')?.name).toBe('One');
  await after(
    async () => {
      await mkdir(directory);
      await write('one.md', file('Back'));
    },
    () => library.find('one')?.name === 'Back',
  );
});

test('nobody is told of a reload that changed nothing', async () => {
  let heard = 0;
  library.onChange(() => {
    heard += 1;
  });
  await write('one.md', file('One', '# only a comment\n'));
  await library.reload();
  expect(heard).toBe(0);
});

test('a persona whose model cannot be reached is a problem, with its line, and stays in use', async () => {
  await library.close();
  await write('one.md', file('One', '# which one\nmodel: nowhere/best\n'));
  await write('two.md', file('Two', 'model: here/good\n'));
  const modelProblem = (model: string) => (model.startsWith('nowhere/') ? 'Nobody knows it.' : null);
  const log = { info: () => undefined, warn: (object: unknown) => warnings.push(object) };
  library = await openPersonaLibrary({ directory, knownTools: [], log, modelProblem });
  const problem = {
    file: expect.stringMatching(/one\.md$/),
    line: 5,
    message: 'Nobody knows it.',
    usingLastGood: true,
  };
  expect(library.problems()).toMatchObject([problem]);
  expect(warnings).toMatchObject([problem]);
  expect(library.list().map(({ id }) => id)).toEqual(['one', 'two']);
});
