import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { chat } from '#test/support/chat.ts';
import {
  runCommand,
  startInVain,
  startScriptedModel,
  startService,
  temporaryFolder,
} from '#test/support/service-process.ts';
import { personaFile } from '#test/support/start-app.ts';
import { makeKeyLine } from '#vault/key-ring.ts';
import { countReadable, keyFileOf, keysOf, sealMany, withVault } from './vault-data.ts';

const auditKey = Buffer.alloc(32, 7).toString('base64');
const vault = (directory: string, words: readonly string[], variables: Record<string, string> = {}) =>
  runCommand(directory, ['vault', ...words], variables);
const keyText = /[A-Za-z\d+/]{43}=/;

/** A data folder with three secrets, sealed with the one key of its key file. */
async function usedFolder(): Promise<{ directory: string; id: string }> {
  const directory = await temporaryFolder();
  await vault(directory, ['init']);
  await sealMany(directory, 3);
  return { directory, id: keysOf(directory).ring.primary.id };
}

test('init makes a key file for its owner, and another time adds a key without using it', async () => {
  const directory = await temporaryFolder();
  const made = await vault(directory, ['init']);
  const { id } = keysOf(directory).ring.primary;
  expect(made).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(`with the key “${id}”`) });
  expect((await stat(keyFileOf(directory))).mode & 0o777).toBe(0o600);
  const before = await readFile(keyFileOf(directory), 'utf8');

  const added = await vault(directory, ['init']);
  const { ring } = keysOf(directory);
  expect(ring.primary.id).toBe(id);
  expect(ring.keys).toHaveLength(2);
  expect(added.stdout).toContain(`Added the key “${ring.keys[1]?.id}”`);
  expect(added.stdout).toContain(`still sealed with “${id}”`);
  expect(await readFile(keyFileOf(directory), 'utf8')).toMatch(new RegExp(`^${RegExp.escape(before)}`));
  for (const { stdout } of [made, added]) expect(stdout).not.toMatch(keyText);
});

test('init --print shows a key and touches nothing, also in production where none is set yet', async () => {
  const directory = await temporaryFolder();
  const printed = await vault(directory, ['init', '--print'], { NODE_ENV: 'production' });
  expect(printed).toMatchObject({ code: 0, stderr: '' });
  const [, line = ''] = /^ {2}(\S+)$/m.exec(printed.stdout) ?? [];
  expect(line).toMatch(/^k\d{8}-\w{6}:[A-Za-z\d+/]{43}=$/);
  expect(printed.stdout).toContain('Set VAULT_KEYS to this line.');
  expect(await readdir(directory)).toEqual([]);
  const second = await vault(directory, ['init'], { VAULT_KEYS: line });
  expect(second.stdout).toMatch(/Add this line to VAULT_KEYS.*VAULT_PRIMARY_KEY/s);
  expect(second.stdout).not.toContain(line);
  expect(await readdir(directory)).toEqual([]);
});

test('status names the keys and what is sealed with each; rotate --new-key moves all to a new one', async () => {
  const { directory, id } = await usedFolder();
  expect(await vault(directory, ['status'])).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(
      new RegExp(`${id} +primary +opens what it sealed +3 secrets\n\nAll secrets are sealed with the primary key`),
    ),
  });

  const rotated = await vault(directory, ['rotate', '--new-key']);
  const { ring } = keysOf(directory);
  expect(ring.primary.id).not.toBe(id);
  expect(rotated).toMatchObject({ code: 0, stderr: '' });
  expect(rotated.stdout).toContain(`Added the key “${ring.primary.id}”`);
  expect(rotated.stdout).toContain(`3 secrets were sealed anew with “${ring.primary.id}”.`);
  expect((await vault(directory, ['rotate'])).stdout).toMatch(/^0 secrets were sealed anew.*No secret is left/);
  const status = await vault(directory, ['status']);
  expect(status.stdout).toMatch(new RegExp(`${id} +opens what it sealed +0 secrets\n.*primary .* 3 secrets`));
  for (const { stdout } of [rotated, status]) expect(stdout).not.toMatch(keyText);
});

test('status says what is left on an older key, and rotate without a new key moves it', async () => {
  const { directory, id } = await usedFolder();
  const { id: newId, line } = makeKeyLine();
  const variables = { VAULT_KEYS: `${(await readFile(keyFileOf(directory), 'utf8')).trim()}\n${line}` };
  expect(await vault(directory, ['status'], variables)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`VAULT_KEYS: there are 2 keys (${id}, ${newId}), but none is named`),
  });
  const chosen = { ...variables, VAULT_PRIMARY_KEY: newId };
  expect((await vault(directory, ['status'], chosen)).stdout).toContain('3 secrets are sealed with an older key.');
  expect(await vault(directory, ['rotate', '--new-key'], chosen)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^--new-key: the keys are in VAULT_KEYS/),
  });
  expect(await vault(directory, ['rotate'], chosen)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`3 secrets were sealed anew with “${newId}”`),
  });
});

