import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startRawServer, unusedPort } from '#test/support/raw-server.ts';
import { runCommand, startInVain, temporaryFolder } from '#test/support/service-process.ts';

const auditKey = Buffer.alloc(32, 7).toString('base64');

test('every wrong variable is named at once, with what was found and what is allowed', async () => {
  const variables = { PORT: 'eighty', LOG_LEVEL: 'loud', OPENAI_API_KEY: 'sk two words', NINOX_BASE_URL: 'ninox' };
  const { code, stdout, stderr } = await startInVain({ variables });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toEqual([
    'The configuration does not hold:',
    '  PORT: found “eighty”. Allowed: a whole number from 0 to 65535.',
    expect.stringMatching(/^ {2}LOG_LEVEL: found “loud”\. Allowed: trace, .*silent\.$/),
    expect.stringMatching(/^ {2}OPENAI_API_KEY: found .*Allowed: the key alone/),
    expect.stringMatching(/^ {2}NINOX_BASE_URL: found 5 characters that are no address\. Allowed: an https:/),
  ]);
  expect(stderr).not.toContain('two words');
});

test.each(['PORT', 'STANDIN_NINOX_PORT'])('a port that is taken is named by its variable: %s', async (variable) => {
  await using stack = new AsyncDisposableStack();
  const { port, close } = await startRawServer((_request, response) => response.end());
  stack.defer(close);
  const { code, stderr } = await startInVain({ variables: { [variable]: String(port) } });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `${variable}: found “${port}”, which another program on this machine is using. Stop that one, or set another port; 0 takes any free one.\n`,
  });
});

test('an address that is not of this machine is named', async () => {
  const { code, stderr } = await startInVain({ variables: { HOST: '192.0.2.1' } });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^HOST: found “192\.0\.2\.1”, which is no address of this machine\. .*\n$/),
  });
});

test.each([
  [
    'without an audit key',
    {},
    /^AUDIT_KEY: not set, and the key file could not be read or made .* DATA_DIR writable.*\n$/,
  ],
  [
    'with all keys',
    { AUDIT_KEY: auditKey, AUTH_SECRET: auditKey },
    /^DATA_DIR or DATABASE_URL: the database file “\S+” cannot be opened \(.*\n$/,
  ],
])(
  'a data folder that cannot be written stops the start, and the commands find nothing there, %s',
  async (_name, variables, message) => {
    const file = path.join(await temporaryFolder(), 'a-file');
    await writeFile(file, '');
    const directory = path.join(file, 'data');
    const failure = { code: 1, signal: null, stdout: '', stderr: expect.stringMatching(message) };
    expect(await startInVain({ directory, variables })).toEqual(failure);
    const nothing = { ...failure, stderr: expect.stringMatching(/^DATA_DIR: there is no database .*\n$/) };
    expect(await runCommand(directory, ['audit', 'verify'], variables)).toEqual(nothing);
  },
);

test('a database server that cannot be reached stops the start and the commands, and its password is not shown', async () => {
  const port = await unusedPort();
  const variables = { DATABASE_URL: `postgres://someone:sesame@127.0.0.1:${port}/none` };
  const message = `^DATABASE_URL: the Postgres database “127\\.0\\.0\\.1:${port}/none” cannot be opened \\(.*ECONNREFUSED.*\\n$`;
  const failure = { code: 1, signal: null, stdout: '', stderr: expect.stringMatching(message) };
  const ended = await startInVain({ variables });
  expect(ended).toEqual(failure);
  expect(ended.stderr).not.toContain('sesame');
  expect(await runCommand(await temporaryFolder(), ['audit', 'verify'], variables)).toEqual(failure);
});

test('a personas folder that is not there is named', async () => {
  const { code, stderr } = await startInVain({ variables: { PERSONAS_DIR: '/nowhere/personas' } });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^PERSONAS_DIR: the folder .*\n$/) });
});
