import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { chat } from '#test/support/chat.ts';
import { callsThenText } from '#test/support/openai-script.ts';
import {
  runCommand,
  startInVain,
  startScriptedModel,
  startService,
  temporaryFolder,
} from '#test/support/service-process.ts';
import { setUpEvents } from '#test/support/sign-in.ts';
import { personaFile } from '#test/support/start-app.ts';

const listTeams = { name: 'ninox_list_teams', args: {} };

/** What a service leaves that made two calls: four rows. */
async function usedFolder(): Promise<string> {
  const { variables } = await startScriptedModel(callsThenText([listTeams, listTeams], 'Done.'));
  const service = await startService({ personas: { tester: personaFile() }, variables });
  await chat(service, 'Which teams?', { personaId: 'tester' });
  service.signal('SIGTERM');
  await service.ended;
  return service.directory;
}

function tamper(directory: string, statements: string): void {
  const raw = new Sqlite(path.join(directory, 'personas.db'));
  try {
    raw.exec(statements);
  } finally {
    raw.close();
  }
}

const withoutTriggers = (table: 'audit_events' | 'audit_bodies') =>
  table === 'audit_events'
    ? 'drop trigger audit_events_refuse_update; drop trigger audit_events_refuse_delete;'
    : 'drop trigger audit_bodies_only_erase; drop trigger audit_bodies_refuse_delete;';

const verify = (directory: string, ...options: string[]) => runCommand(directory, ['audit', 'verify', ...options]);

test('audit verify prints the head of a chain that holds; with it, a tail that was cut off later is found', async () => {
  const directory = await usedFolder();
  const { code, stdout, stderr } = await verify(directory);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [, head = ''] = /^The audit holds: 7 rows\. Head (7:[0-9a-f]{64})\n$/.exec(stdout) ?? [];
  expect(head).not.toBe('');
  expect(await verify(directory, '--expected-head', head)).toMatchObject({ code: 0 });

  tamper(directory, `${withoutTriggers('audit_events')} delete from audit_events where seq = 7;`);
  // A shorter chain is whole in itself: only the noted head tells.
  expect(await verify(directory)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`${3 + setUpEvents} rows`),
  });
  expect(await verify(directory, '--expected-head', head)).toMatchObject({
    code: 1,
    stdout: 'The audit does not hold at row 7: The chain ends at row 6, but row 7 was there before.\n',
  });
});

test('a folder without a database is told, and nothing is made in it', async () => {
  const directory = await temporaryFolder();
  const { code, stderr } = await verify(directory);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^DATA_DIR: there is no database/) });
  expect(await readdir(directory)).toEqual([]);
});

const tamperings = [
  {
    table: 'audit_events',
    statement: "update audit_events set actor_id = 'somebody' where seq = 2",
    verdict: / at row 2 \(event \S+\): The row was changed/,
  },
  {
    table: 'audit_bodies',
    statement: "update audit_bodies set body = '{}' where event_id = (select id from audit_events where seq = 3)",
    verdict: / at row 3 \(event \S+\): The body of the row was changed/,
  },
  {
    table: 'audit_events',
    statement: 'delete from audit_events where seq = 2',
    verdict: / at row 2: Row 2 is missing/,
  },
] as const;

test('audit verify names the row that was changed behind the service’s back', async () => {
  const original = await usedFolder();
  for (const { table, statement, verdict } of tamperings) {
    const directory = await temporaryFolder();
    await cp(original, directory, { recursive: true });
    expect(() => tamper(directory, statement)).toThrow();
    tamper(directory, `${withoutTriggers(table)} ${statement};`);
    expect(await verify(directory)).toMatchObject({ code: 1, stdout: expect.stringMatching(verdict), stderr: '' });
  }
  const foreignKey = { AUDIT_KEY: Buffer.alloc(32, 7).toString('base64') };
  expect(await runCommand(original, ['audit', 'verify'], foreignKey)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^AUDIT_KEY: the key that is set does not belong to the audit that exists/),
  });
});

test('a lost audit key is told by the start and the check, is not replaced, and counts again once put back', async () => {
  const directory = await usedFolder();
  const key = path.join(directory, 'audit-key');
  const backup = await readFile(key);
  await rm(key);
  const failure = { code: 1, stdout: '', stderr: expect.stringMatching(/^AUDIT_KEY: .*backup.*\n$/) };
  for (const end of [() => startInVain({ directory }), () => verify(directory)]) {
    expect(await end()).toMatchObject(failure);
    expect(await readdir(directory)).not.toContain('audit-key');
  }
  await writeFile(key, `${Buffer.alloc(32, 7).toString('base64')}\n`);
  expect(await startInVain({ directory })).toMatchObject(failure);
  await writeFile(key, backup);
  expect(await verify(directory)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`${4 + setUpEvents} rows`),
  });
  expect((await (await startService({ directory })).get('/healthz')).status).toBe(200);
});

test('a newest row that was changed is not taken for another key', async () => {
  const directory = await usedFolder();
  tamper(directory, `${withoutTriggers('audit_events')} update audit_events set actor_id = 'x' where seq = 4;`);
  expect(await verify(directory)).toMatchObject({ code: 1, stdout: expect.stringContaining('at row 4'), stderr: '' });
});

test.each([
  [['audti'], 'unknown command', 'audit '],
  [['audit', 'verfy'], 'unknown command', 'verify '],
  [['audit', 'verify', '--head', '1'], 'unknown option', '--expected-head'],
])('%j is refused with help', async (words, complaint, help) => {
  const { code, stdout, stderr } = await runCommand(await temporaryFolder(), words);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(complaint);
  expect(stderr).toContain(help);
  expect(stderr).toContain('Usage: persona');
});

test('a head that was not copied whole is refused in plain words', async () => {
  const ended = await runCommand(await temporaryFolder(), ['audit', 'verify', '--expected-head', '4:abc']);
  expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^--expected-head: .*\n$/) });
});