test('rotate names the secrets that cannot be opened, and moves the others', async () => {
  const { directory, id } = await usedFolder();
  await withVault(directory, keysOf(directory), async (_vault, repository) => {
    const secret = await repository.findSealedWith(id);
    if (secret !== null) await repository.reseal(secret, { keyId: id, sealed: `${secret.sealed} ` });
  });
  const rotated = await vault(directory, ['rotate', '--new-key']);
  expect(rotated).toMatchObject({ code: 1, stdout: expect.stringContaining('2 secrets were sealed anew') });
  expect(rotated.stdout).toMatch(/1 could not be opened .*\n {2}org-\d connection-\d api_key 1\n$/);
});

const wrongFile = async (directory: string, id: string) => {
  await writeFile(keyFileOf(directory), `${id}:${Buffer.alloc(32, 9).toString('base64')}\n`);
};

test('with a wrong key neither rotate nor the service starts; both name its id, and the right one put back counts', async () => {
  const { directory, id } = await usedFolder();
  const backup = await readFile(keyFileOf(directory));
  await wrongFile(directory, id);
  const refusal = new RegExp(
    `^VAULT_KEYS: the key “${id}” in “\\S+vault-keys” is not the one that secrets were sealed`,
  );
  expect(await vault(directory, ['status'])).toMatchObject({ code: 1, stdout: expect.stringContaining('wrong key') });
  for (const end of [() => vault(directory, ['rotate']), () => startInVain({ directory })]) {
    expect(await end()).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(refusal) });
  }
  await writeFile(keyFileOf(directory), backup);
  const service = await startService({ directory });
  service.signal('SIGTERM');
  await service.ended;
});

test('a lost key file is told with its ids and what needs them; the service makes none in its place', async () => {
  const { directory, id } = await usedFolder();
  const backup = await readFile(keyFileOf(directory));
  await rm(keyFileOf(directory));
  expect(await startInVain({ directory })).toMatchObject({
    code: 1,
    stdout: expect.not.stringContaining('is ready'),
    stderr: expect.stringMatching(new RegExp(`is not there, but stored secrets .*“${id}” \\(3 secrets need it\\)`)),
  });
  expect(await readdir(directory)).not.toContain('vault-keys');
  expect(await vault(directory, ['status'])).toMatchObject({ code: 1, stderr: expect.stringContaining('vault init') });
  const foreign = { VAULT_KEYS: makeKeyLine().line };
  const missing = `“${id}” is not there, but 3 secrets are sealed with it.`;
  expect(await vault(directory, ['status'], foreign)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(missing),
  });
  await writeFile(keyFileOf(directory), backup);
  expect(await vault(directory, ['status'])).toMatchObject({ code: 0 });
});

test('the service makes a key file for its owner at the first start and says so; in production it refuses to', async () => {
  const service = await startService();
  expect((await stat(keyFileOf(service.directory))).mode & 0o777).toBe(0o600);
  expect(service.printed()).toMatch(/Keys {4}made \S+vault-keys, without which no stored secret can be opened/);
  const ended = await startInVain({ variables: { NODE_ENV: 'production', AUDIT_KEY: auditKey } });
  expect(ended).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/VAULT_KEYS: not set, nor is VAULT_KEYS_FILE/),
  });
});

test('the service seals everything anew by itself when the primary key has changed', async () => {
  const { directory, id } = await usedFolder();
  await vault(directory, ['init']);
  const [, added] = keysOf(directory).ring.keys;
  const service = await startService({
    directory,
    variables: { VAULT_PRIMARY_KEY: added?.id ?? '', LOG_LEVEL: 'info' },
  });
  await service.whenPrinted(/"resealed":3/);
  service.signal('SIGTERM');
  await service.ended;
  await withVault(directory, keysOf(directory), async (opened, repository) => {
    expect(await countReadable(opened, 3)).toBe(3);
    expect((await repository.countByKey()).map(({ keyId }) => keyId)).not.toContain(id);
  });
});

test('what the service records of a conversation lies encrypted in its database, and the audit is proved without the vault', async () => {
  const { variables } = await startScriptedModel(({ step }) =>
    step === 0 ? { calls: [{ name: 'ninox_list_teams', args: {} }] } : { text: 'Done.' },
  );
  const service = await startService({ personas: { tester: personaFile() }, variables });
  await chat(service, 'Which teams, Mr Moneypenny?', { personaId: 'tester' });
  service.signal('SIGTERM');
  await service.ended;
  const raw = new Sqlite(path.join(service.directory, 'personas.db'));
  const bodies = raw.prepare<[], { body: string }>('select body from audit_bodies').all();
  raw.close();
  expect(bodies.length).toBeGreaterThanOrEqual(2);
  for (const { body } of bodies) expect(body).toMatch(/^enc1\./);
  await rm(keyFileOf(service.directory));
  expect(await runCommand(service.directory, ['audit', 'verify'])).toMatchObject({ code: 0 });
});
